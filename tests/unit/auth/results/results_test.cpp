#include <doctest/doctest.h>

#include "core/auth/results/read.h"
#include "core/auth/results/write.h"

namespace mailreeve::results {

namespace {

std::string valueOf(const std::vector<MethodResult>& results) {
  return resultsField("mx.example.org", results).value;
}

}  // namespace

TEST_CASE("findings are written in the words of the RFC") {
  const spf::Finding spf{.outcome = spf::Outcome::SoftFail,
                         .domain = "example.com"};
  const spf::Finding helo{.outcome = spf::Outcome::TempError,
                          .domain = "mail.example.com",
                          .heloJudged = true,
                          .problem = "no answer in time"};
  const dkim::Finding good{.outcome = dkim::Outcome::Pass,
                           .domain = "example.com",
                           .selector = "s1",
                           .algorithm = "rsa-sha256",
                           .signatureHead = "ab/c+def"};
  const dmarc::Finding dmarc{.outcome = dmarc::Outcome::Fail,
                             .authorDomain = "example.com",
                             .published = dmarc::Policy::Reject,
                             .applied = dmarc::Policy::Quarantine};
  CHECK(resultsText("mx.example.org", {resultOf(spf)}) ==
        "mx.example.org; spf=softfail smtp.mailfrom=example.com");
  CHECK(resultsText("mx.example.org", {resultOf(helo)}) ==
        "mx.example.org; spf=temperror reason=\"no answer in time\" "
        "smtp.helo=mail.example.com");
  CHECK(resultsText("mx.example.org", resultsOf({good})) ==
        "mx.example.org; dkim=pass header.d=example.com header.s=s1 "
        "header.a=rsa-sha256 header.b=\"ab/c+def\"");
  CHECK(
      resultsText("mx.example.org", resultsOf(std::vector<dkim::Finding>{})) ==
      "mx.example.org; dkim=none");
  CHECK(resultsText("mx.example.org", {resultOf(dmarc)}) ==
        "mx.example.org; dmarc=fail header.from=example.com "
        "policy.dmarc=quarantine");
  CHECK(resultsText(
            "mx.example.org",
            resultsOf(arc::Finding{.outcome = dkim::Outcome::TempError})) ==
        "mx.example.org; none");
  CHECK(valueOf({}) == " mx.example.org; none");
  CHECK(valueOf({resultOf(spf), resultOf(dmarc)}) ==
        " mx.example.org;\n\tspf=softfail smtp.mailfrom=example.com;\n\t"
        "dmarc=fail header.from=example.com policy.dmarc=quarantine");
}

TEST_CASE("a value cannot break out of its place") {
  const auto value =
      valueOf({{.method = "spf",
                .result = "fail",
                .reason = "a\"b\\c\r\nX: y; dkim=pass\xc3\xbc",
                .properties = {{"smtp.mailfrom", "a;dkim=pass@example.com"},
                               {"smtp.helo", ""}}}});
  CHECK(value ==
        " mx.example.org;\n\tspf=fail "
        "reason=\"a\\\"b\\\\c??X: y; dkim=pass??\"\n\t"
        "smtp.mailfrom=\"a;dkim=pass@example.com\"");
  const auto read = readResults(value);
  REQUIRE(read);
  CHECK(read->methods.size() == 1);
  CHECK(read->says("spf", "fail"));
}

TEST_CASE("results of others are read, or not at all") {
  struct Row {
    std::string label;
    std::string value;
    std::string want;  // "id method=result ...", "-" for unreadable.
  };

  const Row rows[] = {
      {"a plain one",
       " MX.Example.org.; spf=pass smtp.mailfrom=a.example",
       "mx.example.org spf=pass "},
      {"two methods",
       "a; dkim=Pass header.d=x; DMARC = fail (p=none)",
       "a dkim=pass dmarc=fail "},
      {"versions", "a 1; spf/1=pass", "a spf=pass "},
      {"none", "a; none", "a "},
      {"comments everywhere",
       "(x (y)) a (z) ; (c) spf (d) = (e) pass (f)",
       "a spf=pass "},
      {"a quoted id", "\"a\"; spf=pass", "a spf=pass "},
      {"a semicolon in quotes",
       "a; spf=fail reason=\"b; dkim=pass\"",
       "a spf=fail "},
      {"folded", "\r\n\ta;\r\n\tspf=pass", "a spf=pass "},
      {"no id", "spf=pass smtp.mailfrom=a.example; dkim=none", "-"},
      {"a version that is none", "a b; spf=pass", "-"},
      {"an open quote", "a; spf=\"pass", "-"},
      {"an open comment", "a (; spf=pass", "-"},
      {"nothing", "", "-"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto results = readResults(row.value);
    std::string got = results ? results->authservId + " " : "-";
    if (results)
      for (const auto& [method, result] : results->methods)
        got.append(method).append("=").append(result).append(" ");
    CHECK(got == row.want);
  }
}

TEST_CASE("several results of one method must agree") {
  const auto results = readResults("a; dkim=pass; dkim=fail; spf=pass");
  REQUIRE(results);
  CHECK(results->says("spf", "pass"));
  CHECK_FALSE(results->says("dkim", "pass"));
  CHECK_FALSE(results->says("dmarc", "pass"));
}

TEST_CASE("results that pretend to be ours are found") {
  const std::string message =
      "Authentication-Results: mx.other.example; spf=pass\r\n"
      "authentication-results: MX.example.org; dkim=pass\r\n"
      "Subject: mx.example.org\r\n"
      "Authentication-Results: (hi) \"mx.example.org\" 1; spf=pass\r\n"
      "Authentication-Results: mx.example.org (; spf=pass\r\n"
      "Authentication-Results: spf=pass smtp.mailfrom=a.example\r\n"
      "Authentication-Results: mx.example.org/1; spf=pass\r\n"
      "Authentication-Results: mx.example.org.; spf=pass\r\n"
      "Authentication-Results: notmx.example.org; spf=pass\r\n\r\n";
  CHECK(forgedResults(auth::viewOf(message), "Mx.Example.Org") ==
        std::vector<std::size_t>{2, 3, 4, 6, 7});
}

TEST_CASE("a forwarder vouches when all behind it are trusted, too") {
  struct Row {
    std::string label;
    dkim::Outcome outcome;
    std::vector<arc::Hop> hops;
    bool want;
    bool authorSigned = true;
  };

  const arc::Hop list{"lists.example", "mx.lists.example; dmarc=pass"};
  const arc::Hop school{"school.example", "mx.school.example; dmarc=fail"};
  const arc::Hop stranger{"evil.example", "mx.evil.example; dmarc=pass"};
  const Row rows[] = {
      {"a trusted list", dkim::Outcome::Pass, {list}, true},
      {"which has not signed who wrote it",
       dkim::Outcome::Pass,
       {list},
       false,
       false},
      {"its chain is broken", dkim::Outcome::Fail, {list}, false},
      {"a stranger says so", dkim::Outcome::Pass, {stranger}, false},
      {"a trusted list behind a trusted school",
       dkim::Outcome::Pass,
       {list, school},
       true},
      {"a stranger between", dkim::Outcome::Pass, {list, stranger}, false},
      {"a stranger before", dkim::Outcome::Pass, {stranger, list}, true},
      {"nobody says so", dkim::Outcome::Pass, {school}, false},
      {"no hops", dkim::Outcome::Pass, {}, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(vouchesForDmarc({.outcome = row.outcome,
                           .hops = row.hops,
                           .authorSigned = row.authorSigned},
                          {"lists.example", "school.example"}) == row.want);
  }
}

}  // namespace mailreeve::results
