#include <doctest/doctest.h>

#include "mgmtd/apply/services.h"

namespace mailreeve::apply {

namespace {

HostFile file(const std::string& bytes) {
  HostFile out;
  out.kind = HostFile::Kind::File;
  out.bytes = bytes;
  return out;
}

HostState host(const std::string& main,
               const std::string& master,
               const std::string& dovecot) {
  return {{"/etc/postfix/main.cf", file(main)},
          {"/etc/postfix/master.cf", file(master)},
          {"/etc/dovecot/dovecot.conf", file(dovecot)}};
}

const std::string kMaster = "25 inet n - n - - smtpd\n";
const std::string kMain = "inet_interfaces = all\n";

}  // namespace

TEST_CASE("each change asks for the least that works") {
  struct Row {
    std::string label;
    HostState before;
    HostState after;
    Action postfix;
    Action dovecot;
  };

  const std::vector<Row> rows = {
      {"nothing changes",
       host(kMain, kMaster, "a = 1\n"),
       host(kMain, kMaster, "a = 1\n"),
       Action::Nothing,
       Action::Nothing},
      {"a parameter changes",
       host(kMain, kMaster, "a = 1\n"),
       host(kMain + "hopcount_limit = 7\n", kMaster, "a = 1\n"),
       Action::Reload,
       Action::Nothing},
      {"Dovecot changes, whose authentication smtpd holds on to",
       host(kMain, kMaster, "a = 1\n"),
       host(kMain, kMaster, "a = 2\n"),
       Action::Reload,
       Action::Reload},
      {"Dovecot listens elsewhere",
       host(kMain, kMaster, "listen = 192.0.2.1\n"),
       host(kMain, kMaster, "listen = 192.0.2.2\n"),
       Action::Reload,
       Action::Restart},
      {"Dovecot's default is written out",
       host(kMain, kMaster, ""),
       host(kMain, kMaster, "listen = *, ::\n"),
       Action::Reload,
       Action::Reload},
      {"inet_interfaces changes, at which a reload shrugs",
       host("inet_interfaces = loopback-only\n", kMaster, ""),
       host(kMain, kMaster, ""),
       Action::Restart,
       Action::Nothing},
      {"the default of inet_interfaces is written out",
       host("", kMaster, ""),
       host(kMain, kMaster, ""),
       Action::Reload,
       Action::Nothing},
      {"a new port",
       host(kMain, kMaster, ""),
       host(kMain, kMaster + "587 inet n - n - - smtpd\n", ""),
       Action::Reload,
       Action::Nothing},
      {"one address gives way to another on the same port",
       host(kMain, "192.0.2.1:25 inet n - n - - smtpd\n", ""),
       host(kMain, "192.0.2.2:25 inet n - n - - smtpd\n", ""),
       Action::Reload,
       Action::Nothing},
      {"all addresses give way to one, which cannot be open at once",
       host(kMain, kMaster, ""),
       host(kMain, "192.0.2.2:25 inet n - n - - smtpd\n", ""),
       Action::Restart,
       Action::Nothing},
      {"the same port under its name and its number",
       host(kMain, "smtp inet n - y - - smtpd\n", ""),
       host(kMain, kMaster, ""),
       Action::Restart,
       Action::Nothing},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto actions = decideActions(
        Paths{}, row.before, row.after, {true, true}, {true, true});
    CHECK(std::string(actionName(actions.postfix)) == actionName(row.postfix));
    CHECK(std::string(actionName(actions.dovecot)) == actionName(row.dovecot));
    CHECK(actions.postfixWhy.empty() == (row.postfix == Action::Nothing));
  }
}

TEST_CASE("what does not run is started, what did not run is stopped") {
  const auto same = host(kMain, kMaster, "");
  auto actions =
      decideActions(Paths{}, same, same, {false, true}, {true, true});
  CHECK(actions.postfix == Action::Start);
  CHECK(actions.dovecot == Action::Nothing);
  actions = decideActions(Paths{}, same, same, {true, true}, {true, false});
  CHECK(actions.dovecot == Action::Stop);
}

}  // namespace mailreeve::apply
