// What modern, intermediate and old mean to Postfix and Dovecot, after
// Mozilla's server side TLS recommendations, version 5.7.
#pragma once

#include "core/config/settings.h"

namespace mailreeve::apply {

struct TlsProfileValues {
  const char* name;
  // Postfix: where TLS is offered, and where it is demanded.
  const char* protocols;
  const char* mandatoryProtocols;
  const char* dovecotMinimum;
  const char* ciphers;  // OpenSSL names; TLS 1.3 suites are not listed here.
  const char* serverOrder;
};

[[nodiscard]] constexpr TlsProfileValues tlsProfile(
    config::TlsProfile profile) {
  constexpr auto kIntermediate =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
      "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
      "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
      "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
  // OpenSSL 3 gives TLS below 1.2 only at security level 0.
  constexpr auto kOld =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
      "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
      "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
      "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:"
      "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:"
      "ECDHE-RSA-AES256-SHA:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA:"
      "AES256-SHA:@SECLEVEL=0";
  switch (profile) {
    case config::TlsProfile::Modern:
      return {
          "modern", ">=TLSv1.2", ">=TLSv1.3", "TLSv1.3", kIntermediate, "no"};
    case config::TlsProfile::Old:
      return {"old", ">=TLSv1", ">=TLSv1", "TLSv1", kOld, "yes"};
    case config::TlsProfile::Intermediate:
      break;
  }
  return {
      "intermediate", ">=TLSv1.2", ">=TLSv1.2", "TLSv1.2", kIntermediate, "no"};
}

}  // namespace mailreeve::apply
