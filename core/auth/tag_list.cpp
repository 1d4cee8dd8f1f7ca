#include "core/auth/tag_list.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dns/name.h"

namespace mailreeve::auth {

namespace {

bool isLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool isTagName(std::string_view name) {
  if (name.empty() || !isLetter(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return isLetter(c) || isDigit(c) || c == '_';
  });
}

}  // namespace

std::optional<TagList> TagList::parse(std::string_view text) {
  TagList list;
  for (;;) {
    const auto end = text.find(';');
    const auto tag = text.substr(0, end);
    const bool last = end == std::string_view::npos;
    if (last && trim(tag).empty()) return list;

    const auto equals = tag.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = trim(tag.substr(0, equals));
    if (!isTagName(name) || list.find(name) || list.tags_.size() == kMaxTags)
      return std::nullopt;
    list.tags_.emplace_back(name, trim(tag.substr(equals + 1)));
    if (last) return list;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string_view> TagList::find(std::string_view name) const {
  for (const auto& [known, value] : tags_)
    if (known == name) return value;
  return std::nullopt;
}

std::string_view TagList::value(std::string_view name) const {
  return find(name).value_or(std::string_view{});
}

std::vector<std::string> colonList(std::string_view value) {
  std::vector<std::string> out;
  for (const auto part : split(value, ':')) out.push_back(lower(trim(part)));
  return out;
}

std::string withoutSignature(std::string_view raw) {
  std::size_t at = raw.find(':');
  at = at == std::string_view::npos ? raw.size() : at + 1;
  while (at < raw.size()) {
    const auto end = std::min(raw.find(';', at), raw.size());
    const auto equals = raw.find('=', at);
    if (equals < end && trim(raw.substr(at, equals - at)) == "b")
      return std::string(raw.substr(0, equals + 1)) +
             std::string(raw.substr(end));
    at = end + 1;
  }
  return std::string(raw);
}

bool isPlainDomain(std::string_view text) {
  return dns::isName(text) && std::all_of(text.begin(), text.end(), [](char c) {
           return isLetter(c) || isDigit(c) || c == '.' || c == '-' || c == '_';
         });
}

}  // namespace mailreeve::auth
