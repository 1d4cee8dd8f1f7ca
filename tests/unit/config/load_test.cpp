#include "core/config/load.h"

#include <algorithm>
#include <fstream>

#include <doctest/doctest.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

namespace mailreeve::config {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSmallest =
    "server:\n"
    "  hostname: mail.example.com\n"
    "domains:\n"
    "  - name: example.com\n";

std::string problemsOf(const Loaded& loaded) {
  std::string all;
  for (const auto& problem : loaded.problems) all += problem.text() + "\n";
  return all;
}

Loaded parseText(const std::string& text) {
  return parse({{"mail.yaml", text, false}});
}

// The file as it is, and beside it what it must be told: NAME.want, one
// problem a line.
void checkBadFile(const fs::path& path) {
  const auto text = readFile(path);
  REQUIRE(text);
  const Loaded loaded = parse({{path.filename().string(), *text, false}});
  fs::path want = path;
  want.replace_extension(".want");
  const auto wanted = readFile(want);
  const std::string got = problemsOf(loaded);
  CHECK_MESSAGE(wanted.ok(), "missing ", want.string());
  if (wanted && got == *wanted) return;
  want.replace_extension(".got");
  std::ofstream(want) << got;
  CHECK(got == (wanted ? *wanted : ""));
}

}  // namespace

TEST_CASE("every bad file is told exactly what is wrong with it") {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator("bad"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  CHECK(files.size() >= 40);
  for (const auto& path : files) {
    const std::string label = path.filename().string();
    CAPTURE(label);
    checkBadFile(path);
  }
}

TEST_CASE("the smallest settings are valid and keep safe defaults") {
  const Loaded loaded = parseText(kSmallest);
  CHECK(problemsOf(loaded).empty());
  CHECK(loaded.settings.server.hostname == "mail.example.com");
  CHECK(loaded.settings.authentication.senderMustMatchLogin);
  CHECK(loaded.settings.networks.trusted.empty());
  CHECK_FALSE(loaded.settings.protocols.pop3.enabled);
}

TEST_CASE("what show prints reads back as the same settings") {
  const Loaded loaded = parseText(
      "server:\n"
      "  hostname: mail.example.com\n"
      "  banner: \"quote \\\" backslash \\\\ hash # colon:\"\n"
      "  interfaces: [192.0.2.25, 2001:db8::25]\n"
      "domains:\n"
      "  - name: bücher.example\n"
      "    description: 'yes'\n"
      "    additional: [books.example]\n"
      "    limits: {daily_messages: 100, attachment_size: 10M}\n"
      "    aliases: [{name: info, to: [alice, x@elsewhere.example]}]\n"
      "    disclaimers:\n"
      "      - name: legal\n"
      "        html: |\n"
      "          <p>Line one</p>\n"
      "          <p>Line two</p>\n"
      "        rules: [{field: sender, matches: '*'}]\n"
      "policies:\n"
      "  - {name: staff, users: '*', imap: false, daily_volume: 1G}\n"
      "lists:\n"
      "  allow: [{name: a, domain: '*.far.example'}]\n"
      "  block: [{name: b, sender: '<>', action: discard}]\n"
      "postfix: {extra: {smtpd_timeout: 30s, in_flow_delay: 0}}\n");
  REQUIRE(problemsOf(loaded) == "");
  const std::string shown = show(loaded.settings);
  const Loaded again = parseText(shown);
  CHECK(problemsOf(again) == "");
  CHECK(show(again.settings) == shown);
  CHECK(differences(loaded.settings, again.settings).empty());
  CHECK(again.settings.postfix.settings.at("in_flow_delay") == "0");
  CHECK(again.settings.domains[0].disclaimers[0].html ==
        "<p>Line one</p>\n<p>Line two</p>\n");
}

TEST_CASE("a secret is read but never shown") {
  const std::string path =
      "/tmp/mailreeve-secret-" + std::to_string(::getpid());
  REQUIRE(replaceFile(path, "s3cret\n", 0600));
  const std::string text = kSmallest +
                           std::string("dovecot: {extra: {nonce: {file: ") +
                           path + "}}}\n";
  const Loaded loaded = parseText(text);
  CHECK(problemsOf(loaded) == "");
  CHECK(loaded.settings.dovecot.settings.at("nonce") == "s3cret");
  CHECK(show(loaded.settings).find("s3cret") == std::string::npos);
  CHECK(show(loaded.settings).find(path) != std::string::npos);

  SUBCASE("a daemon leaves it alone") {
    const Loaded left = parse({{"mail.yaml", text, false}}, Secrets::Leave);
    CHECK_FALSE(left.settings.dovecot.settings.contains("nonce"));
  }
  SUBCASE("a file that everybody may read is refused") {
    REQUIRE(replaceFile(path, "s3cret\n", 0644));
    CHECK(problemsOf(parseText(text)).find("readable by everybody") !=
          std::string::npos);
  }
  ::unlink(path.c_str());
}

TEST_CASE("several files make one configuration") {
  SUBCASE("maps join and lists of maps follow each other") {
    const Loaded loaded =
        parse({{"a.yaml", kSmallest, false},
               {"b.yaml",
                "server: {banner: hello}\ndomains: [{name: b.example}]\n",
                false},
               {"domains/c.yaml", "name: c.example\n", true}});
    CHECK(problemsOf(loaded) == "");
    CHECK(loaded.settings.server.banner == "hello");
    REQUIRE(loaded.settings.domains.size() == 3);
    CHECK(loaded.settings.domains[2].name == "c.example");
  }
  SUBCASE("a domain may be described by several files") {
    const Loaded loaded =
        parse({{"a.yaml", kSmallest, false},
               {"managed/b.yaml",
                "domains:\n"
                "  - name: EXAMPLE.com\n"
                "    aliases: [{name: info, to: alice}]\n",
                false},
               {"domains/c.yaml",
                "name: example.com\naliases: [{name: sales, to: bob}]\n",
                true}});
    CHECK(problemsOf(loaded) == "");
    REQUIRE(loaded.settings.domains.size() == 1);
    CHECK(loaded.settings.domains[0].aliases.size() == 2);
  }
  SUBCASE("but not the same key of it") {
    const Loaded loaded = parse(
        {{"a.yaml", kSmallest + std::string("    description: one\n"), false},
         {"b.yaml",
          "domains: [{name: example.com, description: two}]\n",
          false}});
    CHECK(problemsOf(loaded) ==
          "b.yaml:1:31: domains[0].description: is set in a.yaml:5 already\n");
  }
  SUBCASE("a key set twice names both places") {
    const Loaded loaded = parse(
        {{"a.yaml", kSmallest, false},
         {"managed/b.yaml", "server: {hostname: mx.example.com}\n", false}});
    CHECK(problemsOf(loaded) ==
          "managed/b.yaml:1:10: server.hostname: is set in a.yaml:2 already\n");
  }
  SUBCASE("a problem in a domain file names that file") {
    const Loaded loaded = parse({{"a.yaml", kSmallest, false},
                                 {"domains/c.yaml", "nam: c.example\n", true}});
    CHECK(problemsOf(loaded) ==
          "domains/c.yaml:1:1: domains[1].name: is required\n"
          "domains/c.yaml:1:1: domains[1].nam: unknown key; did you mean "
          "\"name\"?\n");
  }
}

TEST_CASE("a plan says what differs in words") {
  const auto before = parseText(
      "server: {hostname: mail.example.com}\n"
      "domains:\n"
      "  - {name: example.com, limits: {daily_messages: 500}}\n"
      "  - {name: old.example}\n"
      "policies: [{name: staff, users: '*', imap: false}]\n");
  const auto after = parseText(
      "server: {hostname: mail.example.com, max_hops: 20}\n"
      "domains:\n"
      "  - name: new.example\n"
      "    disclaimers: [{name: legal, plain: x}]\n"
      "  - {name: example.com, limits: {daily_messages: 200}}\n"
      "policies: [{name: staff, users: '*', pop3: false}]\n");
  REQUIRE(problemsOf(before) == "");
  REQUIRE(problemsOf(after) == "");
  const std::vector<std::string> want = {
      "domain old.example removed",
      "domain new.example added",
      "server.max_hops 50 -> 20",
      "domain example.com: limits.daily_messages 500 -> 200",
      "policy staff: pop3 set to false",
      "policy staff: imap unset, was false",
  };
  CHECK(differences(before.settings, after.settings) == want);
}

TEST_CASE("a directory without YAML says how to start") {
  const Loaded loaded = load("/nonexistent");
  CHECK(problemsOf(loaded) ==
        "/nonexistent: holds no *.yaml file; `mgmtctl init` writes one\n");
}

}  // namespace mailreeve::config
