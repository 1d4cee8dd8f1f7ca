// mailreeve-report: files one message that a user reports, read from standard
// input, as spam or as none.
//
//   mailreeve-report spam|ham USER            the message itself (Dovecot)
//   mailreeve-report --attached spam|ham USER what is attached to it (Postfix)
//
// Runs as the owner of all mail, for whom anybody's mail may be the input: it
// takes no other option, starts nothing and opens nothing but the directory of
// reports. Exit statuses are those of sysexits(3), as pipe(8) reads them.
#include <array>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/paths.h"
#include "core/base/text.h"
#include "core/mail/attached_messages.h"
#include "core/store/spam_reports.h"

namespace mailreeve {

namespace {

// A report by mail carries several messages.
constexpr std::size_t kMostInput = 8 * store::SpamReportLimits::kBytes;

// What went wrong, for Postfix to tell the sender or Dovecot to log.
int fail(int status, const std::string& what) {
  std::cerr << what << '\n';
  return status;
}

bool readInput(std::string& bytes) {
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t n = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0;
    bytes.append(piece.data(), static_cast<std::size_t>(n));
    if (bytes.size() > kMostInput) return false;
  }
}

int file(bool spam, const std::string& user, const std::string& message) {
  const auto filed = store::addSpamReport(Paths{}.spamReports(),
                                          spam,
                                          user,
                                          message,
                                          std::chrono::system_clock::now());
  if (filed) return EX_OK;
  return fail(
      filed.error().code == ErrorCode::Invalid ? EX_DATAERR : EX_TEMPFAIL,
      filed.error().what);
}

int fileAttached(bool spam, const std::string& user, const std::string& raw) {
  const auto message = mail::messageFromBytes(raw, {});
  if (!message) return fail(EX_DATAERR, message.error().what);
  const auto attached = mail::attachedMessages(*message);
  if (attached.empty())
    return fail(EX_DATAERR,
                "Nothing is attached. Please report a message by forwarding "
                "it as an attachment.");
  for (const auto& one : attached)
    if (const int status = file(spam, user, one); status != EX_OK)
      return status;
  return EX_OK;
}

int report(std::vector<std::string_view> arguments) {
  const bool attached = !arguments.empty() && arguments.front() == "--attached";
  if (attached) arguments.erase(arguments.begin());
  if (arguments.size() != 2 ||
      (arguments.front() != "spam" && arguments.front() != "ham"))
    return fail(EX_USAGE, "usage: mailreeve-report [--attached] spam|ham USER");
  ::umask(0007);  // mgmtd reads and removes it as a member of the group.
  std::string input;
  if (!readInput(input)) return fail(EX_DATAERR, "the message is too large");
  const bool spam = arguments.front() == "spam";
  const std::string user(arguments.back());
  return attached ? fileAttached(spam, user, input) : file(spam, user, input);
}

}  // namespace

}  // namespace mailreeve

int main(int argc, char** argv) {
  try {
    return mailreeve::report({argv + 1, argv + argc});
  } catch (const std::exception& e) {
    return mailreeve::fail(EX_TEMPFAIL, e.what());
  }
}
