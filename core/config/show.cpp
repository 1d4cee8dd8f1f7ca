// `mgmtctl show`: the settings as one YAML document with nothing left unsaid.
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/config/describe.h"
#include "core/config/load.h"

namespace mailreeve::config {

namespace {

// A JSON string is a YAML double-quoted scalar (YAML 1.2, section 10.2); plain
// words stay bare where every YAML version reads them as text.
std::string scalar(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@-";
  const bool plain = !text.empty() &&
                     text.find_first_not_of(kPlain) == std::string::npos &&
                     ((text[0] >= 'a' && text[0] <= 'z') || text[0] == '/') &&
                     text.find_first_of("./@") != std::string::npos;
  return plain ? text : nlohmann::json(text).dump();
}

class Show final : public SetFields {
 public:
  std::string out;

  void boolean(const Field& field, bool& value) override {
    line(field.key, value ? "true" : "false");
  }

  void integer(const Field& field, std::int64_t& value, Range) override {
    line(field.key, std::to_string(value));
  }

  void size(const Field& field, std::int64_t& value, Range) override {
    line(field.key, formatSize(static_cast<std::uint64_t>(value)));
  }

  void decimal(const Field& field, Decimal& value, DecimalRange) override {
    line(field.key, value.text());
  }

  void text(const Field& field, std::string& value, TextKind) override {
    line(field.key, scalar(value));
  }

  void texts(const Field& field,
             std::vector<std::string>& values,
             TextKind) override {
    std::vector<std::string> shown;
    shown.reserve(values.size());
    for (const auto& value : values) shown.push_back(scalar(value));
    line(field.key, "[" + join(shown, ", ") + "]");
  }

  void extra(const Field& field, Extra& value) override {
    if (value.settings.empty() && value.secrets.empty()) {
      line(field.key, "{}");
      return;
    }
    open(field.key);
    for (const auto& [key, source] : value.secrets)
      line(scalar(key),
           source.file.empty() ? "{env: " + scalar(source.environment) + "}"
                               : "{file: " + scalar(source.file) + "}");
    for (const auto& [key, text] : value.settings)
      if (!value.secrets.contains(key)) line(scalar(key), scalar(text));
    close();
  }

  void choice(const Field& field,
              std::size_t& index,
              const std::vector<std::string_view>& names) override {
    line(field.key, std::string(names.at(index)));
  }

  void group(const Field& field,
             const std::function<void(Fields&)>& describe) override {
    const std::size_t before = out.size();
    open(field.key);
    const std::size_t opened = out.size();
    describe(*this);
    close();
    if (out.size() == opened) {  // Nothing is set.
      out.resize(before);
      line(field.key, "{}");
    }
  }

  void list(const Field& field, ListAccess& items, std::string_view) override {
    if (items.size() == 0) {
      line(field.key, "[]");
      return;
    }
    open(field.key);
    for (std::size_t i = 0; i < items.size(); ++i) {
      dash_ = true;
      depth_ += 1;
      items.describe(i, *this);
      depth_ -= 1;
    }
    close();
  }

 private:
  void indent() {
    const std::size_t depth = depth_ - (dash_ ? 1 : 0);
    out.append(2 * depth, ' ');
    if (std::exchange(dash_, false)) out += "- ";
  }

  void line(std::string_view key, const std::string& value) {
    indent();
    out.append(key).append(": ").append(value).append("\n");
  }

  void open(std::string_view key) {
    indent();
    out.append(key).append(":\n");
    ++depth_;
  }

  void close() { --depth_; }

  std::size_t depth_ = 0;
  bool dash_ = false;  // The next line is the first of a list item.
};

}  // namespace

std::string show(const Settings& settings) {
  Settings copy = settings;  // A walk may write; this one does not.
  Show walk;
  describe(walk, copy);
  return std::move(walk.out);
}

}  // namespace mailreeve::config
