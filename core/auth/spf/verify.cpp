#include "core/auth/spf/verify.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "core/auth/spf/macro.h"
#include "core/auth/spf/record.h"
#include "core/base/text.h"
#include "core/base/unix_time.h"
#include "core/dns/name.h"

namespace mailreeve::spf {

namespace {

constexpr std::size_t kMaxExplanation = 500;

enum class Match { No, Yes, TempError, PermError };

// RFC 7208 section 4.3: a name of two labels at least.
bool isDomain(std::string_view name) {
  return dns::isName(name) && dns::labelCount(name) > 1 && name[0] != '[';
}

bool isIn(const Ip& ip, const Ip& network, unsigned prefix) {
  if (ip.v6 != network.v6) return false;
  for (unsigned n = 0; n < prefix; ++n)
    if (ip.bit(n) != network.bit(n)) return false;
  return true;
}

// %{i}: the dotted quad, or 32 dotted nibbles.
std::string dotted(const Ip& ip) {
  if (!ip.v6) return ip.text();
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const unsigned byte : ip.bytes)
    out += {kHex[byte >> 4U], '.', kHex[byte & 15U], '.'};
  out.pop_back();
  return out;
}

// check_host() for one message.
class Evaluation {
 public:
  Evaluation(dns::Resolver& resolver,
             dns::Deadline deadline,
             const Limits& limits,
             std::string receiver,
             TimePoint now,
             const Sender& sender)
      : resolver_(resolver),
        deadline_(deadline),
        limits_(limits),
        receiver_(std::move(receiver)),
        now_(now),
        client_(sender.client),
        helo_(sender.helo) {
    finding_.heloJudged = sender.mailFrom.empty();
    const std::string from =
        finding_.heloJudged ? "postmaster@" + helo_ : sender.mailFrom;
    const auto at = from.rfind('@');
    // RFC 7208 section 4.3: without a local part it is "postmaster".
    local_ =
        at == std::string::npos || at == 0 ? "postmaster" : from.substr(0, at);
    domain_ = at == std::string::npos ? from : from.substr(at + 1);
    finding_.domain = dns::nameKey(domain_);
  }

  Finding run() && {
    if (isDomain(domain_)) finding_.outcome = checkHost(domain_, true);
    finding_.lookups = lookups_;
    return std::move(finding_);
  }

 private:
  dns::Answer ask(std::string_view name, dns::Type type) {
    return resolver_.lookup(name, type, deadline_);
  }

  // As ask(), for the questions of which too many may not come to nothing.
  dns::Answer askCounting(std::string_view name, dns::Type type) {
    // What cannot be a name is no question, so no empty answer either.
    if (!dns::isName(name)) return {.status = dns::Status::NoDomain};
    auto answer = ask(name, type);
    if (answer.status == dns::Status::NoData ||
        answer.status == dns::Status::NoDomain)
      ++voids_;
    return answer;
  }

  Outcome give(Outcome outcome, std::string problem) {
    // The innermost reason is the one to read.
    if (finding_.problem.empty()) finding_.problem = std::move(problem);
    return outcome;
  }

  Match stop(Match match, std::string problem) {
    (void)give(Outcome::PermError, std::move(problem));
    return match;
  }

  // What keeps `answer` from being looked at.
  std::optional<Match> obstacle(const dns::Answer& answer,
                                std::string_view name) {
    if (voids_ > limits_.voidLookups)
      return stop(Match::PermError, "too many DNS answers are empty");
    if (answer.status == dns::Status::Failed)
      return stop(Match::TempError, std::string(name) + ": " + answer.problem);
    return std::nullopt;
  }

  Outcome checkHost(const std::string& domain, bool outermost) {
    const auto answer = ask(domain, dns::Type::Txt);
    if (answer.status == dns::Status::Failed)
      return give(Outcome::TempError, domain + ": " + answer.problem);
    const std::string* text = nullptr;
    for (const auto& candidate : answer.texts) {
      if (!isRecord(candidate)) continue;
      if (text != nullptr)
        return give(Outcome::PermError, domain + ": several SPF records");
      text = &candidate;
    }
    if (text == nullptr) return Outcome::None;
    const auto record = parseRecord(*text);
    if (!record)
      return give(Outcome::PermError, domain + ": " + record.error().what);
    return evaluate(*record, domain, outermost);
  }

  Outcome evaluate(const Record& record,
                   const std::string& domain,
                   bool outermost) {
    for (const auto& mechanism : record.mechanisms) {
      switch (matches(mechanism, domain)) {
        case Match::No:
          break;
        case Match::TempError:
          return Outcome::TempError;
        case Match::PermError:
          return Outcome::PermError;
        case Match::Yes:
          if (outermost) finding_.mechanism = mechanism.text;
          if (outermost && mechanism.qualifier == Outcome::Fail)
            explain(record, domain);
          return mechanism.qualifier;
      }
    }
    return record.redirect ? redirect(*record.redirect, domain, outermost)
                           : Outcome::Neutral;
  }

  Outcome redirect(const std::string& spec,
                   const std::string& domain,
                   bool outermost) {
    if (!countLookup()) return Outcome::PermError;
    const std::string target = expanded(spec, domain);
    const Outcome outcome =
        isDomain(target) ? checkHost(target, outermost) : Outcome::None;
    if (outcome != Outcome::None) return outcome;
    return give(Outcome::PermError, "redirect=" + target + ": no SPF record");
  }

  bool countLookup() {
    if (++lookups_ <= limits_.lookups) return true;
    (void)give(Outcome::PermError, "too many DNS lookups");
    return false;
  }

  Match matches(const Mechanism& mechanism, const std::string& domain) {
    using Kind = Mechanism::Kind;
    switch (mechanism.kind) {
      case Kind::All:
        return Match::Yes;
      case Kind::Ip4:
        return matchIf(isIn(client_, mechanism.address, mechanism.prefix4));
      case Kind::Ip6:
        return matchIf(isIn(client_, mechanism.address, mechanism.prefix6));
      default:
        break;
    }
    if (!countLookup()) return Match::PermError;
    const std::string name =
        mechanism.domain.empty() ? domain : expanded(mechanism.domain, domain);
    switch (mechanism.kind) {
      case Kind::Include:
        return matchInclude(name);
      case Kind::A: {
        const auto answer = askCounting(name, addressType());
        return matchAddresses(answer, name, mechanism);
      }
      case Kind::Mx:
        return matchExchanges(name, mechanism);
      case Kind::Ptr:
        return matchPointers(name);
      default:
        return matchExists(name);
    }
  }

  static Match matchIf(bool matched) {
    return matched ? Match::Yes : Match::No;
  }

  // RFC 7208 section 5.2, the table.
  Match matchInclude(const std::string& name) {
    const Outcome outcome =
        isDomain(name) ? checkHost(name, false) : Outcome::None;
    switch (outcome) {
      case Outcome::Pass:
        return Match::Yes;
      case Outcome::TempError:
        return Match::TempError;
      case Outcome::PermError:
        return Match::PermError;
      case Outcome::None:
        return stop(Match::PermError, "include:" + name + ": no SPF record");
      default:
        return Match::No;
    }
  }

  [[nodiscard]] dns::Type addressType() const {
    return client_.v6 ? dns::Type::Aaaa : dns::Type::A;
  }

  Match matchAddresses(const dns::Answer& answer,
                       const std::string& name,
                       const Mechanism& mechanism) {
    if (const auto problem = obstacle(answer, name)) return *problem;
    const unsigned prefix = client_.v6 ? mechanism.prefix6 : mechanism.prefix4;
    return matchIf(std::any_of(
        answer.addresses.begin(), answer.addresses.end(), [&](const Ip& ip) {
          return isIn(client_, ip, prefix);
        }));
  }

  Match matchExchanges(const std::string& name, const Mechanism& mechanism) {
    const auto answer = askCounting(name, dns::Type::Mx);
    if (const auto problem = obstacle(answer, name)) return *problem;
    if (answer.exchanges.size() > static_cast<std::size_t>(limits_.exchanges))
      return stop(Match::PermError, name + ": too many mail exchanges");
    for (const auto& exchange : answer.exchanges) {
      const auto match = matchAddresses(
          ask(exchange.host, addressType()), exchange.host, mechanism);
      if (match != Match::No) return match;
    }
    return Match::No;
  }

  Match matchPointers(const std::string& name) {
    const auto& names = validatedNames();
    if (const auto problem = obstacle({.status = dns::Status::Found}, name))
      return *problem;
    return matchIf(
        std::any_of(names.begin(), names.end(), [&name](const auto& valid) {
          return dns::isSameOrBelow(valid, name);
        }));
  }

  Match matchExists(const std::string& name) {
    // IPv4 addresses, whatever the client has: section 5.7.
    const auto answer = askCounting(name, dns::Type::A);
    if (const auto problem = obstacle(answer, name)) return *problem;
    return matchIf(answer.status == dns::Status::Found);
  }

  // Names of the client that lead back to it (section 5.5). A failure here
  // means "no such name", never an error.
  const std::vector<std::string>& validatedNames() {
    if (validated_) return *validated_;
    validated_.emplace();
    const auto answer = askCounting(dns::reverseName(client_), dns::Type::Ptr);
    const auto count = std::min(answer.names.size(),
                                static_cast<std::size_t>(limits_.pointers));
    for (std::size_t i = 0; i < count; ++i) {
      const auto forward = ask(answer.names[i], addressType());
      if (std::find(forward.addresses.begin(),
                    forward.addresses.end(),
                    client_) != forward.addresses.end())
        validated_->push_back(answer.names[i]);
    }
    return *validated_;
  }

  // %{p}: the domain itself, else a name below it, else any, else "unknown".
  std::string validatedName(const std::string& domain) {
    const auto& names = validatedNames();
    for (const auto& name : names)
      if (equalsIgnoringCase(name, domain)) return name;
    for (const auto& name : names)
      if (dns::isSameOrBelow(name, domain)) return name;
    return names.empty() ? "unknown" : names.front();
  }

  std::string letter(char letter, const std::string& domain) {
    switch (letter) {
      case 's':
        return local_ + "@" + domain_;
      case 'l':
        return local_;
      case 'o':
        return domain_;
      case 'd':
        return domain;
      case 'i':
        return dotted(client_);
      case 'p':
        return validatedName(domain);
      case 'v':
        return client_.v6 ? "ip6" : "in-addr";
      case 'h':
        return helo_;
      case 'c':
        return client_.text();
      case 'r':
        return receiver_;
      default:
        return std::to_string(toSeconds(now_));
    }
  }

  MacroLetters letters(const std::string& domain) {
    return [this, &domain](char c) { return letter(c, domain); };
  }

  std::string expanded(const std::string& spec, const std::string& domain) {
    return expandDomain(spec, letters(domain));
  }

  // Section 6.2: whatever goes wrong, there is no explanation.
  void explain(const Record& record, const std::string& domain) {
    if (!record.explanation) return;
    const auto answer =
        ask(expanded(*record.explanation, domain), dns::Type::Txt);
    if (answer.texts.size() != 1) return;
    const auto& text = answer.texts.front();
    if (!isMacroString(text, MacroUse::Explanation)) return;
    finding_.explanation =
        printable(expandText(text, letters(domain), kMaxExplanation));
  }

  dns::Resolver& resolver_;
  dns::Deadline deadline_;
  const Limits& limits_;
  std::string receiver_;
  TimePoint now_;
  Ip client_;
  std::string helo_;
  std::string local_;
  std::string domain_;
  Finding finding_;
  int lookups_ = 0;
  int voids_ = 0;
  std::optional<std::vector<std::string>> validated_;
};

}  // namespace

Verifier::Verifier(dns::Resolver& resolver,
                   const Clock& clock,
                   std::string receiver,
                   Limits limits)
    : resolver_(&resolver),
      clock_(&clock),
      receiver_(std::move(receiver)),
      limits_(limits) {}

Finding Verifier::verify(const Sender& sender, dns::Deadline deadline) const {
  return Evaluation(
             *resolver_, deadline, limits_, receiver_, clock_->now(), sender)
      .run();
}

}  // namespace mailreeve::spf
