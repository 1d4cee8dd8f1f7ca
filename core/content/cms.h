// Mail in one piece with its signature, or encrypted: CMS (RFC 5652), which
// S/MIME calls "smime.p7m". What is only signed everybody can read, so it is
// read here, too; whether the signature is good is nobody's question.
#pragma once

#include <string>
#include <string_view>

namespace mailreeve::content {

struct Cms {
  enum class Kind {
    None,      // Something else.
    Readable,  // Signed: the content is what it holds; empty beside it, as a
               // signature of its own or a list of certificates.
    Encrypted,
    Closed,  // Compressed, damaged, or of a kind nobody here knows.
  };

  Kind kind = Kind::None;
  std::string content;  // As a rule a MIME entity.
};

// Whether these are the first bytes of one.
[[nodiscard]] bool isCms(std::string_view head);

// All of it, in DER or BER. Linear time.
[[nodiscard]] Cms readCms(std::string_view bytes);

}  // namespace mailreeve::content
