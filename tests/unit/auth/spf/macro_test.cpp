#include "core/auth/spf/macro.h"

#include <doctest/doctest.h>

namespace mailreeve::spf {

namespace {

// RFC 7208 section 7.4.
std::string letters(char letter) {
  switch (letter) {
    case 's':
      return "strong-bad@email.example.com";
    case 'l':
      return "strong-bad";
    case 'o':
    case 'd':
      return "email.example.com";
    case 'i':
      return "192.0.2.3";
    case 'v':
      return "in-addr";
    default:
      return "mx.example.org";
  }
}

}  // namespace

TEST_CASE("macros expand as in the RFC's examples") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const Row rows[] = {
      {"sender", "%{s}", "strong-bad@email.example.com"},
      {"domain", "%{d}", "email.example.com"},
      {"more labels than there are", "%{d4}", "email.example.com"},
      {"two labels", "%{d2}", "example.com"},
      {"one label", "%{d1}", "com"},
      {"a count far too large",
       "%{d99999999999999999999}",
       "email.example.com"},
      {"reversed", "%{dr}", "com.example.email"},
      {"reversed, two labels", "%{d2r}", "example.email"},
      {"another delimiter", "%{l-}", "strong.bad"},
      {"reversed by it", "%{lr-}", "bad.strong"},
      {"one part of it", "%{l1r-}", "strong"},
      {"an address",
       "%{ir}.%{v}._spf.%{d2}",
       "3.2.0.192.in-addr._spf.example.com"},
      {"upper case is URL-escaped", "%{S}", "strong-bad%40email.example.com"},
      {"the escapes", "%%a%_b%-c", "%a b%20c"},
      {"a trailing dot is dropped", "a.%{d1}.", "a.com"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    REQUIRE(isMacroString(row.text, MacroUse::DomainSpec));
    CHECK(expandDomain(row.text, letters) == row.want);
  }
}

TEST_CASE("what is no macro string is told from what is") {
  struct Row {
    std::string label;
    std::string text;
    bool domain;
    bool explanation;
  };

  const Row rows[] = {
      {"a blank", "a b", false, true},
      {"the client's address", "%{c}", false, true},
      {"an unknown letter", "%{x}", false, false},
      {"no letter", "%{}", false, false},
      {"no closing brace", "%{d", false, false},
      {"a lone percent sign", "100%", false, false},
      {"an unknown escape", "%(d}", false, false},
      {"keep nothing", "%{d0}", false, false},
      {"garbage behind the letter", "%{d!}", false, false},
      {"a byte above ASCII", "\xc3\xbc", false, false},
      {"a control character", "a\tb", false, false},
      {"delimiters of all kinds", "%{dr.-+,/_=}", true, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(isMacroString(row.text, MacroUse::DomainSpec) == row.domain);
    CHECK(isMacroString(row.text, MacroUse::Explanation) == row.explanation);
  }
}

TEST_CASE("a domain-spec ends in a macro or a top label") {
  CHECK(isDomainSpec("example.com"));
  CHECK(isDomainSpec("example.com."));
  CHECK(isDomainSpec("%{d}"));
  CHECK(isDomainSpec("a.%%"));
  CHECK_FALSE(isDomainSpec(""));
  CHECK_FALSE(isDomainSpec("com"));
  CHECK_FALSE(isDomainSpec("a.123"));
  CHECK_FALSE(isDomainSpec("a.-com"));
  CHECK_FALSE(isDomainSpec("a.%%-"));
}

TEST_CASE("an expansion stays within its limit") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "%{s}";
  CHECK(expandText(text, letters, 500).size() == 500);

  const std::string name = expandDomain(text, letters);
  CHECK(name.size() <= 253);
  CHECK(name.substr(0, 8) == "example.");
}

}  // namespace mailreeve::spf
