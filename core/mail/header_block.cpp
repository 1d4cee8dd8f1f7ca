#include "core/mail/header_block.h"

#include <algorithm>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

// RFC 5322 ftext: printable ASCII without the colon.
bool isFieldName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c > 32 && c < 127;
  });
}

bool isEmptyLine(std::string_view line) {
  return line == "\r\n" || line == "\n";
}

std::string_view withoutLineEnd(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

}  // namespace

bool HeaderBlock::next(Field& field) {
  while (!closed_ && at_ < bytes_.size()) {
    std::size_t stop = lineEnd(at_);
    const auto line = bytes_.substr(at_, stop - at_);
    if (isEmptyLine(line)) {
      at_ = stop;
      closed_ = true;
      return false;
    }
    const auto colon = line.find(':');
    const auto name =
        colon == std::string_view::npos
            ? std::string_view{}
            : line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    if (colon == 0 || !isFieldName(name)) {
      malformed_ = true;
      if (at_ == begin_) return false;
      at_ = stop;
      continue;
    }
    while (isContinuation(stop)) stop = lineEnd(stop);
    const auto value = at_ + colon + 1;
    field = {
        name, withoutLineEnd(bytes_.substr(value, stop - value)), at_, stop};
    at_ = stop;
    return true;
  }
  return false;
}

std::size_t HeaderBlock::lineEnd(std::size_t from) const {
  const auto newline = bytes_.find('\n', from);
  return newline == std::string_view::npos ? bytes_.size() : newline + 1;
}

bool HeaderBlock::isContinuation(std::size_t from) const {
  return from < bytes_.size() && (bytes_[from] == ' ' || bytes_[from] == '\t');
}

std::string unfold(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value)
    if (c != '\r' && c != '\n') out += c == '\0' ? ' ' : c;
  return std::string(trim(out));
}

}  // namespace mailreeve::mail
