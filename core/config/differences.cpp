// What a plan says of two versions of the settings.
#include <unordered_map>

#include "core/base/text.h"
#include "core/config/describe.h"
#include "core/config/load.h"

namespace mailreeve::config {

namespace {

struct Leaf {
  std::string where;  // "domain example.com: limits.daily_messages".
  std::string value;
};

// Every value with a path in which list elements go by their name, so that an
// element that moved is not a difference of all that follow it.
class Flatten final : public SetFields {
 public:
  std::vector<Leaf> leaves;

  void boolean(const Field& field, bool& value) override {
    add(field.key, value ? "true" : "false");
  }

  void integer(const Field& field, std::int64_t& value, Range) override {
    add(field.key, std::to_string(value));
  }

  void size(const Field& field, std::int64_t& value, Range) override {
    add(field.key, formatSize(static_cast<std::uint64_t>(value)));
  }

  void decimal(const Field& field, Decimal& value, DecimalRange) override {
    add(field.key, value.text());
  }

  void text(const Field& field, std::string& value, TextKind) override {
    add(field.key, "\"" + printable(value) + "\"");
  }

  void texts(const Field& field,
             std::vector<std::string>& values,
             TextKind) override {
    add(field.key, "[" + join(values, ", ") + "]");
  }

  void extra(const Field& field, Extra& value) override {
    for (const auto& [key, text] : value.settings)
      add(std::string(field.key) + "." + key,
          value.secrets.contains(key) ? "(secret)" : "\"" + text + "\"");
  }

  void choice(const Field& field,
              std::size_t& index,
              const std::vector<std::string_view>& names) override {
    add(field.key, std::string(names.at(index)));
  }

  void group(const Field& field,
             const std::function<void(Fields&)>& describe) override {
    const std::string before = path_;
    path_ += std::string(field.key) + ".";
    describe(*this);
    path_ = before;
  }

  void list(const Field& field,
            ListAccess& items,
            std::string_view element) override {
    const std::string before = path_;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::size_t first = leaves.size();
      path_ = "\x01";  // Replaced once the element's name is known.
      items.describe(i, *this);
      name(first, before, field, element, i);
    }
    path_ = before;
  }

 private:
  void add(std::string_view key, std::string value) {
    leaves.push_back({path_ + std::string(key), std::move(value)});
  }

  void name(std::size_t first,
            const std::string& before,
            const Field& field,
            std::string_view element,
            std::size_t index) {
    std::string label =
        before + std::string(field.key) + "[" + std::to_string(index) + "]";
    if (first < leaves.size() && leaves[first].where == "\x01name") {
      const std::string& quoted = leaves[first].value;
      label = before + std::string(element) + " " +
              quoted.substr(1, quoted.size() - 2);
    }
    label += ": ";
    for (std::size_t i = first; i < leaves.size(); ++i)
      leaves[i].where = label + leaves[i].where.substr(1);
  }

  std::string path_;
};

std::vector<Leaf> flatten(const Settings& settings) {
  Settings copy = settings;  // A walk may write; this one does not.
  Flatten walk;
  describe(walk, copy);
  return std::move(walk.leaves);
}

// "domain a.example: limits.x" belongs to the element "domain a.example".
std::string elementOf(const std::string& where) {
  const auto end = where.rfind(": ");
  return end == std::string::npos ? "" : where.substr(0, end);
}

using Values = std::unordered_map<std::string, std::string>;

Values valuesOf(const std::vector<Leaf>& leaves) {
  Values values;
  for (const auto& leaf : leaves) {
    values.emplace(leaf.where, leaf.value);
    // The element itself, and all it stands in.
    for (std::string e = elementOf(leaf.where); !e.empty(); e = elementOf(e))
      if (!values.emplace(e, "").second) break;
  }
  return values;
}

// One line for each outermost element that only `leaves` has.
void listOnlyIn(const std::vector<Leaf>& leaves,
                const Values& others,
                const std::string& verb,
                std::vector<std::string>& out) {
  std::string last;
  for (const auto& leaf : leaves) {
    std::string outermost;
    for (std::string e = elementOf(leaf.where); !e.empty(); e = elementOf(e))
      if (!others.contains(e)) outermost = e;
    if (outermost.empty() || outermost == last) continue;
    last = outermost;
    out.push_back(outermost + " " + verb);
  }
}

bool elementExists(const Values& values, const std::string& where) {
  const std::string element = elementOf(where);
  return element.empty() || values.contains(element);
}

}  // namespace

std::vector<std::string> differences(const Settings& before,
                                     const Settings& after) {
  const auto was = flatten(before);
  const auto is = flatten(after);
  const Values wasValues = valuesOf(was);
  const Values isValues = valuesOf(is);

  std::vector<std::string> out;
  listOnlyIn(was, isValues, "removed", out);
  listOnlyIn(is, wasValues, "added", out);
  for (const auto& leaf : is) {
    if (!elementExists(wasValues, leaf.where)) continue;
    const auto old = wasValues.find(leaf.where);
    if (old == wasValues.end())
      out.push_back(leaf.where + " set to " + leaf.value);
    else if (old->second != leaf.value)
      out.push_back(leaf.where + " " + old->second + " -> " + leaf.value);
  }
  for (const auto& leaf : was)
    if (!isValues.contains(leaf.where) && elementExists(isValues, leaf.where))
      out.push_back(leaf.where + " unset, was " + leaf.value);
  return out;
}

}  // namespace mailreeve::config
