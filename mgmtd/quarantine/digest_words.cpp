#include "mgmtd/quarantine/digest_words.h"

namespace mailreeve::quarantine {

namespace {

constexpr DigestWords kEnglish = {
    .sender = "Mail quarantine",
    .subjectOne = "1 new message was held for you",
    .subjectMany = "%1 new messages were held for you",
    .intro = "These messages to you were held and not delivered.",
    .from = "From",
    .subject = "Subject",
    .received = "Received",
    .reason = "Held for",
    .number = "Number",
    .noSender = "(no sender)",
    .noSubject = "(no subject)",
    .look = "Release or delete",
    .release = "Release",
    .remove = "Delete",
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
    .intro =
        "Diese Nachrichten an Sie wurden zurückgehalten und nicht "
        "zugestellt.",
    .from = "Von",
    .subject = "Betreff",
    .received = "Eingang",
    .reason = "Grund",
    .number = "Nummer",
    .noSender = "(kein Absender)",
    .noSubject = "(kein Betreff)",
    .look = "Freigeben oder löschen",
    .release = "Freigeben",
    .remove = "Löschen",
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
