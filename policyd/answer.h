// What a rule decides, and what Postfix tells the client for it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace mailreeve::policyd {

struct Answer {
  enum class Kind {
    Pass,     // DUNNO: Postfix asks its next restriction.
    Allow,    // OK: this recipient skips the restrictions behind policyd.
              // Relay control is not among them.
    Discard,  // DUNNO: milterd takes this recipient off. Postfix' own DISCARD
              // would drop the message for its other recipients too.
    Defer,    // 4xx
    Reject,   // 5xx
  };

  Kind kind = Kind::Pass;

  // For Defer and Reject. Literals: nothing of a request, a rule or a setting
  // can be in what the client sees.
  int code = 0;
  std::string_view enhanced;  // RFC 3463.
  std::string_view text;
  std::chrono::seconds wait{0};  // Until it is worth coming again; 0: unsaid.

  static constexpr Answer pass() { return {}; }

  static constexpr Answer allow() { return {Kind::Allow, 0, {}, {}, {}}; }

  static constexpr Answer discard() { return {Kind::Discard, 0, {}, {}, {}}; }

  static constexpr Answer reject(std::string_view text) {
    return {Kind::Reject, 550, "5.7.1", text, {}};
  }

  // RFC 3463: 4.3.0, a fault of the receiving system.
  static constexpr Answer defer() {
    return {Kind::Defer, 451, "4.3.0", "Temporarily unable to decide", {}};
  }

  // RFC 3463: 4.7.1, policy; RFC 6647 section 2.1.
  static constexpr Answer tryAgain(std::chrono::seconds wait) {
    return {Kind::Defer, 450, "4.7.1", "Greylisted", wait};
  }

  // Whether the client is told no.
  [[nodiscard]] constexpr bool refuses() const { return kind >= Kind::Defer; }
};

// "pass", "allow" ...: as logs, events and traces name it.
[[nodiscard]] std::string_view name(Answer::Kind kind);

// "550 5.7.1 Refused (reference 7K3M9QXD)"; empty when nothing is said.
[[nodiscard]] std::string replyText(const Answer& answer,
                                    std::string_view traceCode);

// Appends the lines of the protocol: "action=...\n\n".
void writeAction(const Answer& answer,
                 std::string_view traceCode,
                 std::string& out);

}  // namespace mailreeve::policyd
