#include "core/store/where.h"

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/like.h"

namespace mailreeve::store {

namespace {

constexpr const char* kLike = " LIKE ? ESCAPE '\\'";

// `comparison` with `value` holds for one of the columns.
void addAny(Where& where,
            Where::Columns columns,
            const std::string& comparison,
            const std::string& value) {
  std::string any;
  for (const char* column : columns)
    any += std::string(any.empty() ? "(" : " OR ") + "LOWER(" + column + ")" +
           comparison;
  where.add(any + ")", Values(columns.size(), value));
}

}  // namespace

void Where::add(const std::string& condition, const Values& more) {
  sql += (sql.empty() ? " WHERE " : " AND ") + condition;
  values.insert(values.end(), more.begin(), more.end());
}

void Where::addEqual(const std::string& column, const std::string& value) {
  if (!value.empty()) add(column + " = ?", {value});
}

void Where::addMatch(Columns columns, const std::string& pattern) {
  if (pattern.empty()) return;
  if (pattern.find('*') == std::string::npos)
    addAny(*this, columns, " = ?", lower(pattern));
  else
    addAny(*this, columns, kLike, likePattern(pattern));
}

void Where::addText(Columns columns, const std::string& text) {
  if (text.empty()) return;
  const std::string part = likePattern(replaceAll(text, "*", ""));
  addAny(*this, columns, kLike, "%" + part + "%");
}

void Where::addTimes(const std::string& column,
                     const std::optional<TimePoint>& since,
                     const std::optional<TimePoint>& until) {
  if (since) add(column + " >= ?", {toMilliseconds(*since)});
  if (until) add(column + " < ?", {toMilliseconds(*until)});
}

void Where::addAmong(const std::string& column,
                     std::initializer_list<const char*> selects,
                     const Where& criteria) {
  if (criteria.sql.empty()) return;
  std::string any;
  Values all;
  for (const char* select : selects) {
    any += (any.empty() ? "(" : " OR ") + column + " IN (" + select +
           criteria.sql + ")";
    all.insert(all.end(), criteria.values.begin(), criteria.values.end());
  }
  add(any + ")", all);
}

}  // namespace mailreeve::store
