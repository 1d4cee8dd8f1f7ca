#include "core/store/where.h"

#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/store/like.h"

namespace mailreeve::store {

void Where::add(const std::string& condition,
                std::initializer_list<Value> more) {
  sql += (sql.empty() ? " WHERE " : " AND ") + condition;
  values.insert(values.end(), more);
}

void Where::addEqual(const std::string& column, const std::string& value) {
  if (!value.empty()) add(column + " = ?", {value});
}

void Where::addMatch(const std::string& column, const std::string& pattern) {
  if (pattern.empty()) return;
  if (pattern.find('*') == std::string::npos)
    add("LOWER(" + column + ") = ?", {lower(pattern)});
  else
    add("LOWER(" + column + ") LIKE ? ESCAPE '\\'", {likePattern(pattern)});
}

void Where::addText(std::initializer_list<const char*> columns,
                    const std::string& text) {
  if (text.empty()) return;
  const std::string pattern =
      "%" + likePattern(replaceAll(text, "*", "")) + "%";
  std::string any;
  for (const char* column : columns) {
    any += std::string(any.empty() ? "(" : " OR ") + "LOWER(" + column +
           ") LIKE ? ESCAPE '\\'";
    values.emplace_back(pattern);
  }
  add(any + ")");
}

void Where::addTimes(const std::string& column,
                     const std::optional<TimePoint>& since,
                     const std::optional<TimePoint>& until) {
  if (since) add(column + " >= ?", {toMilliseconds(*since)});
  if (until) add(column + " < ?", {toMilliseconds(*until)});
}

}  // namespace mailreeve::store
