#include "tests/unit/faults/rows.h"

#include "core/base/text.h"

namespace mailreeve::faults {

namespace {

const std::string kLater =
    "defer 451 4.7.1 Temporarily unable to process this message";
const std::string kClamd =
    "antivirus: {engine: clamav, time_limit_seconds: $T, clamd: {socket: $S}";
const std::string kIcap =
    "antivirus: {engine: icap, time_limit_seconds: $T, clamd: {socket: "
    "/nonexistent/clamd}, icap: {server: $S";
const std::string kBehindIcap =
    "antivirus: {engine: icap, time_limit_seconds: $T, clamd: {socket: $S}, "
    "icap: {server: /nonexistent/icap}";
const std::string kSpamd =
    "spam: {enabled: true, action: quarantine, server: $S, time_limit: $T";
const std::string kDns =
    "dns: {forwarders: [$S], timeout: $T}\n"
    "authentication_checks: {dkim: {enabled: false}, arc: {enabled: false}";
const std::string kSpf = kDns + ", dmarc: {enabled: false}, spf: {temperror: ";
const std::string kDmarc =
    kDns + ", spf: {enabled: false}, dmarc: {temperror: ";
const std::string kKeys =
    "dns: {forwarders: [$S], timeout: $T}\nauthentication_checks: {";
const std::string kDkim =
    kKeys +
    "spf: {enabled: false}, arc: {enabled: false}, dmarc: {enabled: false}, "
    "dkim: {failure: ";
const std::string kSigned =
    kKeys + "spf: {enabled: false}, arc: {enabled: false}, dmarc: {temperror: ";
const std::string kSealed = kKeys +
                            "spf: {enabled: false}, arc: {trusted_sealers: "
                            "list.example.org}, dmarc: {temperror: ";
const std::string kPartner =
    "lists: {allow: [{name: partner, domain: $D, proof: dkim}]}\n" + kKeys +
    "arc: {enabled: false}, dmarc: {enabled: false}, spf: {temperror: ";
const std::string kNotAuthentic =
    "reject 550 5.7.26 Mail of $D must be authenticated (DMARC), and this "
    "message is not";
const std::string kNotAllowed =
    "reject 550 5.7.23 203.0.113.9 is not allowed to send mail for $D";
const std::string kUnknowable =
    "defer 451 4.4.3 The sender cannot be authenticated at the moment";
const std::string kUnverifiable =
    "defer 451 4.7.5 The DKIM signature cannot be verified at the moment: its "
    "key is not to be had";
const std::string kUnscanned =
    " | Subject: [VIRUS] Hello"
    " | X-Virus-Status: Not scanned";
const std::string kNoScore =
    " | X-Spam-Status: No, not scanned, score=0 required=5";

const std::vector<Row> kRows = {
    {"clamd: defer", Helper::Clamd, kClamd + "}", "quarantine", kLater},
    {"clamd: mark",
     Helper::Clamd,
     kClamd + ", on_failure: mark}",
     "quarantine",
     "mark" + kUnscanned},
    {"clamd: deliver",
     Helper::Clamd,
     kClamd + ", on_failure: deliver}",
     "quarantine",
     "pass"},
    {"ICAP alone: defer",
     Helper::Icap,
     kIcap + ", fall_back_to_clamav: false}}",
     "quarantine",
     kLater},
    {"ICAP alone: mark",
     Helper::Icap,
     kIcap + ", fall_back_to_clamav: false}, on_failure: mark}",
     "quarantine",
     "mark" + kUnscanned},
    {"ICAP alone: deliver",
     Helper::Icap,
     kIcap + ", fall_back_to_clamav: false}, on_failure: deliver}",
     "quarantine",
     "pass"},
    {"ICAP, and clamd dead behind it: defer",
     Helper::Icap,
     kIcap + "}}",
     "quarantine",
     kLater},
    {"ICAP, and clamd dead behind it: mark",
     Helper::Icap,
     kIcap + "}, on_failure: mark}",
     "quarantine",
     "mark" + kUnscanned},
    {"ICAP, and clamd dead behind it: deliver",
     Helper::Icap,
     kIcap + "}, on_failure: deliver}",
     "quarantine",
     "pass"},
    {"ICAP, and clamd well behind it: whatever the setting",
     Helper::Icap,
     replaceAll(kIcap, "/nonexistent/clamd", "$B") + "}, on_failure: deliver}",
     "quarantine",
     "quarantine"},
    {"clamd behind an ICAP server that is dead: defer",
     Helper::Clamd,
     kBehindIcap + "}",
     "quarantine",
     kLater},
    {"clamd behind an ICAP server that is dead: mark",
     Helper::Clamd,
     kBehindIcap + ", on_failure: mark}",
     "quarantine",
     "mark" + kUnscanned},
    {"clamd behind an ICAP server that is dead: deliver",
     Helper::Clamd,
     kBehindIcap + ", on_failure: deliver}",
     "quarantine",
     "pass"},
    {"spamd: deliver",
     Helper::Spamd,
     kSpamd + "}",
     "quarantine",
     "pass" + kNoScore},
    {"spamd: defer",
     Helper::Spamd,
     kSpamd + ", on_failure: defer}",
     "quarantine",
     kLater},
    {"spamd: mark",
     Helper::Spamd,
     kSpamd + ", on_failure: mark}",
     "quarantine",
     "mark" + kNoScore},
    {"DNS for SPF: defer",
     Helper::Dns,
     kSpf + "defer}}",
     kNotAllowed,
     "defer 451 4.7.24 The SPF record of $D cannot be looked up at the "
     "moment"},
    {"DNS for SPF: accept",
     Helper::Dns,
     kSpf + "accept}}",
     kNotAllowed,
     "pass | spf=temperror"},
    {"DNS for DMARC: defer",
     Helper::Dns,
     kDmarc + "defer}}",
     kNotAuthentic,
     kUnknowable,
     "dmarc"},
    {"DNS for DMARC: accept",
     Helper::Dns,
     kDmarc + "accept}}",
     kNotAuthentic,
     "pass | spf=temperror | dmarc=temperror",
     "dmarc"},
    {"a signature's key, for DKIM alone: reject, defer",
     Helper::Dns,
     kDkim + "reject, temperror: defer}}",
     "reject 550 5.7.20 No DKIM signature of the message is good",
     kUnverifiable,
     "dmarc",
     Key::Changed},
    {"a signature's key, for DKIM alone: reject, accept",
     Helper::Dns,
     kDkim + "reject, temperror: accept}}",
     "reject 550 5.7.20 No DKIM signature of the message is good",
     "pass | dkim=temperror",
     "dmarc",
     Key::Changed},
    {"a signature's key, for DKIM alone: quarantine, defer",
     Helper::Dns,
     kDkim + "quarantine, temperror: defer}}",
     "quarantine",
     kUnverifiable,
     "dmarc",
     Key::Changed},
    {"a signature's key, for DKIM alone: quarantine, accept",
     Helper::Dns,
     kDkim + "quarantine, temperror: accept}}",
     "quarantine",
     "pass | dkim=temperror",
     "dmarc",
     Key::Changed},
    {"a signature's key, for DKIM alone: mark, defer",
     Helper::Dns,
     kDkim + "mark, temperror: defer}}",
     "mark",
     kUnverifiable,
     "dmarc",
     Key::Changed},
    {"a signature's key, for DKIM alone: mark, accept",
     Helper::Dns,
     kDkim + "mark, temperror: accept}}",
     "mark",
     "pass | dkim=temperror",
     "dmarc",
     Key::Changed},
    {"a signature's key, for DKIM alone: accept, so there is nothing to wait "
     "for",
     Helper::Dns,
     kDkim + "accept}}",
     "pass",
     "pass | dkim=temperror",
     "dmarc",
     Key::Changed},
    {"a signature's key, for DMARC: defer",
     Helper::Dns,
     kSigned + "defer}}",
     kNotAuthentic,
     kUnknowable,
     "dmarc",
     Key::Changed},
    {"a signature's key, for DMARC: accept",
     Helper::Dns,
     kSigned + "accept}}",
     kNotAuthentic,
     "pass | dkim=temperror | dmarc=temperror",
     "dmarc",
     Key::Changed,
     "pass | spf=temperror | dkim=temperror | dmarc=temperror"},
    {"a trusted forwarder's key, for DMARC: defer",
     Helper::Dns,
     kSealed + "defer}}",
     "pass",
     kUnknowable,
     "dmarc",
     Key::Lists},
    {"a trusted forwarder's key, for DMARC: accept",
     Helper::Dns,
     kSealed + "accept}}",
     "pass",
     kNotAuthentic,
     "dmarc",
     Key::Lists,
     "pass | spf=temperror | dmarc=temperror"},
    {"a partner's key, which spares it SPF: defer",
     Helper::Dns,
     kPartner + "defer}}",
     "pass",
     kUnknowable,
     "spf",
     Key::Authors,
     "defer 451 4.7.24 The SPF record of $D cannot be looked up at the "
     "moment"},
    {"a partner's key, which spares it SPF: accept",
     Helper::Dns,
     kPartner + "accept}}",
     "pass",
     kNotAllowed,
     "spf",
     Key::Authors,
     "pass | spf=temperror | dkim=temperror"},
};

}  // namespace

const std::vector<Row>& rows() {
  return kRows;
}

}  // namespace mailreeve::faults
