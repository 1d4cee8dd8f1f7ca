#include "core/auth/dmarc/record.h"

#include <doctest/doctest.h>

namespace mailreeve::dmarc {

TEST_CASE("a DMARC record is told from other texts") {
  CHECK(isRecord("v=DMARC1"));
  CHECK(isRecord("v = DMARC1 ; p=none"));
  CHECK_FALSE(isRecord("v=dmarc1; p=none"));
  CHECK_FALSE(isRecord("v=DMARC1x; p=none"));
  CHECK_FALSE(isRecord("p=none; v=DMARC1"));
  CHECK_FALSE(isRecord("v=spf1 -all"));
  CHECK_FALSE(isRecord(""));
}

TEST_CASE("policies are read, and wrong ones mean none, or no DMARC") {
  struct Row {
    std::string label;
    std::string tags;
    std::string want;  // "p sp np", "-" for what is not there.
  };

  const Row rows[] = {
      {"p alone", "p=reject", "reject - -"},
      {"all three",
       "p=none; sp=quarantine; np=reject",
       "none quarantine reject"},
      {"in capitals, with blanks", " P = Reject ; SP=NONE", "reject none -"},
      {"the first of two counts", "p=reject; p=none", "reject - -"},
      {"p missing, reports wanted", "rua=mailto:a@b.example", "none - -"},
      {"p wrong, reports wanted",
       "p=block; rua=mailto:a@b.example",
       "none - -"},
      {"sp wrong, reports wanted",
       "p=reject; sp=block; rua=mailto:a@b.example",
       "none - -"},
      {"np empty, reports wanted",
       "p=reject; np=; rua=mailto:a@b.example",
       "none - -"},
      {"p missing, nobody to report to", "adkim=s", "- - -"},
      {"p wrong, and no address", "p=block; rua=https://b.example", "- - -"},
      {"sp wrong, nobody to report to", "p=reject; sp=block", "- - -"},
      {"wrong optional tags",
       "p=reject; adkim=x; fo=9; rf=y; ri=z; pct=200",
       "reject - -"},
      {"junk between the tags", "p=reject; junk;;= ; zz=1", "reject - -"},
  };
  const auto tell = [](std::optional<Policy> policy) {
    return policy ? std::string(describe(*policy)) : "-";
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto record = parseRecord("v=DMARC1; " + row.tags);
    CHECK(tell(record.policy) + " " + tell(record.subdomains) + " " +
              tell(record.nonexistent) ==
          row.want);
  }
}

TEST_CASE("the other tags are read, or keep their defaults") {
  const auto record = parseRecord(
      "v=DMARC1; p=none; adkim=S; aspf=s; t=Y; psd=n; pct=40; fo=1:d; "
      "rua=mailto:a@x.example!10m, MAILTO:B@x.example,https://x; ruf=mailto:c");
  CHECK(record.strictDkim);
  CHECK(record.strictSpf);
  CHECK(record.testing);
  CHECK(record.suffix == Suffix::No);
  CHECK(record.percent == 40);
  CHECK(record.failureOptions == "1:d");
  CHECK(record.aggregate ==
        std::vector<std::string>{"a@x.example", "B@x.example"});
  CHECK(record.failure.empty());

  const auto wrong =
      parseRecord("v=DMARC1; p=none; adkim=q; t=yes; psd=x; pct=101; pct=5");
  CHECK_FALSE(wrong.strictDkim);
  CHECK_FALSE(wrong.testing);
  CHECK(wrong.suffix == Suffix::Unknown);
  CHECK(wrong.percent == 100);
}

}  // namespace mailreeve::dmarc
