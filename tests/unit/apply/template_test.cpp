#include "mgmtd/apply/template.h"

#include <doctest/doctest.h>

namespace mailreeve::apply {

namespace {

TemplateValues values() {
  TemplateValues out;
  out.texts["HOSTNAME"] = "mail.example.com";
  out.show("QUOTA", true);
  out.show("SCRAM", false);
  out.repeat("PORT", "NUMBER", {"25", "587"});
  return out;
}

}  // namespace

TEST_CASE("templates expand to what is written") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"a marker is replaced", "a {{HOSTNAME}} b\n", "a mail.example.com b\n"},
      {"a section alone on its lines leaves none behind",
       "a\n{{#QUOTA}}\nb\n{{/QUOTA}}\nc\n",
       "a\nb\nc\n"},
      {"a section that is off vanishes",
       "a\n{{#SCRAM}}\n{{ANYTHING}}\n{{/SCRAM}}\nc\n",
       "a\nc\n"},
      {"an inverted section appears when it is off",
       "{{^SCRAM}}\nplain\n{{/SCRAM}}\n{{^QUOTA}}\nfree\n{{/QUOTA}}\n",
       "plain\n"},
      {"a section appears once for each value",
       "{{#PORT}}\n{{HOSTNAME}}:{{NUMBER}}\n{{/PORT}}\n",
       "mail.example.com:25\nmail.example.com:587\n"},
      {"a section may stand inside a line",
       "x{{#QUOTA}} y{{/QUOTA}}\n",
       "x y\n"},
      {"blank lines and indentation stay", "\n  a\n\n", "\n  a\n\n"},
      {"braces and dollars of Postfix stay",
       "a = { b ${c} }\n",
       "a = { b ${c} }\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = expand({"t.tpl", row.text}, values());
    REQUIRE(got);
    CHECK(*got == row.want);
  }
}

TEST_CASE("what is wrong with a template is named with file and line") {
  struct Row {
    std::string label;
    std::string text;
    std::string want;
  };

  const std::vector<Row> rows = {
      {"a misspelt marker",
       "a\nb {{HOSTNAM}}\n",
       "t.tpl:2: unknown marker {{HOSTNAM}}; did you mean HOSTNAME?"},
      {"an unknown section",
       "{{#QUOTTA}}\n{{/QUOTTA}}\n",
       "t.tpl:1: unknown section QUOTTA; did you mean QUOTA?"},
      {"a section never closed",
       "{{#QUOTA}}\na\n",
       "t.tpl:1: section QUOTA is not closed"},
      {"a section closed twice",
       "{{#QUOTA}}\n{{/QUOTA}}\n{{/QUOTA}}\n",
       "t.tpl:3: {{/QUOTA}} closes no open section"},
      {"a marker without end", "a\n\n{{HOST", "t.tpl:3: {{ without }}"},
      {"an include, which templates do not have",
       "{{>other}}\n",
       "t.tpl:1: unknown marker {{>other}}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto got = expand({"t.tpl", row.text}, values());
    REQUIRE_FALSE(got);
    CHECK(got.error().what == row.want);
  }
}

TEST_CASE("a value with a line break never becomes a line of its own") {
  auto bad = values();
  bad.texts["HOSTNAME"] = "x\nmynetworks = 0.0.0.0/0";
  const auto got = expand({"t.tpl", "a {{HOSTNAME}}\n"}, bad);
  REQUIRE_FALSE(got);
  CHECK(got.error().what ==
        "t.tpl: the value of HOSTNAME holds a control character");
}

}  // namespace mailreeve::apply
