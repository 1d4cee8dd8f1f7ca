// One message in quarantine, as its row and its sidecar file tell it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mailreeve::store {

// Why it was held, as far as rights care.
enum class HeldKind { Spam, Content, Authentication, Virus };

enum class HeldState { Held, Releasing, Released, Failed, Deleted };

// "spam", "held" ...: as index, API and people name them.
[[nodiscard]] std::string_view name(HeldKind kind);
[[nodiscard]] std::string_view name(HeldState state);
[[nodiscard]] std::optional<HeldKind> kindNamed(std::string_view text);
[[nodiscard]] std::optional<HeldState> stateNamed(std::string_view text);

// What a verdict of `step` is. A step nobody knows is Content: an administrator
// decides.
[[nodiscard]] HeldKind kindOfStep(std::string_view step);

// What has refused a release: a check's verdict that was not waived.
struct Obstacle {
  std::string step;  // Empty: there is none.
  std::string found;
  std::string reason;  // For the administrator.
};

struct HeldRecipient {
  std::string address;   // Where a release goes: aliases are resolved.
  std::string mailbox;   // Policy::mailboxKey() of it.
  std::string original;  // As RCPT TO named it.
  HeldState state = HeldState::Held;
  TimePoint changed;
  std::string answer;  // The MTA's last.
  std::string who;     // Who changed the state: "uid 0", "link", "".
  std::int64_t tries = 0;
  TimePoint nextTry;
  std::vector<std::string> alsoWaived;  // By the last release (waiver.h).
  Obstacle obstacle;                    // In its way.
};

struct HeldMessage {
  std::string id;  // "20260301-7K2M9QXR4TPB"
  TimePoint received;

  // The envelope, as it came.
  std::string client;
  std::string clientName;
  std::string helo;
  std::string login;
  std::string sender;  // Empty: the null sender.
  std::vector<HeldRecipient> recipients;

  std::string author;  // The From field.
  std::string subject;
  std::string messageId;
  std::int64_t size = 0;
  std::string sha256;  // Of the bytes, in hexadecimal.

  HeldKind kind = HeldKind::Content;
  std::string step;    // Whose verdict it is.
  std::string found;   // The virus, the rule.
  std::string reason;  // For the administrator.
  std::string generation;
  std::string queueId;
  std::string traceCode;

  // Its sender's request that it be released. Of the index alone.
  TimePoint requested;      // 1970: there is none.
  std::string requestedBy;  // A mailbox; empty: there is none.
};

// "20260301-" and twelve characters of base 32 drawn at random; the day is UTC.
[[nodiscard]] std::string newHeldId(TimePoint received);

// Whether `text` has that form: fit to be made a path.
[[nodiscard]] bool isHeldId(std::string_view text);

// The sidecar. Reading one refuses what hold() would not have written.
[[nodiscard]] std::string sidecarOf(const HeldMessage& message);
[[nodiscard]] Result<HeldMessage> readSidecar(std::string_view text);

}  // namespace mailreeve::store
