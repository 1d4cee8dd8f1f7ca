// Reads what an ICAP server says (RFC 3507): the head of a response, and the
// parts of it that tell what was found. Nothing here waits or sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::scan {

struct IcapLimits {
  static constexpr std::size_t kHead = std::size_t{32} << 10U;
  static constexpr std::size_t kFields = 200;
};

struct IcapResponse {
  int code = 0;
  std::string reason;                                       // Printable.
  std::vector<std::pair<std::string, std::string>> fields;  // Unfolded: the
                                                            // lines of a value
                                                            // are joined by LF.
  // The value of the first field called `name`, in any case; null: none.
  [[nodiscard]] const std::string* field(std::string_view name) const;

  [[nodiscard]] std::string tag() const;  // ISTag, without quotes.
  [[nodiscard]] bool closes() const;      // Connection: close.
};

// The head of a response: everything up to the empty line, which is included.
// Nothing while it is not whole. Invalid: none of ours, or over the limits.
struct IcapHead {
  IcapResponse response;
  std::size_t length = 0;  // Bytes of the head.
};

[[nodiscard]] Result<std::optional<IcapHead>> parseIcapHead(
    std::string_view bytes);

// What the Encapsulated field announces behind the head.
struct IcapParts {
  bool response = false;   // An HTTP response is there, and not a request.
  bool body = false;       // It has a body.
  std::size_t bodyAt = 0;  // Bytes of HTTP head before it.
};

[[nodiscard]] Result<IcapParts> parseEncapsulated(const IcapResponse& response);

// The name of what was found, from X-Infection-Found, X-Virus-ID, X-Virus-Name
// or X-Violations-Found; nothing when none of them is there.
[[nodiscard]] std::optional<std::string> infectionOf(
    const IcapResponse& response);

// What a service tells about itself (RFC 3507 section 4.10).
struct IcapOptions {
  bool request = false;  // It takes REQMOD.
  bool response = false;
  bool allows204 = false;
  std::optional<std::size_t> preview;
  std::int64_t seconds = 3600;  // How long this holds; at most a day.
  std::string tag;
  std::string service;
};

[[nodiscard]] Result<IcapOptions> parseIcapOptions(
    const IcapResponse& response);

// The three digits of an HTTP status line; nothing for what is none.
[[nodiscard]] std::optional<int> httpStatus(std::string_view head);

// Undoes the chunks of a body (RFC 9112 section 7.1) and compares it with what
// was sent, so that none of it has to be kept.
class ChunkedComparison {
 public:
  explicit ChunkedComparison(std::string_view expected) : expected_(expected) {}

  enum class State { More, Same, Different };

  // The next bytes. Invalid: no chunks.
  [[nodiscard]] Result<State> take(std::string_view bytes);

 private:
  [[nodiscard]] Result<Done> endLine();

  std::string_view expected_;  // What is still to come.
  std::string line_;           // Of a chunk's size, or of the trailer.
  std::size_t left_ = 0;       // Bytes of the chunk.
  enum class At { Size, Data, DataEnd, Trailer, End } at_ = At::Size;
  bool same_ = true;
};

}  // namespace mailreeve::scan
