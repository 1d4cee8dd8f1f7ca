#include "core/auth/dkim/transport_form.h"

#include <map>
#include <utility>

#include "core/auth/dkim/transport_safety.h"
#include "core/base/text.h"
#include "core/mail/header_block.h"
#include "core/mail/leaf_edit.h"
#include "core/mail/splice.h"

namespace mailreeve::dkim {

namespace {

using mail::HeaderChange;

// RFC 5322 section 2.1.1.
constexpr std::size_t kGoodLine = 78;

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

std::size_t bodyBegin(std::string_view bytes) {
  mail::HeaderBlock block(bytes, 0, bytes.size());
  for (mail::Field field; block.next(field);) {
  }
  return block.end();
}

class Former {
 public:
  explicit Former(const mail::Message& message) : message_(message) {}

  Result<TransportForm> run() {
    if (auto done = formBody(); !done) return std::move(done).error();
    foldHeaders();
    return std::move(form_);
  }

 private:
  Result<Done> formBody() {
    const auto safety = judgeTransport(message_.tree(), message_.bytes());
    if (safety.safe) return Done{};
    if (!safety.curable)
      form_.saw.emplace_back("some of its bytes may change on the way");
    std::vector<mail::Splice> splices;
    std::vector<std::size_t> leaves;
    for (const auto& [node, encoding] : safety.leaves) {
      auto edit = mail::encodeLeaf(message_, node, encoding);
      if (!edit) {
        form_.saw.push_back(edit.error().what);
        continue;
      }
      leaves.push_back(node);
      for (auto& splice : edit->splices) splices.push_back(std::move(splice));
      for (auto& change : edit->headers)
        form_.edit.headers.push_back(std::move(change));
      form_.saw.push_back(std::move(edit->saw));
    }
    if (leaves.empty()) return Done{};
    const auto bytes = mail::spliceLeaves(message_.bytes(),
                                          message_.tree(),
                                          std::move(splices),
                                          leaves,
                                          message_.spoolOptions());
    if (!bytes) {
      // Signed as it is: what cannot be proven is not sent.
      form_.edit.headers.clear();
      form_.saw = {bytes.error().what};
      return Done{};
    }
    form_.edit.body = bytes->behind(bodyBegin(bytes->view()));
    if (safety.curable) relabel();
    return Done{};
  }

  // A multipart that says 8bit would be taken apart by the next server that
  // cannot send that, though nothing in it is any more.
  void relabel() {
    const auto& root = message_.tree().root();
    if (!root.isMultipart() || !root.hasEncoding ||
        (root.encoding != mail::Encoding::EightBit &&
         root.encoding != mail::Encoding::Binary))
      return;
    form_.edit.headers.push_back({"Content-Transfer-Encoding", 1, " 7bit"});
  }

  void foldHeaders() {
    std::map<std::string, std::size_t> seen;
    std::vector<HeaderChange> folded;
    for (const auto& header : message_.headers()) {
      const std::size_t occurrence = ++seen[lower(header.name)];
      const std::string line = header.name + ":" + header.value;
      if (mail::longestLine(line) <= mail::kMaxLine) continue;
      folded.push_back(
          {header.name, occurrence, foldLong(header.name, header.value)});
      form_.saw.push_back(printable(header.name) + " folded");
    }
    // Of one name the last first.
    form_.edit.headers.insert(
        form_.edit.headers.end(), folded.rbegin(), folded.rend());
  }

  const mail::Message& message_;
  TransportForm form_;
};

}  // namespace

std::string foldLong(std::string_view name, std::string_view value) {
  const std::string flat =
      mail::unfold(value);  // Ends trimmed; line ends gone, blanks kept.
  std::string out = " ";
  std::size_t column = name.size() + 2;
  for (std::size_t at = 0; at < flat.size();) {
    std::size_t end = at;
    while (end < flat.size() && isBlank(flat[end])) ++end;
    const std::size_t word = end;
    while (end < flat.size() && !isBlank(flat[end])) ++end;
    if (word > at && column + (end - at) > kGoodLine) {
      out += '\n';
      column = 0;
    }
    out.append(flat, at, end - at);
    column += end - at;
    at = end;
  }
  return out;
}

Result<TransportForm> transportForm(const mail::Message& message) {
  return Former(message).run();
}

}  // namespace mailreeve::dkim
