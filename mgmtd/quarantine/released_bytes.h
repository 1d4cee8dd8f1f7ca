// A held message as it goes out again: what came, byte for byte, but for the
// fields a relay leaves behind, under one field that says where it has been.
// Nothing below is touched, so that its author's signatures stay good.
#pragma once

#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::quarantine {

struct ReleasedBytes {
  std::string trace;  // The field, with its CRLF.
  std::string message;
};

// Without Return-Path and Delivered-To, which Postfix would take for a loop;
// fields of ours that the sender wrote get another name.
[[nodiscard]] ReleasedBytes releasedBytes(const store::HeldMessage& held,
                                          std::string_view bytes,
                                          TimePoint now);

}  // namespace mailreeve::quarantine
