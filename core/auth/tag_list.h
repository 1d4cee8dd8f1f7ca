// "v=1; a=rsa-sha256; d=example.com": the tag lists of DKIM and ARC, in header
// fields and in key records (RFC 6376 section 3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailreeve::auth {

class TagList {
 public:
  // Tags beyond this make the list invalid; honest ones have about a dozen.
  static constexpr std::size_t kMaxTags = 64;

  // Nothing for a part that is no tag, and for a tag that comes twice.
  [[nodiscard]] static std::optional<TagList> parse(std::string_view text);

  // The value, without blanks around it, folding inside it as it came. Nothing
  // when there is no such tag. Names mind their case.
  [[nodiscard]] std::optional<std::string_view> find(
      std::string_view name) const;

  // As find(); empty when there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, std::string_view>> tags_;
};

// "a : b:c" -> {"a", "b", "c"}, in lower case.
[[nodiscard]] std::vector<std::string> colonList(std::string_view value);

// The header field `raw` with the value of its b= tag cut out, blanks and all:
// what its signature was computed over.
[[nodiscard]] std::string withoutSignature(std::string_view raw);

// A domain name of letters, digits, "-" and "_": fit to be asked for, logged
// and written into a header. Tags name no other.
[[nodiscard]] bool isPlainDomain(std::string_view text);

}  // namespace mailreeve::auth
