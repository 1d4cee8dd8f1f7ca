#include "core/mail/attached_messages.h"

#include <doctest/doctest.h>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

std::string multipart(const std::vector<std::string>& parts) {
  std::string raw =
      "Subject: FW\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\n";
  for (const auto& part : parts) raw += "--b\r\n" + part + "\r\n";
  return raw + "--b--\r\n";
}

// The subjects of what is attached.
std::string attached(const std::string& raw) {
  const auto message = messageFromBytes(raw, {});
  REQUIRE(message);
  std::vector<std::string> subjects;
  for (const auto& bytes : attachedMessages(*message)) {
    const auto inner = messageFromBytes(bytes, {});
    REQUIRE(inner);
    const auto* subject = inner->header("Subject");
    subjects.push_back(subject == nullptr ? "-" : subject->text());
  }
  return join(subjects, " ");
}

}  // namespace

TEST_CASE("messages are found however a mail reader attaches them") {
  struct Row {
    std::string label;
    std::string raw;
    std::string want;
  };

  const std::string inner =
      "From: a@far.example\r\nSubject: one\r\n\r\nbuy\r\n";
  const Row rows[] = {
      {"as a message",
       multipart(
           {"\r\nsee this", "Content-Type: message/rfc822\r\n\r\n" + inner}),
       "one"},
      {"two of them",
       multipart({"Content-Type: message/rfc822\r\n\r\n" + inner,
                  "Content-Type: message/rfc822\r\n\r\n" +
                      replaceAll(inner, "one", "two")}),
       "one two"},
      {"what a reported message carries is its own",
       multipart({"Content-Type: message/rfc822\r\n\r\n"
                  "Subject: outer\r\nContent-Type: message/rfc822\r\n\r\n" +
                  inner}),
       "outer"},
      {"as a file of unknown type",
       multipart({"Content-Type: application/octet-stream; name=x.EML\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\n" +
                  inner}),
       "one"},
      {"a file that only has the name",
       multipart({"Content-Type: text/plain; name=x.eml\r\n\r\nno header"}),
       ""},
      {"forwarded inline there is nothing to take",
       "Subject: FW\r\n\r\n---- original ----\r\n" + inner,
       ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    CHECK(attached(row.raw) == row.want);
  }
}

}  // namespace mailreeve::mail
