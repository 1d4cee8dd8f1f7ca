// What an ARC-Seal is computed over: the ARC fields of all sets up to its own,
// in order, always relaxed (RFC 8617 section 5.1.1).
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::arc {

class SealData {
 public:
  // The sets added so far, and a last one whose seal has no signature yet.
  [[nodiscard]] std::string upTo(std::string_view results,
                                 std::string_view message,
                                 std::string_view unsignedSeal) const;

  void add(std::string_view results,
           std::string_view message,
           std::string_view seal);

 private:
  std::string data_;
};

}  // namespace mailreeve::arc
