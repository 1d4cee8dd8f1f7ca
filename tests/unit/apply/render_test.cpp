#include "mgmtd/apply/render.h"

#include <doctest/doctest.h>

#include "core/config/settings.h"

namespace mailreeve::apply {

namespace {

config::Settings settings() {
  config::Settings out;
  out.server.hostname = "mail.example.com";
  config::Domain domain;
  domain.name = "example.com";
  out.domains.push_back(domain);
  return out;
}

Facts facts() {
  auto out = gatherFacts(Paths{});
  REQUIRE(out);
  return *out;
}

const TemplateSource kTemplates{{"../../../templates"}};

std::string mainCf(const config::Settings& from) {
  const auto tree = render(from, facts(), kTemplates);
  REQUIRE_MESSAGE(tree, (tree ? "" : tree.error().what));
  return tree->at("/etc/postfix/main.cf").bytes;
}

std::string dovecotConf(const config::Settings& from) {
  const auto tree = render(from, facts(), kTemplates);
  REQUIRE_MESSAGE(tree, (tree ? "" : tree.error().what));
  return tree->at("/etc/dovecot/dovecot.conf").bytes;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string problem(const config::Settings& from) {
  const auto tree = render(from, facts(), kTemplates);
  return tree ? "" : tree.error().what;
}

}  // namespace

TEST_CASE("relaying is decided by one list that ends in a refusal") {
  auto from = settings();
  CHECK(has(mainCf(from),
            "smtpd_relay_restrictions =\n    permit_mynetworks\n"
            "    permit_sasl_authenticated\n    reject_unauth_destination\n"));
  CHECK(has(mainCf(from), "\nmynetworks = 127.0.0.0/8 [::1]/128\n"));

  from.networks.trusted = {"192.0.2.0/24", "2001:db8::/32"};
  CHECK(
      has(mainCf(from),
          "mynetworks = 127.0.0.0/8 [::1]/128 192.0.2.0/24 [2001:db8::]/32\n"));

  from.authentication.skipForLocalNetworks = true;
  from.networks.local = {"10.0.0.0/8"};
  CHECK(has(mainCf(from), " [2001:db8::]/32 10.0.0.0/8\n"));
}

TEST_CASE("a dollar in the banner is a dollar, not a parameter of Postfix") {
  auto from = settings();
  from.server.banner = "ESMTP $mail_version";
  CHECK(has(mainCf(from), "$myhostname ESMTP $$mail_version\n"));
}

TEST_CASE("trusted networks may be spared the sender check") {
  auto from = settings();
  CHECK(has(mainCf(from),
            "smtpd_sender_restrictions =\n"
            "    reject_authenticated_sender_login_mismatch\n"));
  from.networks.trusted = {"192.0.2.0/24", "198.51.100.7"};
  from.authentication.skipSenderCheckForTrusted = true;
  CHECK(has(mainCf(from),
            "    check_client_access cidr:{ {192.0.2.0/24 OK}, "
            "{198.51.100.7 OK} }\n"
            "    reject_authenticated_sender_login_mismatch\n"));
}

TEST_CASE("chosen interfaces are endpoints of master.cf") {
  auto from = settings();
  from.server.interfaces = {"192.0.2.1", "2001:db8::1"};
  const auto tree = render(from, facts(), kTemplates);
  REQUIRE(tree);
  const auto& master = tree->at("/etc/postfix/master.cf").bytes;
  CHECK(has(master, "\n192.0.2.1:25  inet"));
  CHECK(has(master, "\n[2001:db8::1]:587  inet"));
  CHECK_FALSE(has(master, "\n25  inet"));
  CHECK(has(dovecotConf(from), "listen = 192.0.2.1, 2001:db8::1\n"));
}

TEST_CASE("extras must exist and must not be ours") {
  struct Row {
    std::string label;
    std::string name;
    bool postfix;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"a parameter of Postfix passes", "smtp_helo_timeout", true, ""},
      {"a misspelt one is named with the nearest",
       "smtp_helo_timout",
       true,
       "postfix.extra: smtp_helo_timout: Postfix has no such parameter; did "
       "you mean smtp_helo_timeout?"},
      {"one that we render is refused with the setting to use",
       "hopcount_limit",
       true,
       "postfix.extra: hopcount_limit is rendered by Mailreeve: use "
       "server.max_hops instead"},
      {"one that we render and nothing sets is refused",
       "smtpd_relay_restrictions",
       true,
       "postfix.extra: smtpd_relay_restrictions is rendered by Mailreeve and "
       "cannot be set here"},
      {"a setting of Dovecot passes", "auth_verbose", false, ""},
      {"one in a section passes",
       "service/imap-login/process_min_avail",
       false,
       ""},
      {"one in a section that we render is refused",
       "protocol/imap/mail_max_userip_connections",
       false,
       "dovecot.extra: protocol/imap/mail_max_userip_connections is rendered "
       "by Mailreeve and cannot be set here"},
      {"a misspelt plugin setting, at which doveconf shrugs, is named",
       "plugin/sieve_max_redirect",
       false,
       "dovecot.extra: plugin/sieve_max_redirect: no plugin setting of stock "
       "Dovecot; did you mean sieve_max_redirects?"},
      {"a numbered plugin setting passes", "plugin/sieve_after2", false, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    auto from = settings();
    (row.postfix ? from.postfix : from.dovecot).settings[row.name] = "1";
    CHECK(problem(from) == row.want);
  }
}

TEST_CASE("Dovecot extras open the sections their keys name") {
  auto from = settings();
  from.dovecot.settings = {
      {"auth_verbose", "yes"},
      {"service/imap-login/process_min_avail", "4"},
      {"service/stats/unix_listener/a/b/mode", "0600"},
  };
  CHECK(has(dovecotConf(from),
            "# dovecot.extra:\n"
            "auth_verbose = yes\n"
            "service imap-login {\n"
            "  process_min_avail = 4\n"
            "}\n"
            "service stats {\n"
            "  unix_listener a/b {\n"
            "    mode = 0600\n"
            "  }\n"
            "}\n"));
}

TEST_CASE("an override with a name Postfix does not know is refused") {
  auto known = facts();
  known.postfixParameters.erase("hopcount_limit");
  const auto tree = render(settings(), known, kTemplates);
  REQUIRE_FALSE(tree);
  CHECK(has(tree.error().what, "main.cf.tpl (rendered):"));
  CHECK(
      has(tree.error().what, "hopcount_limit: Postfix has no such parameter"));
}

TEST_CASE("a file whose body stays keeps its bytes, header and all") {
  const RenderedTree former = {{"/a", {"# 1\nsame\n"}}, {"/b", {"# 1\nold\n"}}};
  const RenderedTree next = {{"/a", {"# 2\nsame\n"}}, {"/b", {"# 2\nnew\n"}}};
  const auto kept = carryOver(next, former);
  CHECK(kept.at("/a").bytes == "# 1\nsame\n");
  CHECK(kept.at("/b").bytes == "# 2\nnew\n");
}

}  // namespace mailreeve::apply
