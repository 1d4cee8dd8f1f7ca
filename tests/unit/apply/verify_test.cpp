// Asks the real Postfix and Dovecot of this host.
#include "mgmtd/apply/verify.h"

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "core/config/settings.h"
#include "mgmtd/apply/render.h"
#include "tests/unit/scratch.h"

namespace mailreeve::apply {

namespace {

struct Host {
  Scratch scratch;
  std::string root = scratch.path;
  Facts facts;
  config::Settings settings;

  Host() {
    Paths paths;
    paths.state = root;
    auto gathered = gatherFacts(paths);
    REQUIRE(gathered);
    facts = *gathered;
    facts.dovecotModules = false;
    REQUIRE(ensureOwnCertificate(paths, "mail.example.com"));
    settings.server.hostname = "mail.example.com";
    config::Domain domain;
    domain.name = "example.com";
    settings.domains.push_back(domain);
  }

  [[nodiscard]] RenderedTree tree() const {
    auto out = render(settings, facts, {{"../../../templates"}});
    REQUIRE_MESSAGE(out, (out ? "" : out.error().what));
    return *out;
  }

  [[nodiscard]] std::string complaint(RenderedTree changed) const {
    const auto verdict = verify(std::move(changed), facts);
    return verdict ? "" : verdict.error().what;
  }
};

void append(RenderedTree& tree, const char* path, const std::string& line) {
  tree.at(path).bytes += line + "\n";
}

}  // namespace

TEST_CASE("what is rendered pleases Postfix and Dovecot, profile by profile") {
  Host host;
  for (const auto profile : {config::TlsProfile::Modern,
                             config::TlsProfile::Intermediate,
                             config::TlsProfile::Old}) {
    host.settings.server.tls.profile = profile;
    CHECK(host.complaint(host.tree()) == "");
  }
  host.settings.mailboxes.quota = 1 << 30;
  host.settings.server.interfaces = {"127.0.0.1", "::1"};
  host.settings.protocols.pop3.enabled = true;
  host.settings.authentication.scram = true;
  host.settings.networks.trusted = {"192.0.2.0/24"};
  host.settings.authentication.skipSenderCheckForTrusted = true;
  host.settings.postfix.settings["smtp_helo_timeout"] = "30s";
  host.settings.dovecot.settings["service/imap-login/process_min_avail"] = "2";
  CHECK(host.complaint(host.tree()) == "");
}

TEST_CASE("any complaint of Postfix or Dovecot is a refusal") {
  struct Row {
    std::string label;
    const char* path;
    std::string line;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"an unknown parameter, of which postconf only warns",
       "/etc/postfix/main.cf",
       "smtpd_banana = 7",
       "unused parameter: smtpd_banana=7"},
      {"a value Postfix cannot read",
       "/etc/postfix/main.cf",
       "default_process_limit = many",
       "default_process_limit"},
      {"a service line without columns",
       "/etc/postfix/master.cf",
       "broken inet",
       "master.cf"},
      {"an unknown setting of Dovecot",
       "/etc/dovecot/dovecot.conf",
       "banana = 7",
       "Unknown setting: banana"},
      {"a section left open",
       "/etc/dovecot/dovecot.conf",
       "service imap {",
       "dovecot.conf"},
  };
  const Host host;
  for (const auto& row : rows) {
    CAPTURE(row.label);
    auto tree = host.tree();
    append(tree, row.path, row.line);
    const auto complaint = host.complaint(tree);
    CAPTURE(complaint);
    CHECK(complaint.find(row.want) != std::string::npos);
    CHECK(complaint.find("/tmp/mailreeve-verify") == std::string::npos);
  }
}

TEST_CASE("a certificate and a key that do not belong together are refused") {
  Host host;
  Paths other;
  other.state = host.root + "/other";
  REQUIRE(ensureOwnCertificate(other, "mail.example.com"));
  host.settings.server.tls.certificate = ownCertificate(host.facts.paths);
  host.settings.server.tls.key = ownKey(other);
  CHECK(host.complaint(host.tree()) ==
        "server.tls: " + ownKey(other).string() + " is not the key of " +
            ownCertificate(host.facts.paths).string());

  host.settings.server.tls.key = host.root + "/absent";
  CHECK(host.complaint(host.tree()).find("server.tls.key: ") !=
        std::string::npos);
}

}  // namespace mailreeve::apply
