// The public suffix list's own test: lines of
// checkPublicSuffix('NAME', 'REGISTRABLE DOMAIN' or null);
#include <fstream>
#include <regex>

#include "core/auth/dmarc/public_suffix_list.h"
#include "core/base/text.h"
#include "suite.h"

namespace mailreeve::conformance {

Score runPsl(const std::filesystem::path& file) {
  std::ifstream in(file);
  in.exceptions(std::ios::badbit);
  if (!in) throw std::runtime_error("cannot be read");
  const std::regex form(
      "^checkPublicSuffix\\((null|'(.*)'), (null|'(.*)')\\);");
  const auto list = dmarc::PublicSuffixList::newest();
  Score score;
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (!std::regex_search(line, match, form)) continue;
    if (match[1] == "null") continue;  // No name at all: nothing to ask.
    const auto got = list.registrableDomain(lower(match[2].str()));
    score.count(got == match[4].str(), match[2].str(), got);
  }
  return score;
}

}  // namespace mailreeve::conformance
