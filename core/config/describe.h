// The one description of the settings. Reader, validation, `mgmtctl show`,
// JSON Schema, reference page and plan all walk it; none of them knows a key.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/decimal.h"
#include "core/config/settings.h"

namespace mailreeve::config {

// What is said of every key, whatever its type.
struct Field {
  std::string_view key;
  std::string_view help;  // One sentence, for the reference and for editors.
  std::string_view row;   // Of the feature list, for developers.
  bool required = false;
};

struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

struct DecimalRange {
  Decimal least;
  Decimal most;
};

// What a text must look like. Each kind has its check in text_kinds.cpp.
enum class TextKind {
  Free,            // Any one line.
  Block,           // Any lines: disclaimers.
  Name,            // A label that people give: one line, not empty.
  Hostname,        // Fully qualified.
  Domain,          // As Hostname, and may be an IDN.
  DomainPattern,   // A Domain, or `*.` and one: its sub-domains.
  LocalPart,       // What stands before the @.
  Address,         // local@domain.
  Target,          // An Address, or the LocalPart of one in the same domain.
  AddressPattern,  // An address in which * stands for anything.
  Path,            // Absolute.
  Ip,
  Network,
  NameServer,  // An Ip, or `IP@port`.
  Color,       // #rrggbb or one of eight names.
  TimeOfDay,   // HH:MM, 24 hours.
  Pattern,     // A regular expression as RE2 reads it.
  Day,         // YYYY-MM-DD.
};

// The list of structs a field holds, with the element type erased.
class ListAccess {
 public:
  virtual ~ListAccess() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  virtual void append() = 0;
  virtual void describe(std::size_t index, class Fields& fields) = 0;
};

// A walk over the description: one overload for each type of value. `field`
// and its texts live as long as the program.
class Fields {
 public:
  Fields() = default;
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  Fields(Fields&&) = delete;
  Fields& operator=(Fields&&) = delete;
  virtual ~Fields() = default;

  virtual void boolean(const Field& field, bool& value) = 0;
  virtual void integer(const Field& field,
                       std::int64_t& value,
                       Range range) = 0;
  // Bytes, written as 500, 64K, 25M or 2G.
  virtual void size(const Field& field, std::int64_t& value, Range range) = 0;
  // Scores: 5, -0.25.
  virtual void decimal(const Field& field,
                       Decimal& value,
                       DecimalRange range) = 0;
  virtual void text(const Field& field, std::string& value, TextKind kind) = 0;
  virtual void texts(const Field& field,
                     std::vector<std::string>& values,
                     TextKind kind) = 0;
  virtual void extra(const Field& field, Extra& value) = 0;
  virtual void choice(const Field& field,
                      std::size_t& index,
                      const std::vector<std::string_view>& names) = 0;
  virtual void group(const Field& field,
                     const std::function<void(Fields&)>& describe) = 0;
  // `element` is what one item is called: "domain", "disclaimer".
  virtual void list(const Field& field,
                    ListAccess& items,
                    std::string_view element) = 0;

  // Unset stays unset unless the key is there.
  virtual void optionalBoolean(const Field& field,
                               std::optional<bool>& value) = 0;
  virtual void optionalInteger(const Field& field,
                               std::optional<std::int64_t>& value,
                               Range range) = 0;
  virtual void optionalSize(const Field& field,
                            std::optional<std::int64_t>& value,
                            Range range) = 0;
  virtual void optionalDecimal(const Field& field,
                               std::optional<Decimal>& value,
                               DecimalRange range) = 0;
  // Unset is not the same as an empty list.
  virtual void optionalTexts(const Field& field,
                             std::optional<std::vector<std::string>>& values,
                             TextKind kind) = 0;
};

// What is set, as if nothing could be unset: for whoever tells of settings.
class SetFields : public Fields {
 public:
  void optionalBoolean(const Field& field,
                       std::optional<bool>& value) override {
    if (value) boolean(field, *value);
  }

  void optionalInteger(const Field& field,
                       std::optional<std::int64_t>& value,
                       Range range) override {
    if (value) integer(field, *value, range);
  }

  void optionalSize(const Field& field,
                    std::optional<std::int64_t>& value,
                    Range range) override {
    if (value) size(field, *value, range);
  }

  void optionalDecimal(const Field& field,
                       std::optional<Decimal>& value,
                       DecimalRange range) override {
    if (value) decimal(field, *value, range);
  }

  void optionalTexts(const Field& field,
                     std::optional<std::vector<std::string>>& values,
                     TextKind kind) override {
    if (values) texts(field, *values, kind);
  }
};

void describe(Fields& fields, Settings& settings);
void describe(Fields& fields, Domain& domain);

}  // namespace mailreeve::config
