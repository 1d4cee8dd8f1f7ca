#include "mgmtd/dmarc/receivers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/auth/dmarc/record.h"
#include "core/base/text.h"

namespace mailreeve::dmarc {

namespace {

constexpr std::size_t kMost = 10;
constexpr std::size_t kLongest = 254;  // Of an address.

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986; nothing for a broken escape or what is no printable ASCII.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hexValue(text[i + 1]);
      const int low = hexValue(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c <= ' ' || c >= 127) return std::nullopt;
    out += c;
  }
  return out;
}

// "10m" -> 10485760; a number alone is bytes.
std::int64_t sizeOf(std::string_view text) {
  if (text.empty()) return 0;
  unsigned shift = 0;
  switch (text.back()) {
    case 'k':
    case 'K':
      shift = 10;
      break;
    case 'm':
    case 'M':
      shift = 20;
      break;
    case 'g':
    case 'G':
      shift = 30;
      break;
    case 't':
    case 'T':
      shift = 40;
      break;
    default:
      break;
  }
  if (shift > 0) text.remove_suffix(1);
  const auto count = parseNumber(text);
  if (!count || *count > 1'000'000) return 0;
  return static_cast<std::int64_t>(*count) << shift;
}

std::optional<Receiver> receiverOf(std::string_view uri) {
  constexpr std::string_view kScheme = "mailto:";
  if (!startsWithIgnoringCase(uri, kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  Receiver receiver;
  if (const auto mark = uri.rfind('!'); mark != std::string_view::npos) {
    receiver.limit = sizeOf(uri.substr(mark + 1));
    uri = uri.substr(0, mark);
  }
  const auto address = decoded(uri.substr(0, uri.find('?')));
  if (!address || address->size() > kLongest) return std::nullopt;
  const auto at = address->rfind('@');
  // Handed to sendmail(1) as an argument: a plain dot-atom or nothing.
  if (at == std::string::npos || at == 0 || at + 1 == address->size() ||
      address->find_first_of("<>()[]\\,;:\"") != std::string::npos ||
      address->find('@') != at)
    return std::nullopt;
  receiver.address = *address;
  return receiver;
}

std::string domainOf(const std::string& address) {
  return lower(address.substr(address.rfind('@') + 1));
}

// The one DMARC record among the texts of a name; nothing when there is none
// or several.
std::optional<std::string> recordOf(const dns::Answer& answer) {
  std::optional<std::string> found;
  for (const auto& text : answer.texts) {
    if (!isRecord(text)) continue;
    if (found) return std::nullopt;
    found = text;
  }
  return found;
}

class Verification {
 public:
  Verification(std::string domain,
               dns::Resolver& resolver,
               const PublicSuffixList& suffixes,
               dns::Deadline deadline)
      : domain_(std::move(domain)),
        resolver_(resolver),
        suffixes_(suffixes),
        deadline_(deadline) {}

  Result<Receivers> run();

 private:
  [[nodiscard]] std::string organisation(const std::string& domain) const {
    const auto found = suffixes_.registrableDomain(domain);
    return found.empty() ? domain : found;
  }

  Result<Done> judge(const Receiver& receiver);

  std::string domain_;
  dns::Resolver& resolver_;
  const PublicSuffixList& suffixes_;
  dns::Deadline deadline_;
  Receivers out_;
};

Result<Done> Verification::judge(const Receiver& receiver) {
  const std::string host = domainOf(receiver.address);
  if (organisation(host) == organisation(domain_)) {
    out_.willing.push_back(receiver);
    return Done{};
  }
  const std::string name = domain_ + "._report._dmarc." + host;
  const auto answer = resolver_.lookup(name, dns::Type::Txt, deadline_);
  if (answer.status == dns::Status::Failed)
    return Error{ErrorCode::Unavailable, name + ": " + answer.problem};
  const auto record = recordOf(answer);
  if (!record) {
    out_.left.push_back(receiver.address + ": " + host +
                        " does not say that it takes reports for " + domain_);
    return Done{};
  }
  // It may send them elsewhere within itself.
  const auto others = receiversOf(*record);
  bool moved = false;
  for (const auto& other : others)
    if (domainOf(other.address) == host) {
      out_.willing.push_back(other);
      moved = true;
    }
  if (!moved) out_.willing.push_back(receiver);
  return Done{};
}

Result<Receivers> Verification::run() {
  const auto answer =
      resolver_.lookup("_dmarc." + domain_, dns::Type::Txt, deadline_);
  if (answer.status == dns::Status::Failed)
    return Error{ErrorCode::Unavailable,
                 "_dmarc." + domain_ + ": " + answer.problem};
  const auto record = recordOf(answer);
  if (!record) {
    out_.left.push_back(domain_ + " has no DMARC record any more");
    return std::move(out_);
  }
  for (const auto& receiver : receiversOf(*record)) {
    auto judged = judge(receiver);
    if (!judged) return std::move(judged).error();
  }
  return std::move(out_);
}

}  // namespace

std::vector<Receiver> receiversOf(std::string_view record) {
  std::vector<Receiver> out;
  for (const auto tag : split(record, ';')) {
    const auto equals = tag.find('=');
    if (equals == std::string_view::npos ||
        !equalsIgnoringCase(trim(tag.substr(0, equals)), "rua"))
      continue;
    for (const auto uri : split(tag.substr(equals + 1), ',')) {
      auto receiver = receiverOf(trim(uri));
      const bool known =
          receiver && std::find(out.begin(), out.end(), *receiver) != out.end();
      if (receiver && !known && out.size() < kMost)
        out.push_back(std::move(*receiver));
    }
    break;
  }
  return out;
}

Result<Receivers> findReceivers(const std::string& policyDomain,
                                dns::Resolver& resolver,
                                const PublicSuffixList& suffixes,
                                dns::Deadline deadline) {
  return Verification(policyDomain, resolver, suffixes, deadline).run();
}

}  // namespace mailreeve::dmarc
