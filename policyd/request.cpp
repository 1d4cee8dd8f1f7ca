#include "policyd/request.h"

#include <array>
#include <bit>
#include <cstdint>
#include <string>

namespace mailreeve::policyd {

namespace {

constexpr auto kNowhere = std::string_view::npos;
constexpr std::string_view kKind = "request";
constexpr std::string_view kOurKind = "smtpd_access_policy";

struct Attribute {
  std::string_view name;
  std::string_view Request::*field;
};

constexpr Attribute kAttributes[] = {
    {"protocol_state", &Request::protocolState},
    {"client_address", &Request::clientAddress},
    {"client_name", &Request::clientName},
    {"reverse_client_name", &Request::reverseClientName},
    {"helo_name", &Request::heloName},
    {"sasl_username", &Request::saslUsername},
    {"sender", &Request::sender},
    {"recipient", &Request::recipient},
    {"queue_id", &Request::queueId},
    {"instance", &Request::instance},
};

// The attributes whose names are of a length, a bit for each of kAttributes:
// most of the two dozen that Postfix sends are none of ours.
constexpr std::array<std::uint32_t, kMostName + 1> kOfLength = [] {
  std::array<std::uint32_t, kMostName + 1> ofLength{};
  for (std::size_t i = 0; i < std::size(kAttributes); ++i)
    ofLength[kAttributes[i].name.size()] |= 1U << i;
  return ofLength;
}();

Error invalid(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

// Fills a Request line by line.
class Reader {
 public:
  Result<Done> take(std::string_view line) {
    if (++lines_ > kMostAttributes) return invalid("too many attributes");
    const auto equals = line.find('=');
    if (equals == kNowhere) return invalid("a line without \"=\"");
    const auto name = line.substr(0, equals);
    const auto value = line.substr(equals + 1);
    if (name.empty()) return invalid("an attribute without a name");
    if (name.size() > kMostName) return invalid("a name that is too long");
    if (value.size() > kMostValue) return invalid("a value that is too long");
    return store(name, value);
  }

  Result<Request> finish() {
    if (!kindSeen_) return invalid("no attribute \"request\"");
    return request_;
  }

 private:
  Result<Done> store(std::string_view name, std::string_view value) {
    if (name == kKind) {
      if (kindSeen_) return invalid("attribute \"request\" twice");
      if (value != kOurKind) return invalid("a request of another kind");
      kindSeen_ = true;
      return Done{};
    }
    for (auto left = kOfLength[name.size()]; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(left));
      if (kAttributes[i].name != name) continue;
      if ((seen_ & (1U << i)) != 0)
        return invalid("attribute \"" + std::string(name) + "\" twice");
      seen_ |= 1U << i;
      request_.*kAttributes[i].field = value;
      return Done{};
    }
    return Done{};  // Later versions of Postfix add attributes.
  }

  Request request_;
  std::size_t lines_ = 0;
  std::uint32_t seen_ = 0;  // A bit for each of kAttributes.
  bool kindSeen_ = false;
};

}  // namespace

Result<Request> parseRequest(std::string_view text) {
  if (text.size() > kMostRequest) return invalid("a request that is too long");
  if (text.empty()) return invalid("an empty request");
  if (text.find('\0') != kNowhere) return invalid("a NUL byte");
  Reader reader;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (auto done = reader.take(text.substr(0, end)); !done)
      return std::move(done).error();
    text.remove_prefix(end == kNowhere ? text.size() : end + 1);
  }
  return reader.finish();
}

}  // namespace mailreeve::policyd
