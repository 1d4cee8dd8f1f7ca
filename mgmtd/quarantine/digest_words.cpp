#include "mgmtd/quarantine/digest_words.h"

namespace mailreeve::quarantine {

namespace {

constexpr DigestWords kEnglish = {
    .sender = "Mail quarantine",
    .subjectOne = "1 new message was held for you",
    .subjectMany = "%1 new messages were held for you",
    .subjectSentOne = "1 message from you was held",
    .subjectSentMany = "%1 messages from you were held",
    .subjectBoth = "%1 new messages to you and from you were held",
    .intro = "These messages to you were held and not delivered.",
    .introSent = "These messages from you were held and not sent.",
    .from = "From",
    .to = "To",
    .subject = "Subject",
    .received = "Received",
    .sent = "Sent",
    .reason = "Held for",
    .number = "Number",
    .noSender = "(no sender)",
    .noSubject = "(no subject)",
    .look = "Release or delete",
    .release = "Release",
    .remove = "Delete",
    .request = "Ask for its release",
    .ask =
        "To have a message delivered, ask your mail administrator and name "
        "its number.",
    .more = "%1 more messages are not listed here.",
    .linkLife =
        "The links are yours alone and work for %1 days. Do not pass "
        "this mail on.",
    .spam = "spam",
    .content = "its content or its attachments",
    .authentication = "a sender that could not be proved",
    .virus = "a virus",
};

constexpr DigestWords kGerman = {
    .sender = "E-Mail-Quarantäne",
    .subjectOne = "1 neue Nachricht an Sie wurde zurückgehalten",
    .subjectMany = "%1 neue Nachrichten an Sie wurden zurückgehalten",
    .subjectSentOne = "1 Nachricht von Ihnen wurde zurückgehalten",
    .subjectSentMany = "%1 Nachrichten von Ihnen wurden zurückgehalten",
    .subjectBoth =
        "%1 neue Nachrichten an Sie und von Ihnen wurden zurückgehalten",
    .intro =
        "Diese Nachrichten an Sie wurden zurückgehalten und nicht "
        "zugestellt.",
    .introSent =
        "Diese Nachrichten von Ihnen wurden zurückgehalten und nicht "
        "verschickt.",
    .from = "Von",
    .to = "An",
    .subject = "Betreff",
    .received = "Eingang",
    .sent = "Gesendet",
    .reason = "Grund",
    .number = "Nummer",
    .noSender = "(kein Absender)",
    .noSubject = "(kein Betreff)",
    .look = "Freigeben oder löschen",
    .release = "Freigeben",
    .remove = "Löschen",
    .request = "Freigabe beantragen",
    .ask =
        "Soll eine Nachricht zugestellt werden, wenden Sie sich mit ihrer "
        "Nummer an Ihre E-Mail-Administration.",
    .more = "%1 weitere Nachrichten sind hier nicht aufgeführt.",
    .linkLife =
        "Die Links gelten nur für Sie und %1 Tage lang. Geben Sie "
        "diese Nachricht nicht weiter.",
    .spam = "Spam",
    .content = "Inhalt oder Anhänge",
    .authentication = "nicht nachweisbarer Absender",
    .virus = "Virus",
};

}  // namespace

const char* DigestWords::of(store::HeldKind kind) const {
  switch (kind) {
    case store::HeldKind::Spam:
      return spam;
    case store::HeldKind::Content:
      return content;
    case store::HeldKind::Authentication:
      return authentication;
    case store::HeldKind::Virus:
      return virus;
  }
  return content;
}

const DigestWords& digestWords(config::DigestLanguage language) {
  return language == config::DigestLanguage::German ? kGerman : kEnglish;
}

}  // namespace mailreeve::quarantine
