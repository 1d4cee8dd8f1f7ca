#include "core/base/octet_pattern.h"

#include <algorithm>

#include "core/base/text.h"

namespace mailreeve {

namespace {

std::optional<std::uint8_t> octetOf(std::string_view text) {
  const auto number = parseNumber(text);
  if (!number || *number > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

std::optional<std::pair<std::uint8_t, std::uint8_t>> rangeOf(
    std::string_view text) {
  constexpr std::string_view kTo = "..";
  const auto to = text.find(kTo);
  const auto first = octetOf(text.substr(0, to));
  const auto last = to == std::string_view::npos
                        ? first
                        : octetOf(text.substr(to + kTo.size()));
  if (!first || !last || *first > *last) return std::nullopt;
  return std::pair(*first, *last);
}

// Takes one of the four parts off the front, without the dot behind it.
std::string_view takePart(std::string_view& text) {
  const auto closed = text.starts_with('[') ? text.find(']') : 0;
  const auto end =
      closed == std::string_view::npos ? closed : text.find('.', closed);
  const auto part = text.substr(0, end);
  text =
      end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return part;
}

}  // namespace

std::optional<OctetPattern> OctetPattern::parse(std::string_view text) {
  if (text.ends_with('.')) return std::nullopt;
  OctetPattern pattern;
  for (auto& octet : pattern.octets_) {
    std::string_view part = takePart(text);
    if (part.starts_with('[') && part.ends_with(']')) {
      for (const auto each : split(part.substr(1, part.size() - 2), ';')) {
        const auto range = rangeOf(each);
        if (!range) return std::nullopt;
        octet.push_back(*range);
      }
      continue;
    }
    const auto number = octetOf(part);
    if (!number) return std::nullopt;
    octet.emplace_back(*number, *number);
  }
  if (!text.empty()) return std::nullopt;
  return pattern;
}

bool OctetPattern::fits(const Ip& address) const {
  if (address.v6) return false;
  for (std::size_t i = 0; i < octets_.size(); ++i) {
    const auto value = address.bytes[i];
    if (std::none_of(octets_[i].begin(), octets_[i].end(), [value](auto range) {
          return range.first <= value && value <= range.second;
        }))
      return false;
  }
  return true;
}

}  // namespace mailreeve
