// The JSON Schema (draft 2020-12) that editors check the YAML with.
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/config/describe.h"
#include "core/config/load.h"
#include "core/config/text_kinds.h"

namespace mailreeve::config {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSizePattern = "^(0|[1-9][0-9]*)[KMGkmg]?$";

Json textSchema(TextKind kind) {
  Json schema = {{"type", "string"}};
  switch (kind) {
    case TextKind::Name:
      schema["minLength"] = 1;
      break;
    case TextKind::Path:
      schema["pattern"] = "^(/.*)?$";
      break;
    case TextKind::Color:
      schema["pattern"] =
          "^(#[0-9a-fA-F]{6}|red|orange|yellow|green|teal|blue|purple|gray)?$";
      break;
    case TextKind::Day:
      schema["pattern"] = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$";
      break;
    case TextKind::Address:
      schema["pattern"] = "@";
      break;
    case TextKind::TimeOfDay:
      schema["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9]$";
      break;
    default:
      break;
  }
  return schema;
}

// An object's schema, grown field by field.
class SchemaWalk final : public Fields {
 public:
  SchemaWalk()
      : schema_({{"type", "object"},
                 {"additionalProperties", false},
                 {"properties", Json::object()}}) {}

  [[nodiscard]] Json take() {
    if (!required_.empty()) schema_["required"] = required_;
    return std::move(schema_);
  }

  void boolean(const Field& field, bool& value) override {
    add(field, {{"type", "boolean"}, {"default", value}});
  }

  void integer(const Field& field, std::int64_t& value, Range range) override {
    add(field, integerSchema(range), Json(value));
  }

  void size(const Field& field, std::int64_t& value, Range) override {
    add(field,
        sizeSchema(),
        Json(formatSize(static_cast<std::uint64_t>(value))));
  }

  void decimal(const Field& field,
               Decimal& value,
               DecimalRange range) override {
    add(field, decimalSchema(range), number(value));
  }

  void text(const Field& field, std::string& value, TextKind kind) override {
    add(field, textSchema(kind), value.empty() ? Json() : Json(value));
  }

  void texts(const Field& field,
             std::vector<std::string>& values,
             TextKind kind) override {
    const Json one = textSchema(kind);
    Json list = {{"type", "array"}, {"items", one}};
    add(field,
        {{"anyOf", Json::array({list, one})}},
        values.empty() ? Json() : Json(values));
  }

  void extra(const Field& field, Extra&) override {
    const Json plain = {{"type", Json::array({"string", "number", "boolean"})}};
    const Json secret = {
        {"type", "object"},
        {"additionalProperties", false},
        {"properties",
         {{"file", {{"type", "string"}}}, {"env", {{"type", "string"}}}}},
        {"minProperties", 1},
        {"maxProperties", 1}};
    add(field,
        {{"type", "object"},
         {"additionalProperties", {{"anyOf", Json::array({plain, secret})}}}});
  }

  void choice(const Field& field,
              std::size_t& index,
              const std::vector<std::string_view>& names) override {
    add(field, {{"enum", names}, {"default", names.at(index)}});
  }

  void group(const Field& field,
             const std::function<void(Fields&)>& describe) override {
    SchemaWalk inner;
    describe(inner);
    add(field, inner.take());
  }

  void list(const Field& field, ListAccess& items, std::string_view) override {
    items.append();
    SchemaWalk inner;
    items.describe(items.size() - 1, inner);
    Json schema = {{"type", "array"}, {"items", inner.take()}};
    // A required list may be spread over domains/*.yaml.
    properties()[std::string(field.key)] = described(field, schema);
  }

  void optionalBoolean(const Field& field, std::optional<bool>&) override {
    add(field, {{"type", "boolean"}});
  }

  void optionalInteger(const Field& field,
                       std::optional<std::int64_t>&,
                       Range range) override {
    add(field, integerSchema(range));
  }

  void optionalSize(const Field& field,
                    std::optional<std::int64_t>&,
                    Range) override {
    add(field, sizeSchema());
  }

  void optionalDecimal(const Field& field,
                       std::optional<Decimal>&,
                       DecimalRange range) override {
    add(field, decimalSchema(range));
  }

  void optionalTexts(const Field& field,
                     std::optional<std::vector<std::string>>&,
                     TextKind kind) override {
    std::vector<std::string> none;
    texts(field, none, kind);
  }

 private:
  static Json integerSchema(Range range) {
    return {
        {"type", "integer"}, {"minimum", range.least}, {"maximum", range.most}};
  }

  // As JSON writes it: 5 and not 5.0.
  static Json number(Decimal value) {
    if (value.thousandths() % Decimal::kOne == 0)
      return value.thousandths() / Decimal::kOne;
    return static_cast<double>(value.thousandths()) / Decimal::kOne;
  }

  static Json decimalSchema(DecimalRange range) {
    return {{"type", "number"},
            {"minimum", number(range.least)},
            {"maximum", number(range.most)}};
  }

  static Json sizeSchema() {
    return {{"anyOf",
             Json::array({{{"type", "string"}, {"pattern", kSizePattern}},
                          {{"type", "integer"}, {"minimum", 0}}})}};
  }

  static Json described(const Field& field, Json schema) {
    schema["description"] = field.help;
    return schema;
  }

  Json& properties() { return schema_["properties"]; }

  void add(const Field& field, Json schema, const Json& standard = {}) {
    if (!standard.is_null()) schema["default"] = standard;
    properties()[std::string(field.key)] = described(field, std::move(schema));
    if (field.required) required_.push_back(field.key);
  }

  Json schema_;
  Json required_ = Json::array();
};

template <class T>
std::string schemaOf(const char* title) {
  T value;
  SchemaWalk walk;
  describe(walk, value);
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", title}};
  schema.update(walk.take());
  // Several files together make the settings, so none need be complete.
  if constexpr (std::is_same_v<T, Settings>) schema.erase("required");
  return schema.dump(2) + "\n";
}

}  // namespace

std::string schema(SchemaOf what) {
  return what == SchemaOf::Settings
             ? schemaOf<Settings>("Mailreeve settings")
             : schemaOf<Domain>("Mailreeve settings of one domain");
}

}  // namespace mailreeve::config
