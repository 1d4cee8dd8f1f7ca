// What a step decides, and what the client is told about it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace mailreeve::milter {

// The words the SMTP client sees. Generic on purpose: never a path, a rule name
// or a library's error text. The session adds the trace code.
struct Reply {
  int code = 250;        // 250, 421, 4xx or 5xx.
  std::string enhanced;  // RFC 3463.
  std::string text;
};

struct Verdict {
  // Ordered by severity: the chain keeps the highest it has seen.
  enum class Kind {
    Pass,        // Nothing against it.
    Mark,        // Delivered with the marks that stand in the findings.
    Quarantine,  // Accepted and kept by us, until somebody releases it.
    Defer,       // 4xx: the client keeps it and comes again.
    Reject,      // 5xx: the client tells its author.
    Discard,     // Accepted and thrown away: the author learns nothing.
  };

  Kind kind = Kind::Pass;
  Reply reply;
  std::string reason;  // For the log: what was seen.
  std::string found;   // What was found, as a name: of a virus, of a rule.

  // Nothing that comes later can make it better.
  [[nodiscard]] bool final() const { return kind >= Kind::Quarantine; }

  // Whether the client is told anything but "accepted".
  [[nodiscard]] bool refuses() const {
    return kind == Kind::Defer || kind == Kind::Reject;
  }

  static Verdict pass(std::string reason = {}) {
    return {Kind::Pass, {}, std::move(reason), {}};
  }

  static Verdict mark(std::string reason, std::string found = {}) {
    return {Kind::Mark, {}, std::move(reason), std::move(found)};
  }

  static Verdict quarantine(std::string reason, std::string found = {}) {
    return {Kind::Quarantine, {}, std::move(reason), std::move(found)};
  }

  static Verdict defer(std::string reason) {
    return {Kind::Defer,
            {451, "4.7.1", "Temporarily unable to process this message"},
            std::move(reason),
            {}};
  }

  static Verdict reject(Reply reply,
                        std::string reason,
                        std::string found = {}) {
    return {
        Kind::Reject, std::move(reply), std::move(reason), std::move(found)};
  }

  static Verdict discard(std::string reason, std::string found = {}) {
    return {Kind::Discard, {}, std::move(reason), std::move(found)};
  }
};

// "pass", "defer" ...: as logs and events name it.
[[nodiscard]] constexpr std::string_view name(Verdict::Kind kind) {
  switch (kind) {
    case Verdict::Kind::Pass:
      return "pass";
    case Verdict::Kind::Mark:
      return "mark";
    case Verdict::Kind::Quarantine:
      return "quarantine";
    case Verdict::Kind::Defer:
      return "defer";
    case Verdict::Kind::Reject:
      return "reject";
    case Verdict::Kind::Discard:
      return "discard";
  }
  return "unknown";
}

}  // namespace mailreeve::milter
