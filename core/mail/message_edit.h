// Changes to a message in the form a milter can hand to the MTA.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/mail/message.h"

namespace mailreeve::mail {

struct HeaderChange {
  static constexpr std::size_t kAdd = 0;
  static constexpr std::size_t kTop = static_cast<std::size_t>(-1);

  std::string name;
  // Which field of that name, from 1, as the message stands before any change;
  // kAdd appends a new one, kTop puts it above all others. Of one name the last
  // fields are changed first, so that an MTA which counts anew after each
  // change does the same.
  std::size_t occurrence = kAdd;
  // As Header::value, folded with LF; nothing removes the field.
  std::optional<std::string> value;
};

struct MessageEdit {
  std::optional<SpooledBytes> body;  // Nothing: the body stays.
  std::vector<HeaderChange> headers;

  [[nodiscard]] bool empty() const { return !body && headers.empty(); }
};

// The message as it leaves when the MTA has done `edit`: what the next edit and
// the signature work on.
[[nodiscard]] Result<Message> apply(const Message& message,
                                    const MessageEdit& edit,
                                    SpoolOptions options = {});

}  // namespace mailreeve::mail
