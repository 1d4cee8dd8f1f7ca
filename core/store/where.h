// The WHERE clause of a search, as its criteria are added.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/store/database.h"

namespace mailreeve::store {

struct Where {
  using Columns = std::initializer_list<const char*>;

  std::string sql;  // " WHERE a AND b"; empty without criteria.
  Values values;

  void add(const std::string& condition, const Values& more = {});

  // Nothing is added for an empty value.
  void addEqual(const std::string& column, const std::string& value);

  // In one of the columns; any case, `*` for any run. Without `*` it is
  // compared, so that an index on LOWER(column) helps.
  void addMatch(Columns columns, const std::string& pattern);

  // `text` stands somewhere in one of the columns; ASCII case is ignored.
  void addText(Columns columns, const std::string& text);

  void addTimes(const std::string& column,
                const std::optional<TimePoint>& since,
                const std::optional<TimePoint>& until);

  // `column` is among what one of `selects` ("SELECT a FROM b") finds by
  // `criteria`. Nothing is added without criteria.
  void addAmong(const std::string& column,
                std::initializer_list<const char*> selects,
                const Where& criteria);
};

}  // namespace mailreeve::store
