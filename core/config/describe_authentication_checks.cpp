#include "core/config/describe_authentication_checks.h"

#include "core/config/list_of.h"

namespace mailreeve::config {

namespace {

void onFailure(Fields& f, const Field& field, OnFailure& value) {
  choiceOf(f, field, value, {"accept", "mark", "quarantine", "reject"});
}

void onDnsFailure(Fields& f, const Field& field, OnDnsFailure& value) {
  choiceOf(f, field, value, {"defer", "accept"});
}

void describeSpf(Fields& f, SpfCheck& spf) {
  f.boolean({"enabled",
             "Whether SPF decides about mail from outside. DMARC asks it in "
             "any case.",
             "E5"},
            spf.enabled);
  onFailure(f,
            {"fail",
             "When the domain says that this client may not send for it. "
             "reject is said at DATA, before anything is uploaded.",
             "E5"},
            spf.fail);
  onFailure(f,
            {"helo_fail",
             "When the domain of the client's HELO name says that this client "
             "may not use it. With accept HELO is judged for bounces alone, "
             "which have no MAIL FROM, and by `fail`.",
             "E5"},
            spf.heloFail);
  onFailure(
      f,
      {"softfail", "When the domain says that it probably may not.", "E5"},
      spf.softFail);
  onFailure(
      f,
      {"permerror", "When the domain's record cannot be understood.", "E5"},
      spf.permError);
  onDnsFailure(
      f, {"temperror", "When the DNS does not answer.", "E5"}, spf.tempError);
  f.boolean({"wait_for_dmarc",
             "Decide about fail, softfail and permerror at the end of the "
             "message, and let pass what DMARC passes: forwarded mail whose "
             "DKIM signature is intact.",
             "E5"},
            spf.waitForDmarc);
}

void describeDkim(Fields& f, DkimCheck& dkim) {
  f.boolean({"enabled",
             "Whether DKIM signatures of mail from outside are verified for "
             "their own sake. DMARC asks for them in any case.",
             "E6"},
            dkim.enabled);
  f.integer({"min_rsa_bits",
             "Shortest RSA key whose signature counts; of an ARC seal, too.",
             "E6"},
            dkim.minRsaBits,
            {1024, 4096});
  onFailure(f,
            {"failure",
             "When a message is signed and none of its signatures is good. "
             "Mailing lists break signatures: more than mark loses mail.",
             "E6"},
            dkim.failure);
  onDnsFailure(f,
               {"temperror",
                "When the key of a signature cannot be fetched, no other one "
                "is good, and `failure` is not accept: accept takes the "
                "message for none that failed.",
                "E6"},
               dkim.tempError);
}

void describeDmarc(Fields& f, DmarcCheck& dmarc) {
  f.boolean({"enabled",
             "Whether the policies that domains publish for mail in their "
             "name are applied.",
             "E7"},
            dmarc.enabled);
  choiceOf(f,
           {"mode",
            "How the organisation of a domain is found: rfc7489 by the public "
            "suffix list, rfc9989 by walking up the DNS.",
            "E7"},
           dmarc.mode,
           {"rfc7489", "rfc9989"});
  onFailure(f,
            {"reject",
             "What is done where the policy is reject and nothing proves the "
             "sender.",
             "E7"},
            dmarc.reject);
  onFailure(f,
            {"quarantine", "The same where the policy is quarantine.", "E7"},
            dmarc.quarantine);
  f.boolean({"honour_percent",
             "Apply a policy to as many messages as its pct= says, and the "
             "next milder one to the rest. rfc9989 knows no pct=.",
             "E7"},
            dmarc.honourPercent);
  onFailure(f,
            {"no_author",
             "When the From field is missing, is there twice, or names "
             "addresses of several domains, so that there is no domain to ask.",
             "E7"},
            dmarc.noAuthor);
  onDnsFailure(f,
               {"temperror",
                "When the DNS does not answer and the answer could have "
                "mattered.",
                "E7"},
               dmarc.tempError);
}

void describeArc(Fields& f, ArcCheck& arc) {
  f.boolean({"enabled",
             "Whether the ARC chains of forwarded mail are verified.",
             "H8"},
            arc.enabled);
  f.texts({"trusted_sealers",
           "Domains (d= of ARC-Seal) of forwarders and mailing lists that are "
           "believed: where one says that DMARC passed before it changed the "
           "message, neither SPF nor DMARC holds the change against it.",
           "E7"},
          arc.trustedSealers,
          TextKind::Domain);
}

}  // namespace

void describeAuthenticationChecks(Fields& f, AuthenticationChecks& checks) {
  f.text({"authserv_id",
          "The name under which results are written into "
          "Authentication-Results. Fields of that name which arrive are "
          "removed. Empty: server.hostname.",
          "E7"},
         checks.authservId,
         TextKind::Hostname);
  f.text({"mark_subject",
          "Put before the subject of what is marked. Empty: the subject "
          "stays.",
          "E5"},
         checks.markSubject,
         TextKind::Free);
  f.group({"spf", "May this client send for the domain of MAIL FROM?", "E5"},
          [&](Fields& g) { describeSpf(g, checks.spf); });
  f.group({"dkim", "Which domains have signed the message?", "E6"},
          [&](Fields& g) { describeDkim(g, checks.dkim); });
  f.group({"dmarc",
           "Is the message from the domain that its From field shows?",
           "E7"},
          [&](Fields& g) { describeDmarc(g, checks.dmarc); });
  f.group({"arc", "What did the servers before us find?", "H8"},
          [&](Fields& g) { describeArc(g, checks.arc); });
}

void checkAuthenticationChecks(const AuthenticationChecks& checks,
                               const Report& report) {
  if (!checks.arc.enabled && !checks.arc.trustedSealers.empty())
    report("authentication_checks.arc.trusted_sealers",
           "has no meaning while arc is not enabled");
  if (!checks.dmarc.enabled && checks.spf.waitForDmarc)
    report("authentication_checks.spf.wait_for_dmarc",
           "has no meaning while dmarc is not enabled");
}

}  // namespace mailreeve::config
