#include "core/config/yaml_tree.h"

#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "core/base/text.h"

namespace mailreeve::config {

namespace {

// Ends the parse from within an event; caught in parseYaml.
struct LimitReached {
  YAML::Mark mark;
  std::string what;
};

std::size_t treeSize(const YamlNode& node) {
  std::size_t size = 1;
  for (const auto& item : node.items) size += treeSize(item);
  for (const auto& entry : node.entries) size += 1 + treeSize(entry.value);
  return size;
}

class Builder final : public YAML::EventHandler {
 public:
  Builder(const Source& source,
          std::size_t index,
          const YamlLimits& limits,
          std::size_t& nodes,
          std::vector<Problem>& problems)
      : source_(source),
        index_(index),
        limits_(limits),
        nodes_(nodes),
        problems_(problems) {}

  void OnDocumentStart(const YAML::Mark&) override {}

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(YamlNode::Kind::Null, mark), mark, anchor);
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node = make(YamlNode::Kind::Scalar, mark);
    node.quoted = tag != "?" && !tag.empty();
    node.scalar = value;
    if (!node.quoted && (value == "~" || value == "null" || value.empty()))
      node.kind = YamlNode::Kind::Null;
    add(std::move(node), mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      throw LimitReached{mark, "an alias must not refer to what contains it"};
    count(treeSize(found->second), mark);
    add(found->second, mark, 0);
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string&,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::Sequence, mark), mark, anchor);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string&,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(YamlNode::Kind::Map, mark), mark, anchor);
  }

  void OnMapEnd() override { close(); }

  [[nodiscard]] YamlNode take() { return std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    bool haveKey = false;
    bool skipValue = false;  // Of a duplicate key.
    YamlNode::Entry key;
    std::unordered_map<std::string, std::size_t> lines;  // Of each key.
  };

  [[nodiscard]] YamlNode make(YamlNode::Kind kind,
                              const YAML::Mark& mark) const {
    YamlNode node;
    node.kind = kind;
    node.source = index_;
    node.line = static_cast<std::size_t>(mark.line) + 1;
    node.column = static_cast<std::size_t>(mark.column) + 1;
    return node;
  }

  void report(const YamlNode& at, std::string what) {
    problems_.push_back(
        {source_.name, at.line, at.column, "", std::move(what)});
  }

  void count(std::size_t more, const YAML::Mark& mark) {
    nodes_ += more;
    if (nodes_ > limits_.nodes)
      throw LimitReached{mark,
                         "more than " + std::to_string(limits_.nodes) +
                             " values; an alias that multiplies?"};
  }

  void open(YamlNode node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= limits_.depth)
      throw LimitReached{
          mark,
          "nested deeper than " + std::to_string(limits_.depth) + " levels"};
    Open next;
    next.node = std::move(node);
    next.anchor = anchor;
    next.mark = mark;
    open_.push_back(std::move(next));
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done.node), done.mark, done.anchor);
  }

  void add(YamlNode node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(1, mark);
    if (anchor != 0) {
      count(treeSize(node), mark);  // The copy takes memory as well.
      anchors_[anchor] = node;
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::Sequence)
      parent.node.items.push_back(std::move(node));
    else if (parent.haveKey)
      addValue(parent, std::move(node));
    else
      addKey(parent, node);
  }

  void addKey(Open& parent, const YamlNode& node) {
    parent.haveKey = true;
    parent.key = {node.scalar, index_, node.line, node.column, {}};
    parent.skipValue = node.kind == YamlNode::Kind::Map ||
                       node.kind == YamlNode::Kind::Sequence;
    if (parent.skipValue) {
      report(node, "a key must be a word");
      return;
    }
    const auto [first, fresh] = parent.lines.emplace(node.scalar, node.line);
    if (fresh) return;
    parent.skipValue = true;
    report(node,
           "key \"" + node.scalar + "\" is given twice (first on line " +
               std::to_string(first->second) + ")");
  }

  static void addValue(Open& parent, YamlNode node) {
    parent.haveKey = false;
    if (parent.skipValue) return;
    parent.key.value = std::move(node);
    parent.node.entries.push_back(std::move(parent.key));
  }

  const Source& source_;
  std::size_t index_;
  const YamlLimits& limits_;
  std::size_t& nodes_;
  std::vector<Problem>& problems_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, YamlNode> anchors_;
  YamlNode root_;
};

bool isListOfMaps(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::Sequence) return false;
  for (const auto& item : node.items)
    if (item.kind != YamlNode::Kind::Map) return false;
  return true;
}

std::string nameOf(const YamlNode& item) {
  const auto* name = item.find("name");
  return name == nullptr ? "" : lower(name->value.scalar);
}

void mergeEntry(YamlNode& into,
                YamlNode::Entry entry,
                const std::string& path,
                const std::vector<Source>& sources,
                std::vector<Problem>& problems) {
  const std::string key = path.empty() ? entry.key : path + "." + entry.key;
  for (auto& had : into.entries) {
    if (had.key != entry.key) continue;
    if (had.value.kind == YamlNode::Kind::Map &&
        entry.value.kind == YamlNode::Kind::Map) {
      mergeYaml(had.value, std::move(entry.value), key, sources, problems);
    } else if (isListOfMaps(had.value) && isListOfMaps(entry.value)) {
      for (auto& item : entry.value.items)
        addItem(had.value, std::move(item), key, sources, problems);
    } else {
      problems.push_back({sources[entry.source].name,
                          entry.line,
                          entry.column,
                          key,
                          "is set in " + sources[had.source].name + ":" +
                              std::to_string(had.line) + " already"});
    }
    return;
  }
  into.entries.push_back(std::move(entry));
}

}  // namespace

void addItem(YamlNode& list,
             YamlNode item,
             const std::string& path,
             const std::vector<Source>& sources,
             std::vector<Problem>& problems) {
  const std::string name = path == "domains" ? nameOf(item) : "";
  for (std::size_t i = 0; !name.empty() && i < list.items.size(); ++i) {
    YamlNode& had = list.items[i];
    if (had.source == item.source || nameOf(had) != name) continue;
    std::erase_if(item.entries,
                  [](const auto& entry) { return entry.key == "name"; });
    mergeYaml(had,
              std::move(item),
              path + "[" + std::to_string(i) + "]",
              sources,
              problems);
    return;
  }
  list.items.push_back(std::move(item));
}

const YamlNode::Entry* YamlNode::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

std::optional<YamlNode> parseYaml(const Source& source,
                                  std::size_t index,
                                  const YamlLimits& limits,
                                  std::size_t& nodes,
                                  std::vector<Problem>& problems) {
  const auto report = [&](const YAML::Mark& mark, std::string what) {
    const bool known = mark.line >= 0;
    problems.push_back({source.name,
                        known ? static_cast<std::size_t>(mark.line) + 1 : 0,
                        known ? static_cast<std::size_t>(mark.column) + 1 : 0,
                        "",
                        std::move(what)});
  };
  if (source.text.size() > limits.bytes) {
    report(YAML::Mark::null_mark(),
           "is larger than " + std::to_string(limits.bytes) + " bytes");
    return std::nullopt;
  }
  if (source.text.find('\0') != std::string::npos) {
    report(YAML::Mark::null_mark(), "holds a NUL byte");
    return std::nullopt;
  }

  Builder builder(source, index, limits, nodes, problems);
  try {
    std::istringstream stream(source.text);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    Builder ignored(source, index, limits, nodes, problems);
    if (parser.HandleNextDocument(ignored))
      report(YAML::Mark::null_mark(), "holds more than one document");
  } catch (const LimitReached& limit) {
    report(limit.mark, limit.what);
    return std::nullopt;
  } catch (const YAML::Exception& e) {
    report(e.mark, "YAML: " + e.msg);
    return std::nullopt;
  }
  return builder.take();
}

void mergeYaml(YamlNode& into,
               YamlNode from,
               const std::string& path,
               const std::vector<Source>& sources,
               std::vector<Problem>& problems) {
  for (auto& entry : from.entries)
    mergeEntry(into, std::move(entry), path, sources, problems);
}

}  // namespace mailreeve::config
