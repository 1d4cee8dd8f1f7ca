#include "core/auth/dkim/canonical.h"

#include "core/base/text.h"

namespace mailreeve::dkim {

namespace {

bool isBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Runs of blanks become one; those at both ends go.
void appendSqueezed(std::string& out, std::string_view text) {
  text = trim(text);
  bool blank = false;
  for (const char c : text) {
    if (isBlank(c)) {
      blank = true;
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
  }
}

}  // namespace

std::string_view describe(Canonical canonical) {
  return canonical == Canonical::Simple ? "simple" : "relaxed";
}

void appendHeader(std::string& out, std::string_view raw, Canonical canonical) {
  const auto colon = raw.find(':');
  if (canonical == Canonical::Simple || colon == std::string_view::npos) {
    out += raw;
    return;
  }
  out += lower(trim(raw.substr(0, colon)));
  out += ':';
  appendSqueezed(out, raw.substr(colon + 1));
}

}  // namespace mailreeve::dkim
