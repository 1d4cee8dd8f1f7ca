#include "core/auth/dkim/publication.h"

#include <doctest/doctest.h>

#include "core/auth/dkim/record.h"
#include "keys.h"

namespace mailreeve::dkim {

namespace {

using Sight = Publication::Sight;

dns::Answer found(std::vector<std::string> texts) {
  dns::Answer answer;
  answer.status = dns::Status::Found;
  answer.texts = std::move(texts);
  return answer;
}

dns::Answer nothing(dns::Status status) {
  dns::Answer answer;
  answer.status = status;
  return answer;
}

}  // namespace

TEST_CASE("a record is right when a receiver could verify with it") {
  const std::string record = *recordText(*ed25519Key());
  const std::string other = *recordText(*rsaKey());
  const std::string p = record.substr(record.find("p="));

  struct Row {
    std::string label;
    dns::Answer answer;
    Sight want;
    std::string problem;
  };

  const Row rows[] = {
      {"as printed", found({record}), Sight::Right, ""},
      {"with its version not at the beginning",
       found({p + "; n=our key; k=ed25519; v=DKIM1"}),
       Sight::Right,
       ""},
      {"with other tags between",
       found({"v=DKIM1; t=s; k=ed25519; n=ours; " + p}),
       Sight::Right,
       ""},
      {"another key",
       found({other}),
       Sight::Wrong,
       "the record holds another key"},
      {"revoked", found({"v=DKIM1; p="}), Sight::Wrong, "the key is revoked"},
      {"twice",
       found({record, record}),
       Sight::Wrong,
       "there are 2 records of this name"},
      {"not there",
       nothing(dns::Status::NoDomain),
       Sight::Missing,
       "there is no such record"},
      {"no TXT record",
       nothing(dns::Status::NoData),
       Sight::Missing,
       "there is no such record"},
      {"nobody could say",
       dns::failed("no answer in time"),
       Sight::Unknown,
       "no answer in time"},
  };
  for (const auto& row : rows) {
    INFO(row.label);
    const auto got = judgePublication(row.answer, record);
    CHECK(got.problem == row.problem);
    CHECK(got.sight == row.want);
  }
}

}  // namespace mailreeve::dkim
