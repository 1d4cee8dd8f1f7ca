#include "core/auth/dkim/publication.h"

#include <optional>

#include "core/auth/base64.h"
#include "core/auth/dkim/record.h"
#include "core/auth/tag_list.h"
#include "core/base/text.h"

namespace mailreeve::dkim {

namespace {

struct KeyText {
  std::string type;
  std::string bytes;

  friend bool operator==(const KeyText&, const KeyText&) = default;
};

std::optional<KeyText> keyIn(std::string_view record) {
  const auto tags = auth::TagList::parse(record);
  if (!tags) return std::nullopt;
  const auto bytes = auth::decodeBase64(tags->value("p"));
  if (!bytes) return std::nullopt;
  return KeyText{lower(tags->find("k").value_or("rsa")), *bytes};
}

}  // namespace

Publication judgePublication(const dns::Answer& answer,
                             std::string_view record) {
  using Sight = Publication::Sight;
  switch (answer.status) {
    case dns::Status::NoDomain:
    case dns::Status::NoData:
      return {Sight::Missing, "there is no such record"};
    case dns::Status::Failed:
      return {Sight::Unknown, answer.problem};
    case dns::Status::Found:
      break;
  }
  // RFC 6376 section 3.6.2.2: with several, a receiver takes whichever it
  // likes.
  if (answer.texts.size() != 1)
    return {Sight::Wrong,
            "there are " + std::to_string(answer.texts.size()) +
                " records of this name"};
  const auto& published = answer.texts.front();
  if (const auto usable = parseRecord(published); !usable)
    return {Sight::Wrong, usable.error().what};
  if (keyIn(published) != keyIn(record))
    return {Sight::Wrong, "the record holds another key"};
  return {Sight::Right, ""};
}

}  // namespace mailreeve::dkim
