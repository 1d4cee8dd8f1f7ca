#include "core/base/trace_code.h"

#include <set>

#include <doctest/doctest.h>

namespace mailreeve {

TEST_CASE("a trace code can be read out and is not used twice in a row") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string code = traceCode();
    CHECK(code.size() == 8);
    CHECK(code.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") ==
          std::string::npos);
    seen.insert(code);
  }
  CHECK(seen.size() == 1000);
}

}  // namespace mailreeve
