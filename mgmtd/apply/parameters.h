// Which names a rendered file sets: so that a name Postfix does not know, or
// one that is set twice, is found before Postfix shrugs at it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace mailreeve::apply {

// Name -> line of a main.cf; continuation lines and comments are skipped.
[[nodiscard]] std::map<std::string, std::size_t> mainNames(
    std::string_view bytes);

// The parameters that `-o name=value` sets in a master.cf, name -> line.
[[nodiscard]] std::map<std::string, std::size_t> masterNames(
    std::string_view bytes);

// Full keys of a dovecot.conf: "service/imap-login/inet_listener/imap/port".
[[nodiscard]] std::set<std::string> dovecotNames(std::string_view bytes);

// postfix.extra may set what Postfix knows and Mailreeve does not render, to a
// value of the kind that its default has: a daemon that cannot read a number, a
// time or a yes ends when it starts, and neither postconf nor `postfix check`
// says so. `known` is name -> default.
[[nodiscard]] Result<Done> checkPostfixExtra(
    const std::map<std::string, std::string>& extra,
    const std::map<std::string, std::size_t>& rendered,
    const std::map<std::string, std::string>& known);

// dovecot.extra may set what is not rendered; doveconf judges the names later,
// except inside plugin/, where it says nothing, so it is done here.
[[nodiscard]] Result<Done> checkDovecotExtra(
    const std::map<std::string, std::string>& extra,
    const std::set<std::string>& rendered);

// dovecot.extra as lines of dovecot.conf, sections opened where `/` says so.
[[nodiscard]] Result<std::vector<std::string>> dovecotLines(
    const std::map<std::string, std::string>& extra);

}  // namespace mailreeve::apply
