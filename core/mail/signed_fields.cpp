#include "core/mail/signed_fields.h"

namespace mailreeve::mail {

std::vector<std::string> oversignedFields() {
  return {"from",
          "to",
          "cc",
          "subject",
          "reply-to",
          "date",
          "content-type",
          "mime-version"};
}

std::vector<std::string> signedFields() {
  return {"message-id",
          "in-reply-to",
          "references",
          "sender",
          "resent-from",
          "resent-to",
          "resent-cc",
          "resent-date",
          "resent-message-id",
          "list-id",
          "list-help",
          "list-unsubscribe",
          "list-subscribe",
          "list-post",
          "list-owner",
          "list-archive",
          "list-unsubscribe-post",
          "content-transfer-encoding"};
}

}  // namespace mailreeve::mail
