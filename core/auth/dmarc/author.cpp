#include "core/auth/dmarc/author.h"

#include "core/base/text.h"
#include "core/mail/address.h"

namespace mailreeve::dmarc {

namespace {

constexpr std::size_t kMaxMailboxes = 100;

// Reads the field from left to right. Outside of <> it gathers what could be a
// bare address; inside, the address.
class MailboxReader {
 public:
  std::vector<std::string> read(std::string_view field) && {
    for (std::size_t i = 0; i < field.size(); ++i) i += take(field, i);
    endMailbox();
    return std::move(found_);
  }

 private:
  // Takes the character at `at`; gives how many more it took.
  std::size_t take(std::string_view field, std::size_t at) {
    const char c = field[at];
    if (comments_ > 0) return takeInComment(c);
    if (quoted_) return takeInQuotes(field, at);
    switch (c) {
      case '(':
        ++comments_;
        break;
      case '"':
        quoted_ = true;
        current() += c;
        break;
      case '<':
        // Who reads on takes the last, who does not the first: both count.
        if (hasAddress_) endMailbox();
        angle_ = true;
        hasAddress_ = true;
        break;
      case '>':
        angle_ = false;
        break;
      case ':':  // Behind a group's name, or a source route.
        current().clear();
        break;
      case ',':
      case ';':
        if (!angle_) endMailbox();
        break;
      default:
        current() += c;
    }
    return 0;
  }

  std::size_t takeInComment(char c) {
    if (c == '\\') return 1;
    if (c == '(') ++comments_;
    if (c == ')') --comments_;
    return 0;
  }

  std::size_t takeInQuotes(std::string_view field, std::size_t at) {
    current() += field[at];
    if (field[at] == '"') quoted_ = false;
    if (field[at] != '\\' || at + 1 == field.size()) return 0;
    current() += field[at + 1];
    return 1;
  }

  std::string& current() { return angle_ ? address_ : bare_; }

  // Blanks may stand around the dots and the @.
  void endMailbox() {
    std::string address;
    bool quoted = false;
    for (const char c : hasAddress_ ? address_ : bare_) {
      if (c == '"') quoted = !quoted;
      const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
      if (quoted || !blank) address += c;
    }
    if (!address.empty() && found_.size() < kMaxMailboxes)
      found_.push_back(std::move(address));
    bare_.clear();
    address_.clear();
    hasAddress_ = false;
    angle_ = false;
  }

  std::vector<std::string> found_;
  std::string bare_;
  std::string address_;
  bool hasAddress_ = false;
  bool angle_ = false;
  bool quoted_ = false;
  std::size_t comments_ = 0;  // Open ones.
};

Error invalid(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

// "a@b c@d" is none either, whichever of the two is shown.
bool holdsTwo(std::string_view mailbox) {
  bool quoted = false;
  std::size_t ats = 0;
  for (std::size_t i = 0; i < mailbox.size(); ++i) {
    if (mailbox[i] == '\\')
      ++i;
    else if (mailbox[i] == '"')
      quoted = !quoted;
    else if (mailbox[i] == '@' && !quoted)
      ++ats;
  }
  return ats > 1;
}

Result<std::string> domainOf(const std::string& mailbox) {
  const auto at = mailbox.rfind('@');
  if (at == std::string::npos || holdsTwo(mailbox))
    return invalid("From holds what is no address");
  auto key = mail::domainKey(std::string_view(mailbox).substr(at + 1));
  if (!key) return invalid("From holds an address whose domain is none");
  return key;
}

}  // namespace

std::vector<std::string> mailboxesOf(std::string_view field) {
  return MailboxReader().read(field);
}

Result<std::string> authorDomain(const auth::MessageView& message) {
  const auth::HeaderField* from = nullptr;
  for (const auto& field : message.fields) {
    if (!equalsIgnoringCase(field.name, "From")) continue;
    if (from != nullptr) return invalid("there are several From fields");
    from = &field;
  }
  if (from == nullptr) return invalid("there is no From field");

  const auto mailboxes = mailboxesOf(from->value());
  // What is behind them has not been read.
  if (mailboxes.size() >= kMaxMailboxes)
    return invalid("From holds too many addresses");
  std::string domain;
  for (const auto& mailbox : mailboxes) {
    auto next = domainOf(mailbox);
    if (!next) return next;
    if (!domain.empty() && domain != *next)
      return invalid("From holds addresses of several domains");
    domain = *std::move(next);
  }
  if (domain.empty()) return invalid("From holds no address");
  return domain;
}

}  // namespace mailreeve::dmarc
