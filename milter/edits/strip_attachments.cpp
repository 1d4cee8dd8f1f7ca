#include "milter/edits/strip_attachments.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/base/text.h"
#include "core/mail/part_edit.h"

namespace mailreeve::milter {

namespace {

constexpr std::string_view kNote =
    "The file {file} was removed from this message\n"
    "because files of this kind are not delivered here.\n"
    "If you need it, ask the sender to send it another way.\n";

}  // namespace

Result<Verdict> StripAttachments::propose(const Transaction& /*transaction*/,
                                          const Findings& findings,
                                          Draft& draft) const {
  if (findings.strip.empty()) return Verdict::pass();
  auto message = draft.message();
  if (!message) return std::move(message).error();
  const auto& tree = (*message)->tree();
  std::map<std::size_t, std::string> notes;  // By part.
  for (const auto& order : findings.strip) {
    if (order.part >= tree.nodes().size())
      return Error{ErrorCode::Internal, "a part that is not there"};
    auto& note = notes[mail::wholePart(tree, order.part)];
    const auto text = noteFor(order);
    if (note.find(text) == std::string::npos)
      note += (note.empty() ? "" : "\n") + text;
  }
  std::vector<mail::PartEdit> edits;
  for (auto& [part, note] : notes) edits.push_back({part, std::move(note)});
  auto edit = mail::editParts(**message, edits);
  // The file must not arrive; whoever wants it can have it released.
  if (!edit)
    return Verdict::quarantine(
        "a file cannot be taken out: " + edit.error().what,
        findings.strip.front().rule);
  draft.changeContent(*std::move(edit));
  return Verdict::pass("took out " + std::to_string(edits.size()) +
                       (edits.size() == 1 ? " part" : " parts"));
}

std::string StripAttachments::noteFor(const StripOrder& order) const {
  std::string text = note_.empty() ? std::string(kNote) : note_;
  text = replaceAll(std::move(text), "{rule}", printable(order.rule));
  text = replaceAll(std::move(text), "{file}", printable(order.file));
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace mailreeve::milter
