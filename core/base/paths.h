// Where everything is at run time. One struct, so that a test or a second
// instance can live elsewhere.
#pragma once

#include <filesystem>
#include <string>

namespace mailreeve {

struct Paths {
  std::filesystem::path config = "/etc/mailreeve";     // The admin's YAML.
  std::filesystem::path state = "/var/lib/mailreeve";  // Ours.
  std::filesystem::path run = "/run/mailreeve";        // Sockets.
  std::filesystem::path data = MAILREEVE_DATA_DIR;     // Templates.
  std::filesystem::path postfix = "/etc/postfix";
  std::filesystem::path postfixQueue = "/var/spool/postfix";
  std::filesystem::path dovecot = "/etc/dovecot";
  std::filesystem::path spamassassin = "/etc/spamassassin";
  std::filesystem::path spamdDefaults = "/etc/default/spamd";

  // The settings as applied: current/yaml/ holds the YAML the daemons read.
  [[nodiscard]] std::filesystem::path generations() const {
    return state / "generations";
  }

  [[nodiscard]] std::filesystem::path currentYaml() const {
    return generations() / "current" / "yaml";
  }

  // The daemons' own directory. What root installs lies outside it: whoever
  // owns a directory can put another one in the place of what is in it.
  [[nodiscard]] std::filesystem::path databases() const { return state / "db"; }

  [[nodiscard]] std::filesystem::path stateDatabase() const {
    return databases() / "state.db";
  }

  [[nodiscard]] std::filesystem::path countersDatabase() const {
    return databases() / "counters.db";
  }

  [[nodiscard]] std::filesystem::path logsDatabase() const {
    return databases() / "logs.db";
  }

  // Notices that wait to be sent.
  [[nodiscard]] std::filesystem::path outboxDatabase() const {
    return databases() / "outbox.db";
  }

  // Templates of notices, as applied: "notices/virus.txt.tpl" lies here.
  [[nodiscard]] std::filesystem::path noticeTemplates() const {
    return state / "templates";
  }

  // The bytes of mail that is held; the daemons' own, too.
  [[nodiscard]] std::filesystem::path quarantine() const {
    return state / "quarantine";
  }

  // What release links and tokens are signed with.
  [[nodiscard]] std::filesystem::path releaseKey() const {
    return quarantine() / "release.key";
  }

  // Private keys for signing: the daemons' user alone can read them.
  [[nodiscard]] std::filesystem::path dkimKeys() const {
    return state / "dkim";
  }

  // What the Dovecot modules read; see dovecot-plugin.
  [[nodiscard]] std::filesystem::path loginPolicy() const {
    return state / "login-policy";
  }

  // What users report as spam, or as none, until it is learned: mail lies in
  // new/, where the filing program puts it as the owner of all mail.
  [[nodiscard]] std::filesystem::path spamReports() const {
    return state / "spam-reports";
  }

  // The spamd of this host, when its settings are ours.
  [[nodiscard]] static std::filesystem::path spamdSocket() {
    return "/run/spamd.sock";
  }

  // program: milterd, policyd or mgmtd.
  [[nodiscard]] std::filesystem::path control(const char* program) const {
    return run / (std::string(program) + ".ctl");
  }

  // Of mgmt-helper, for mgmtd.
  [[nodiscard]] std::filesystem::path helperSocket() const {
    return run / "helper.sock";
  }

  [[nodiscard]] std::filesystem::path milterSocket() const {
    return run / "milter.sock";
  }

  // Where Postfix takes mail that is released, and nothing else. Only root and
  // group postdrop can enter this directory of its.
  [[nodiscard]] std::filesystem::path releaseSocket() const {
    return postfixQueue / "public" / "mailreeve-release";
  }

  [[nodiscard]] std::filesystem::path policySocket() const {
    return run / "policy.sock";
  }
};

}  // namespace mailreeve
