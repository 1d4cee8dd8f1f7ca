// The hash of a body in canonical form (RFC 6376 section 3.4.3 and 3.4.4),
// computed while the body comes, in any pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/auth/dkim/canonical.h"
#include "core/auth/dkim/openssl.h"

using EVP_MD_CTX = struct evp_md_ctx_st;

namespace mailreeve::dkim {

class BodyHash {
 public:
  // With a limit only so many octets of the canonical body are hashed (l=).
  BodyHash(const Sha256& sha256,
           Canonical canonical,
           std::optional<std::uint64_t> limit = std::nullopt);

  void feed(std::string_view bytes);

  // Called once, after the last feed().
  [[nodiscard]] std::string finish();

  // Octets of the whole canonical body, whatever the limit. After finish().
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  struct FreeContext {
    void operator()(EVP_MD_CTX* context) const;
  };

  // `end` is the line's CRLF where it stands, or one that stands for it.
  void takeLine(std::string_view line, std::string_view end);
  void hold(std::string_view emptyLine);
  void releaseHeld();
  void emitSqueezed(std::string_view line);
  void emit(std::string_view bytes);
  void letGo();
  void endRun();
  void flush();

  Canonical canonical_;
  std::uint64_t left_;  // Octets still to be hashed.
  std::uint64_t size_ = 0;
  // Empty lines are held back: at the end they do not count. They are counted,
  // or, for the time of one feed(), stand in its bytes as they are.
  std::uint64_t emptyLines_ = 0;
  std::string_view held_;

  std::string partial_;   // A line whose end has not come.
  std::string_view run_;  // Comes next: bytes that need not be copied.
  std::string buffer_;    // Small pieces, before run_.
  std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
};

// All of `body` at once.
struct BodyDigest {
  std::string hash;
  std::uint64_t size = 0;
};

[[nodiscard]] BodyDigest hashBody(
    const Sha256& sha256,
    std::string_view body,
    Canonical canonical,
    std::optional<std::uint64_t> limit = std::nullopt);

}  // namespace mailreeve::dkim
