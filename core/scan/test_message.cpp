#include "core/scan/test_message.h"

namespace mailreeve::scan {

namespace {

// Encoded, as it would be in mail: so no engine takes this program for it.
constexpr std::string_view kMessage =
    "From: postmaster@mail.invalid\r\n"
    "To: postmaster@mail.invalid\r\n"
    "Subject: Does the antivirus engine work?\r\n"
    "Message-ID: <test@mail.invalid>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=part\r\n"
    "\r\n"
    "--part\r\n"
    "Content-Type: text/plain\r\n"
    "\r\n"
    "A harmless test file is attached.\r\n"
    "--part\r\n"
    "Content-Type: application/octet-stream; name=eicar.com\r\n"
    "Content-Disposition: attachment; filename=eicar.com\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElW\r\n"
    "SVJVUy1URVNULUZJTEUhJEgrSCo=\r\n"
    "--part--\r\n";

}  // namespace

std::string_view testMessage() {
  return kMessage;
}

}  // namespace mailreeve::scan
