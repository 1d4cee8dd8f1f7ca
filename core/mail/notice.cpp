#include "core/mail/notice.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/header_block.h"
#include "core/mail/html_text.h"
#include "core/mail/leaf_edit.h"
#include "core/mail/notice_target.h"
#include "core/mail/notice_text.h"
#include "core/mail/notice_wrap.h"
#include "core/mail/splice.h"

namespace mailreeve::mail {

namespace {

using Outcome = NoticeResult::Outcome;

constexpr std::size_t kMaxTemplate = 64U << 10U;
constexpr std::size_t kMaxId = 64;

Error unusable(std::string what) {
  return Error{ErrorCode::Invalid, "notice: " + std::move(what)};
}

bool isId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

Result<Done> checkTemplate(const std::string& name, std::string_view text) {
  if (text.size() > kMaxTemplate)
    return unusable("the " + name + " text is longer than 64 KiB");
  if (!isValidUtf8(text)) return unusable("the " + name + " text is not UTF-8");
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
  });
  if (control) return unusable("the " + name + " text has control characters");
  return Done{};
}

bool isHtml(const MimeNode& node) {
  return node.type == "text/html";
}

// The leaf's text in UTF-8; as it decodes when its charset does not allow that.
std::string readableText(const Message& message, const MimeNode& node) {
  std::string text = decode(node, message.bytes());
  const Charset* charset = findCharset(node.charset);
  if (charset == nullptr) return text;
  if (charset->asciiTransparent && isAscii(text)) return text;
  auto converted = toUtf8(text, *charset);
  return converted ? *std::move(converted) : text;
}

// A quoted block does not count: its signature is broken already.
bool hasInlinePgp(std::string_view text, bool html) {
  constexpr std::string_view kBegin = "-----BEGIN PGP";
  for (auto at = text.find(kBegin); at != std::string_view::npos;
       at = text.find(kBegin, at + 1))
    if (html || at == 0 || text[at - 1] == '\n') return true;
  return false;
}

std::size_t bodyBegin(std::string_view bytes) {
  HeaderBlock block(bytes, 0, bytes.size());
  for (Field field; block.next(field);) continue;
  return block.end();
}

class NoticeEditor {
 public:
  NoticeEditor(const Message& message, const Notice& notice)
      : message_(message), notice_(notice), text_(notice) {}

  [[nodiscard]] NoticeResult run() {
    if (auto why = whyNotEditable(message_))
      return {Outcome::NotMeant, *std::move(why), {}, {}};
    if (wasHere())
      return {Outcome::AlreadyThere, "the notice was put in before", {}, {}};
    auto targets = findNoticeTargets(message_);
    if (!targets.blocked.empty()) return fallBack(targets.blocked);
    if (hasSealedText(targets.leaves))
      return fallBack("signed or encrypted: PGP in the text");
    if (isThere(targets.leaves))
      return {Outcome::AlreadyThere, "the notice is there already", {}, {}};
    auto inserted = insert(targets.leaves);
    if (!inserted) return fallBack(inserted.error().what);
    if (tooLarge(inserted->edit))
      return fallBack("it would be larger than the limit");
    return *std::move(inserted);
  }

 private:
  [[nodiscard]] const MimeNode& node(std::size_t leaf) const {
    return message_.tree().nodes()[leaf];
  }

  [[nodiscard]] bool hasSealedText(const std::vector<std::size_t>& leaves) {
    return std::any_of(leaves.begin(), leaves.end(), [&](std::size_t leaf) {
      return hasInlinePgp(read(leaf), isHtml(node(leaf)));
    });
  }

  // Decoded once for all questions.
  [[nodiscard]] const std::string& read(std::size_t leaf) {
    const auto known = texts_.find(leaf);
    if (known != texts_.end()) return known->second;
    return texts_.emplace(leaf, readableText(message_, node(leaf)))
        .first->second;
  }

  [[nodiscard]] bool shows(std::size_t leaf, bool quotedToo) {
    const std::string& text = read(leaf);
    return isHtml(node(leaf)) ? text_.isInHtml(text, quotedToo)
                              : text_.isInPlain(text, quotedToo);
  }

  [[nodiscard]] bool isThere(const std::vector<std::size_t>& leaves) {
    if (notice_.repeat == Notice::Repeat::Always) return false;
    const bool quotedToo = notice_.repeat == Notice::Repeat::OncePerThread;
    return std::any_of(leaves.begin(), leaves.end(), [&](std::size_t leaf) {
      return shows(leaf, quotedToo);
    });
  }

  // This very message came by before: our field says so, and the notice, which
  // a forged field would lack, is to be seen.
  [[nodiscard]] bool wasHere() {
    const auto marks = message_.allHeaders(kNoticeField);
    const bool marked =
        std::any_of(marks.begin(), marks.end(), [&](const Header* mark) {
          return mark->text() == notice_.id;
        });
    if (!marked) return false;
    const auto& nodes = message_.tree().nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const bool text = nodes[i].type == "text/plain" || isHtml(nodes[i]);
      if (text && nodes[i].isLeaf() && shows(i, true)) return true;
    }
    return false;
  }

  [[nodiscard]] PlanInsertion planFor(const MimeNode& leaf) const {
    const bool lastLineEnds = leaf.parent == MimeNode::kNone;
    if (isHtml(leaf))
      return [this, lastLineEnds](std::string_view text) {
        return text_.intoHtml(text, lastLineEnds);
      };
    const TextLayout layout{
        equalsIgnoringCase(leaf.parameter("format"), "flowed"),
        equalsIgnoringCase(leaf.parameter("delsp"), "yes")};
    return [this, layout, lastLineEnds](std::string_view text) {
      return text_.intoPlain(text, layout, lastLineEnds);
    };
  }

  // All leaves or none: a reader must see the notice in each form of the text.
  [[nodiscard]] Result<NoticeResult> insert(
      const std::vector<std::size_t>& leaves) const {
    NoticeResult result{Outcome::Inserted, {}, {}, {}};
    std::vector<Splice> splices;
    for (const auto leaf : leaves) {
      auto edit = editLeaf(message_, leaf, planFor(node(leaf)));
      if (!edit) return std::move(edit).error();
      std::move(edit->splices.begin(),
                edit->splices.end(),
                std::back_inserter(splices));
      std::move(edit->headers.begin(),
                edit->headers.end(),
                std::back_inserter(result.edit.headers));
      result.saw.push_back(std::move(edit->saw));
    }
    const auto bytes = spliceLeaves(message_.bytes(),
                                    message_.tree(),
                                    std::move(splices),
                                    leaves,
                                    message_.spoolOptions());
    if (!bytes) return bytes.error();
    result.edit.body = bytes->behind(bodyBegin(bytes->view()));
    result.edit.headers.push_back(mark());
    return result;
  }

  [[nodiscard]] HeaderChange mark() const {
    return {std::string(kNoticeField), HeaderChange::kAdd, " " + notice_.id};
  }

  // Header changes are small, and counted as if they only added.
  [[nodiscard]] bool tooLarge(const MessageEdit& edit) const {
    if (notice_.sizeLimit == 0 || !edit.body) return false;
    std::size_t size = message_.bodyOffset() + edit.body->view().size();
    for (const auto& change : edit.headers)
      if (change.value) size += change.name.size() + change.value->size() + 3;
    return size > notice_.sizeLimit;
  }

  [[nodiscard]] NoticeResult fallBack(const std::string& reason) const {
    if (notice_.fallback == Notice::Fallback::Reject)
      return {Outcome::Refused, reason, {}, {}};
    if (notice_.fallback == Notice::Fallback::Ignore)
      return {Outcome::LeftAlone, reason, {}, {}};
    const bool first = notice_.position == Notice::Position::Top;
    auto wrapped = wrapWithText(message_, text_.plain(), first);
    if (!wrapped)
      return {Outcome::LeftAlone, reason + "; " + wrapped.error().what, {}, {}};
    wrapped->headers.push_back(mark());
    if (tooLarge(*wrapped))
      return {Outcome::LeftAlone,
              reason + "; wrapped, it would be larger than the limit",
              {},
              {}};
    return {Outcome::Wrapped, reason, {}, *std::move(wrapped)};
  }

  const Message& message_;
  const Notice& notice_;
  NoticeText text_;
  std::map<std::size_t, std::string> texts_;
};

}  // namespace

std::string_view describe(Outcome outcome) {
  switch (outcome) {
    case Outcome::Inserted:
      return "inserted";
    case Outcome::Wrapped:
      return "wrapped";
    case Outcome::AlreadyThere:
      return "already there";
    case Outcome::NotMeant:
      return "not meant for this message";
    case Outcome::LeftAlone:
      return "left alone";
    case Outcome::Refused:
      return "refused";
  }
  return "unknown";
}

Result<Done> checkNotice(const Notice& notice) {
  if (!isId(notice.id)) return unusable("the id is not usable as a mark");
  if (trim(notice.html).empty() && trim(notice.plain).empty())
    return unusable("it has no text");
  auto checked = checkTemplate("HTML", notice.html);
  if (checked) checked = checkTemplate("plain", notice.plain);
  if (checked && trim(notice.plain).empty() && htmlToText(notice.html).empty())
    return unusable("its HTML shows no text; give a plain text, too");
  return checked;
}

Result<NoticeResult> insertNotice(const Message& message,
                                  const Notice& notice) {
  auto checked = checkNotice(notice);
  if (!checked) return std::move(checked).error();
  return NoticeEditor(message, notice).run();
}

}  // namespace mailreeve::mail
