// The WHERE clause of a search, as its criteria are added.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/store/database.h"

namespace mailreeve::store {

struct Where {
  std::string sql;  // " WHERE a AND b"; empty without criteria.
  Values values;

  void add(const std::string& condition,
           std::initializer_list<Value> more = {});

  // Nothing is added for an empty value.
  void addEqual(const std::string& column, const std::string& value);

  // Any case, `*` for any run. Without `*` it is compared, so that an index on
  // LOWER(column) helps.
  void addMatch(const std::string& column, const std::string& pattern);

  // `text` stands somewhere in one of the columns; ASCII case is ignored.
  void addText(std::initializer_list<const char*> columns,
               const std::string& text);

  void addTimes(const std::string& column,
                const std::optional<TimePoint>& since,
                const std::optional<TimePoint>& until);
};

}  // namespace mailreeve::store
