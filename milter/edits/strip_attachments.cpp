#include "milter/edits/strip_attachments.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/base/text.h"
#include "core/mail/part_edit.h"
#include "core/store/quarantine_message.h"

namespace mailreeve::milter {

namespace {

constexpr std::string_view kNote =
    "The file {file} was removed from this message:\n"
    "{why}.\n"
    "The whole message is kept for a while. If you need it, ask your\n"
    "administrator for number {id}.\n";

// Under which the message is kept as it came: what is released, is already.
std::string numberFor(const Transaction& transaction,
                      const std::string& step,
                      const std::string& rule) {
  if (transaction.released) return transaction.released->id;
  return transaction.keepAs ? transaction.keepAs(step, rule)
                            : store::newHeldId(transaction.at);
}

}  // namespace

Result<Verdict> StripAttachments::propose(const Transaction& transaction,
                                          const Findings& findings,
                                          Draft& draft) const {
  if (findings.strip.empty()) return Verdict::pass();
  auto message = draft.message();
  if (!message) return std::move(message).error();
  const auto& tree = (*message)->tree();
  const std::string step = "attachment_filter";
  const std::string& rule = findings.strip.front().rule;
  const std::string id = numberFor(transaction, step, rule);
  std::map<std::size_t, std::string> notes;  // By part.
  std::vector<std::string> files;
  for (const auto& order : findings.strip) {
    if (order.part >= tree.nodes().size())
      return Error{ErrorCode::Internal, "a part that is not there"};
    auto& note = notes[mail::wholePart(tree, order.part)];
    const auto text = noteFor(order, id);
    files.push_back(order.file);
    if (note.find(text) == std::string::npos)
      note += (note.empty() ? "" : "\n") + text;
  }
  std::vector<mail::PartEdit> edits;
  for (auto& [part, note] : notes) edits.push_back({part, std::move(note)});
  auto edit = mail::editParts(**message, edits);
  // The file must not arrive; whoever wants it can have it released.
  if (!edit)
    return Verdict::quarantine(
        "a file cannot be taken out: " + edit.error().what, rule);
  draft.changeContent(*std::move(edit));
  if (!transaction.released)
    draft.keepOriginal(
        {id, step, rule, "delivered without " + join(files, ", ")});
  return Verdict::pass("took out " + std::to_string(edits.size()) +
                       (edits.size() == 1 ? " part" : " parts") +
                       "; kept whole as " + id);
}

std::string StripAttachments::noteFor(const StripOrder& order,
                                      const std::string& id) const {
  std::string text = note_.empty() ? std::string(kNote) : note_;
  text = replaceAll(std::move(text), "{id}", id);
  text = replaceAll(std::move(text), "{why}", printable(order.why));
  text = replaceAll(std::move(text), "{rule}", printable(order.rule));
  text = replaceAll(std::move(text), "{file}", printable(order.file));
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace mailreeve::milter
