// Puts a notice (a disclaimer, a banner) into a message: into every text a
// reader may be shown and into nothing else, without breaking a signature, a
// charset or the MIME structure. docs/disclaimers.md tells administrators what
// is done in each shape.
//
// Only the bytes of the leaves that get the notice change. If that cannot be
// proved, or should not be done at all, the message stays as it is and the
// result says why.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/mail/message.h"
#include "core/mail/message_edit.h"
#include "core/mail/variables.h"

namespace mailreeve::mail {

struct Notice {
  enum class Position {
    Bottom,
    Top,
    AboveQuote,  // As Bottom where no quote is recognised.
  };
  enum class Repeat {
    OncePerMessage,  // Not again in text of the message's own.
    OncePerThread,   // Nor when it is in what the message quotes.
    Always,
  };
  // What to do with a message that must not be edited.
  enum class Fallback {
    Ignore,  // It goes out as it is.
    Wrap,    // It goes out untouched within a new message that has the notice.
    Reject,
  };

  std::string id;     // Marks our block: letters, digits, '-', '_', '.'.
  std::string html;   // UTF-8, with variables; empty: made from plain.
  std::string plain;  // Likewise; empty: made from html.
  Variables values;
  Position position = Position::Bottom;
  Repeat repeat = Repeat::OncePerMessage;
  Fallback fallback = Fallback::Ignore;
  std::size_t sizeLimit = 0;  // Of the message with the notice; 0: none.
};

// The header field that says which notices a message has been given, one field
// each: a message that comes by twice gets none twice.
inline constexpr std::string_view kNoticeField = "X-Mailreeve-Notice";

struct NoticeResult {
  enum class Outcome {
    Inserted,
    Wrapped,
    AlreadyThere,  // By the repeat policy.
    NotMeant,      // Generated, list or calendar mail never gets a notice.
    LeftAlone,     // It cannot be edited: Fallback::Ignore.
    Refused,       // It cannot be edited: Fallback::Reject.
  };

  Outcome outcome = Outcome::LeftAlone;
  std::string reason;            // For the log; empty when Inserted.
  std::vector<std::string> saw;  // One line for each leaf that was edited.
  MessageEdit edit;              // Empty unless Inserted or Wrapped.
};

[[nodiscard]] std::string_view describe(NoticeResult::Outcome outcome);

// Whether `notice` can be used at all: an id, text, valid UTF-8, no control
// characters, at most 64 KiB. For checking settings.
[[nodiscard]] Result<Done> checkNotice(const Notice& notice);

// Why a message never gets a notice, whatever its shape: it was generated
// (RFC 3834), it reports on another one, it has the null sender, it comes from
// a list, it is an invitation and nothing else. Nothing: it may get one.
[[nodiscard]] std::optional<std::string> whyNotEditable(const Message& message);

// An Error: the notice is unusable (checkNotice). The message is not changed.
[[nodiscard]] Result<NoticeResult> insertNotice(const Message& message,
                                                const Notice& notice);

}  // namespace mailreeve::mail
