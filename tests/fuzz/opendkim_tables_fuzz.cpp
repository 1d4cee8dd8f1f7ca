// OpenDKIM's tables, as an administrator may have written them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mgmtd/keys/opendkim_tables.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<mailreeve::keys::TableProblem> problems;
  const auto keys = mailreeve::keys::readKeyTable(text, problems);
  const auto patterns = mailreeve::keys::readSigningTable(text, problems);
  if (keys.size() * patterns.size() > 10'000) return 0;
  (void)mailreeve::keys::planImport(
      keys, patterns, {"example.com", "mail.example.com", "example.org"});
  return 0;
}
