#include "core/config/reader.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/text.h"
#include "core/config/secret.h"
#include "core/config/text_kinds.h"

namespace mailreeve::config {

namespace {

using Kind = YamlNode::Kind;

std::string inQuotes(std::string_view text) {
  return "\"" + printable(text.substr(0, 80)) + "\"";
}

std::string kindOf(const YamlNode& node) {
  switch (node.kind) {
    case Kind::Null:
      return "nothing";
    case Kind::Scalar:
      return (node.quoted ? "the text " : "") + inQuotes(node.scalar);
    case Kind::Sequence:
      return "a list";
    case Kind::Map:
      return "a map";
  }
  return "";
}

// What all levels of one reading share.
struct Reading {
  const std::vector<Source>& sources;
  Secrets secrets;
  Positions& positions;
  std::vector<Problem>& problems;

  void report(std::size_t source,
              std::size_t line,
              std::size_t column,
              const std::string& key,
              std::string what) {
    problems.push_back(
        {sources[source].name, line, column, key, std::move(what)});
  }

  void report(const YamlNode& node, const std::string& key, std::string what) {
    report(node.source, node.line, node.column, key, std::move(what));
  }
};

// Reads one map of the tree.
class Reader final : public Fields {
 public:
  Reader(Reading& reading, const YamlNode& map, std::string path)
      : reading_(reading), map_(map), path_(std::move(path)) {}

  void boolean(const Field& field, bool& value) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    if (const auto read = readBoolean(*node, pathOf(field))) value = *read;
  }

  void integer(const Field& field, std::int64_t& value, Range range) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    if (const auto read = readInteger(*node, pathOf(field), range))
      value = *read;
  }

  void size(const Field& field, std::int64_t& value, Range range) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    if (const auto read = readSize(*node, pathOf(field), range)) value = *read;
  }

  void decimal(const Field& field,
               Decimal& value,
               DecimalRange range) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    if (const auto read = readDecimal(*node, pathOf(field), range))
      value = *read;
  }

  void text(const Field& field, std::string& value, TextKind kind) override {
    const YamlNode* node = take(field);
    if (node != nullptr) readText(*node, pathOf(field), kind, value);
  }

  void texts(const Field& field,
             std::vector<std::string>& values,
             TextKind kind) override {
    if (const YamlNode* node = take(field))
      readTexts(*node, pathOf(field), kind, values);
  }

  void extra(const Field& field, Extra& value) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    if (node->kind != Kind::Map) {
      reading_.report(*node,
                      pathOf(field),
                      "must be a map of settings, is " + kindOf(*node));
      return;
    }
    for (const auto& entry : node->entries)
      readExtra(entry, pathOf(field) + "." + entry.key, value);
  }

  void choice(const Field& field,
              std::size_t& index,
              const std::vector<std::string_view>& names) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    const auto found = std::find(names.begin(), names.end(), node->scalar);
    if (node->kind == Kind::Scalar && found != names.end()) {
      index = static_cast<std::size_t>(found - names.begin());
      return;
    }
    std::string all;
    for (const auto name : names)
      all.append(all.empty() ? "" : ", ").append(name);
    std::string what = "must be one of " + all + ", is " + kindOf(*node);
    if (const auto near = nearest(node->scalar, names); !near.empty())
      what += "; did you mean " + std::string(near) + "?";
    reading_.report(*node, pathOf(field), what);
  }

  void group(const Field& field,
             const std::function<void(Fields&)>& describe) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    if (node->kind != Kind::Map) {
      reading_.report(
          *node, pathOf(field), "must be a map, is " + kindOf(*node));
      return;
    }
    Reader inner(reading_, *node, pathOf(field));
    describe(inner);
    inner.finish();
  }

  void list(const Field& field,
            ListAccess& items,
            std::string_view element) override {
    const YamlNode* node = take(field);
    if (node == nullptr) return;
    if (node->kind != Kind::Sequence) {
      reading_.report(
          *node, pathOf(field), "must be a list, is " + kindOf(*node));
      return;
    }
    for (std::size_t i = 0; i < node->items.size(); ++i)
      readItem(node->items[i], indexed(pathOf(field), i), items, element);
  }

  void optionalBoolean(const Field& field,
                       std::optional<bool>& value) override {
    if (const YamlNode* node = take(field))
      value = readBoolean(*node, pathOf(field));
  }

  void optionalInteger(const Field& field,
                       std::optional<std::int64_t>& value,
                       Range range) override {
    if (const YamlNode* node = take(field))
      value = readInteger(*node, pathOf(field), range);
  }

  void optionalSize(const Field& field,
                    std::optional<std::int64_t>& value,
                    Range range) override {
    if (const YamlNode* node = take(field))
      value = readSize(*node, pathOf(field), range);
  }

  void optionalDecimal(const Field& field,
                       std::optional<Decimal>& value,
                       DecimalRange range) override {
    if (const YamlNode* node = take(field))
      value = readDecimal(*node, pathOf(field), range);
  }

  void optionalTexts(const Field& field,
                     std::optional<std::vector<std::string>>& values,
                     TextKind kind) override {
    if (const YamlNode* node = take(field))
      readTexts(*node, pathOf(field), kind, values.emplace());
  }

  // After the description has been walked: what is left over is unknown.
  void finish() {
    for (const auto& entry : map_.entries) {
      if (std::find(known_.begin(), known_.end(), entry.key) != known_.end())
        continue;
      std::string what = "unknown key";
      if (const auto near = nearest(entry.key, known_); !near.empty())
        what += "; did you mean \"" + std::string(near) + "\"?";
      reading_.report(
          entry.source, entry.line, entry.column, join(path_, entry.key), what);
    }
  }

 private:
  static std::string join(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + "." + std::string(key);
  }

  static std::string indexed(const std::string& path, std::size_t index) {
    return path + "[" + std::to_string(index) + "]";
  }

  [[nodiscard]] std::string pathOf(const Field& field) const {
    return join(path_, field.key);
  }

  void remember(const std::string& key, const YamlNode& node) {
    reading_.positions[key] = {node.source, node.line, node.column};
  }

  // The value of the field's key, or null when it is not there (which is a
  // problem if the field is required) or empty ("key:" keeps the default).
  const YamlNode* take(const Field& field) {
    known_.push_back(field.key);
    const YamlNode::Entry* entry = map_.find(field.key);
    if (entry != nullptr && entry->value.kind != Kind::Null) {
      remember(pathOf(field), entry->value);
      return &entry->value;
    }
    if (field.required) {
      const bool there = entry != nullptr;
      reading_.report(there ? entry->source : map_.source,
                      there ? entry->line : map_.line,
                      there ? entry->column : map_.column,
                      pathOf(field),
                      "is required");
    }
    return nullptr;
  }

  void readItem(const YamlNode& node,
                const std::string& key,
                ListAccess& items,
                std::string_view element) {
    remember(key, node);
    if (node.kind != Kind::Map) {
      reading_.report(node,
                      key,
                      "must be a map that describes one " +
                          std::string(element) + ", is " + kindOf(node));
      return;
    }
    items.append();
    Reader inner(reading_, node, key);
    items.describe(items.size() - 1, inner);
    inner.finish();
  }

  std::optional<bool> readBoolean(const YamlNode& node,
                                  const std::string& key) {
    const std::string word = lower(node.scalar);
    if (node.kind == Kind::Scalar && !node.quoted) {
      if (word == "true" || word == "yes" || word == "on") return true;
      if (word == "false" || word == "no" || word == "off") return false;
    }
    reading_.report(node, key, "must be true or false, is " + kindOf(node));
    return std::nullopt;
  }

  std::optional<std::int64_t> readInteger(const YamlNode& node,
                                          const std::string& key,
                                          Range range) {
    const std::string limits =
        std::to_string(range.least) + ".." + std::to_string(range.most);
    const std::string_view text = node.scalar;
    if (node.kind == Kind::Scalar && !node.quoted) {
      const bool negative = text.starts_with('-');
      const auto number = parseNumber(text.substr(negative ? 1 : 0));
      if (number && text.size() > 1 && text.front() == '0') {
        reading_.report(node,
                        key,
                        "must not start with 0 (some programs would read it "
                        "as octal), is " +
                            std::string(text));
        return std::nullopt;
      }
      if (number && *number <= INT64_MAX) {
        const auto size = static_cast<std::int64_t>(*number);
        const auto value = negative ? -size : size;
        if (value >= range.least && value <= range.most) return value;
      }
      if (number) {
        reading_.report(
            node, key, "must be " + limits + ", is " + std::string(text));
        return std::nullopt;
      }
    }
    reading_.report(
        node,
        key,
        "must be a whole number (" + limits + "), is " + kindOf(node));
    return std::nullopt;
  }

  std::optional<std::int64_t> readSize(const YamlNode& node,
                                       const std::string& key,
                                       Range range) {
    const std::int64_t value =
        node.kind == Kind::Scalar ? parseSize(node.scalar) : -1;
    if (value >= range.least && value <= range.most) return value;
    const std::string limits =
        formatSize(static_cast<std::uint64_t>(range.least)) + ".." +
        formatSize(static_cast<std::uint64_t>(range.most));
    reading_.report(node,
                    key,
                    "must be a size such as 500K, 25M or 2G (" + limits +
                        "), is " + kindOf(node));
    return std::nullopt;
  }

  std::optional<Decimal> readDecimal(const YamlNode& node,
                                     const std::string& key,
                                     DecimalRange range) {
    const bool bare = node.kind == Kind::Scalar && !node.quoted;
    const auto value = bare ? parseDecimal(node.scalar) : std::nullopt;
    if (value && *value >= range.least && *value <= range.most) return value;
    reading_.report(
        node,
        key,
        "must be a number (" + range.least.text() + ".." + range.most.text() +
            ") with at most three digits behind the point, is " + kindOf(node));
    return std::nullopt;
  }

  void readTexts(const YamlNode& node,
                 const std::string& path,
                 TextKind kind,
                 std::vector<std::string>& values) {
    if (node.kind == Kind::Scalar) {  // One value needs no brackets.
      values.assign(1, "");
      readText(node, path, kind, values.front());
      return;
    }
    if (node.kind != Kind::Sequence) {
      reading_.report(node, path, "must be a list, is " + kindOf(node));
      return;
    }
    values.assign(node.items.size(), "");
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string key = indexed(path, i);
      remember(key, node.items[i]);
      readText(node.items[i], key, kind, values[i]);
    }
  }

  void readText(const YamlNode& node,
                const std::string& key,
                TextKind kind,
                std::string& value) {
    if (node.kind != Kind::Scalar) {
      reading_.report(node, key, "must be text, is " + kindOf(node));
      return;
    }
    std::string wrong;
    // An empty text is "not set" for every kind that is not required.
    if (!node.scalar.empty()) wrong = checkText(kind, node.scalar);
    if (wrong.empty())
      value = node.scalar;
    else
      reading_.report(node, key, wrong);
  }

  void readExtra(const YamlNode::Entry& entry,
                 const std::string& key,
                 Extra& value) {
    reading_.positions[key] = {entry.source, entry.line, entry.column};
    const YamlNode& node = entry.value;
    if (node.kind == Kind::Map) {
      const bool given = readSecret(node, key, value.secrets[entry.key]);
      if (!given || reading_.secrets == Secrets::Leave) return;
      auto text = resolveSecret(value.secrets[entry.key]);
      if (text)
        value.settings[entry.key] = std::move(*text);
      else
        reading_.report(node, key, text.error().what);
      return;
    }
    if (node.kind == Kind::Sequence) {
      reading_.report(node, key, "must be text, is a list");
      return;
    }
    std::string& text = value.settings[entry.key];
    if (node.kind == Kind::Scalar) readText(node, key, TextKind::Free, text);
  }

  bool readSecret(const YamlNode& node,
                  const std::string& key,
                  SecretSource& source) {
    Reader inner(reading_, node, key);
    inner.text({"file", "", ""}, source.file, TextKind::Path);
    inner.text({"env", "", ""}, source.environment, TextKind::Name);
    inner.finish();
    if (source.file.empty() != source.environment.empty()) return true;
    reading_.report(node, key, "must be text, {file: PATH} or {env: NAME}");
    return false;
  }

  Reading& reading_;
  const YamlNode& map_;
  std::string path_;
  std::vector<std::string_view> known_;
};

}  // namespace

void readMap(const YamlNode& root,
             const std::vector<Source>& sources,
             Secrets secrets,
             Positions& positions,
             std::vector<Problem>& problems,
             const std::function<void(Fields&)>& description) {
  Reading reading{sources, secrets, positions, problems};
  Reader reader(reading, root, "");
  description(reader);
  reader.finish();
}

}  // namespace mailreeve::config
