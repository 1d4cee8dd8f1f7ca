#include "core/config/describe_signing.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

void describeSigning(Fields& f, Signing& s) {
  f.texts({"signing_networks",
           "Networks whose hosts pass authentication: SPF, DKIM, DMARC and "
           "ARC do not judge what they send, whoever it claims to be from, and "
           "mail of our domains is signed. They may not relay by that: a host "
           "that sends to others without logging in is named in "
           "networks.trusted, too, or there alone.",
           "E6"},
          s.networks,
          TextKind::Network);
  f.integer({"overlap_days",
             "Days that the record of a key that no longer signs must stay "
             "published, for mail that is still under way.",
             "C4"},
            s.overlapDays,
            {1, 90});
  choiceOf(f,
           {"when_key_fails",
            "What happens to mail that is to be signed when no key in use can "
            "be read: defer keeps it with its client, unsigned lets it leave.",
            "C4"},
           s.whenKeyFails,
           {"defer", "unsigned"});
  choiceOf(
      f,
      {"arc_seal",
       "Which mail from outside gets an ARC seal with what was found about "
       "it: forwarded is mail that was changed here or may leave again.",
       "H8"},
      s.arc,
      {"never", "forwarded", "always"});
}

void describeDomainSigning(Fields& f, DomainSigning& s) {
  f.boolean({"enabled",
             "Whether outgoing mail of the domain is signed, once `mgmtctl "
             "dkim create` made a key and its record is seen in the DNS.",
             "C4"},
            s.enabled);
  f.text({"selector_prefix",
          "What the selectors of new keys begin with; may be empty.",
          "C4"},
         s.selectorPrefix,
         TextKind::Free);
  f.integer({"rsa_bits",
             "Size of new RSA keys: 1024, 2048 or 4096. Some receivers take "
             "1024 for no signature at all.",
             "C4"},
            s.rsaBits,
            {1024, 4096});
  f.boolean({"ed25519",
             "Whether new keys come as a pair, of which the second signature "
             "is Ed25519.",
             "C4"},
            s.ed25519);
  f.boolean({"signing_networks",
             "Whether mail of the domain from dkim.signing_networks is signed, "
             "too. Authenticated it is in any case.",
             "E6"},
            s.signingNetworks);
  f.boolean({"force",
             "Use new keys although their record is not seen from here.",
             "C4"},
            s.force);
  f.texts({"oversigned",
           "Fields that are signed once more than they are there, so that "
           "nobody can add one. Must name from.",
           "C4"},
          s.oversigned,
          TextKind::Name);
  f.texts({"headers", "Further fields that are signed.", "C4"},
          s.headers,
          TextKind::Name);
}

}  // namespace mailreeve::config
