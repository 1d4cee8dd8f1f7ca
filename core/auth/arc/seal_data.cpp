#include "core/auth/arc/seal_data.h"

#include "core/auth/dkim/canonical.h"

namespace mailreeve::arc {

namespace {

void append(std::string& data, std::string_view raw) {
  dkim::appendHeader(data, raw, dkim::Canonical::Relaxed);
}

}  // namespace

std::string SealData::upTo(std::string_view results,
                           std::string_view message,
                           std::string_view unsignedSeal) const {
  std::string data = data_;
  append(data, results);
  data += "\r\n";
  append(data, message);
  data += "\r\n";
  append(data, unsignedSeal);  // The last line has no end.
  return data;
}

void SealData::add(std::string_view results,
                   std::string_view message,
                   std::string_view seal) {
  data_ = upTo(results, message, seal) + "\r\n";
}

}  // namespace mailreeve::arc
