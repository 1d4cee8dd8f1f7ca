#include "milter/checks/structure.h"

#include <algorithm>
#include <string>

#include "milter/content_verdict.h"

namespace mailreeve::milter {

namespace {

bool hasPart(const mail::MimeTree& tree, std::string_view type) {
  return std::any_of(tree.nodes().begin(),
                     tree.nodes().end(),
                     [&](const mail::MimeNode& n) { return n.type == type; });
}

// Where mail programs see different parts. A missing end boundary, an unknown
// encoding or a stray line in a header are accidents, and common.
bool isAmbiguous(mail::Defect defect) {
  switch (defect) {
    case mail::Defect::DuplicateField:
    case mail::Defect::OversizedField:
    case mail::Defect::NoBoundary:
    case mail::Defect::NoParts:
    case mail::Defect::BareReturn:
    case mail::Defect::TextBeforeHeader:
    case mail::Defect::UnclearBoundary:
    case mail::Defect::RepeatedBoundary:
    case mail::Defect::EncodedContainer:
    case mail::Defect::TooDeep:
    case mail::Defect::TooManyParts:
      return true;
    case mail::Defect::BadHeaderLine:
    case mail::Defect::InvalidType:
    case mail::Defect::MissingEndBoundary:
    case mail::Defect::UnknownEncoding:
      return false;
  }
  return true;
}

}  // namespace

bool Structure::needsBody() const {
  return !allowsAll();
}

bool Structure::allowsAll() const {
  constexpr auto kAllow = config::ContentAction::Allow;
  return settings_.partial == kAllow && settings_.externalBody == kAllow &&
         settings_.malformed == kAllow;
}

Result<Verdict> Structure::onMessage(const Transaction& /*transaction*/,
                                     const mail::Message& message,
                                     Findings& findings) const {
  if (allowsAll()) return Verdict::pass();
  Verdict verdict = Verdict::pass();
  const auto& tree = message.tree();
  if (hasPart(tree, "message/partial"))
    takeWorse(verdict,
              verdictFor(settings_.partial,
                         {"a part of a split message",
                          "message/partial",
                          "Messages split over several mails are not "
                          "accepted"}));
  if (hasPart(tree, "message/external-body"))
    takeWorse(verdict,
              verdictFor(settings_.externalBody,
                         {"a part whose content is elsewhere",
                          "message/external-body",
                          "Messages that refer to external content are not "
                          "accepted"}));
  for (const auto& finding : tree.findings())
    if (isAmbiguous(finding.defect)) {
      const std::string what(mail::describe(finding.defect));
      takeWorse(verdict,
                verdictFor(settings_.malformed,
                           {"malformed: " + what,
                            "malformed MIME",
                            "The structure of this message is malformed"}));
      break;
    }
  if (verdict.kind == Verdict::Kind::Mark) markContent(findings, verdict.found);
  return verdict;
}

}  // namespace mailreeve::milter
