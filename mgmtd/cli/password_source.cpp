#include "mgmtd/cli/password_source.h"

#include <array>
#include <cerrno>
#include <iostream>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/fd.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/store/password.h"

namespace mailreeve::cli {

namespace {

using store::Secret;

constexpr std::size_t kLongest = 1024;

// The first line of what `fd` gives.
Result<Secret> readLine(int fd) {
  std::string line;
  line.reserve(kLongest);  // Never moved, so that no copy stays behind.
  for (;;) {
    char c = 0;
    const ssize_t n = ::read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      return Error{ErrorCode::Unavailable, "password: " + errnoText(errno)};
    if (n == 0 || c == '\n') break;
    if (line.size() == kLongest) {
      Secret::wipe(line);
      return Error{ErrorCode::Invalid, "the password is too long"};
    }
    line += c;
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return Secret(std::move(line));
}

Result<Secret> prompt(int terminal, const std::string& question) {
  termios before{};
  if (::tcgetattr(terminal, &before) != 0)
    return Error{ErrorCode::Unavailable, "password: " + errnoText(errno)};
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(terminal, TCSAFLUSH, &silent);
  std::cerr << question << std::flush;
  auto line = readLine(terminal);
  ::tcsetattr(terminal, TCSAFLUSH, &before);
  std::cerr << '\n';
  return line;
}

Result<Secret> askTwice() {
  const Fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!terminal.open())
    return Error{ErrorCode::Invalid,
                 "there is no terminal to ask on; use --password-stdin, "
                 "--password-file or --generate"};
  auto first = prompt(terminal.get(), "New password: ");
  if (!first) return first;
  auto second = prompt(terminal.get(), "The same again: ");
  if (!second) return second;
  if (first->view() != second->view())
    return Error{ErrorCode::Invalid, "the two passwords differ"};
  return first;
}

Result<Secret> fromFile(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open())
    return Error{ErrorCode::Invalid, path + ": " + errnoText(errno)};
  return readLine(file.get());
}

Result<NewPassword> hashed(std::string_view password) {
  auto hash = store::hashPassword(password);
  if (!hash) return std::move(hash).error();
  auto scram = store::scramSecret(password);
  if (!scram) return std::move(scram).error();
  return NewPassword{std::move(*hash), std::move(*scram), std::nullopt};
}

}  // namespace

void addPasswordOptions(CLI::App& command, PasswordOptions& options) {
  auto* group = command.add_option_group("password");
  group->add_flag("--password-stdin",
                  options.fromStdin,
                  "Read it from the first line of standard input");
  group
      ->add_option("--password-file",
                   options.file,
                   "Read it from the first line of a file")
      ->type_name("PATH");
  group
      ->add_option("--password-hash",
                   options.hash,
                   "Take over a hash of another system: {SCHEME}TEXT")
      ->type_name("HASH");
  group->add_flag("--generate", options.generate, "Make one up and print it");
  group->require_option(0, 1);
}

Result<NewPassword> readPassword(const PasswordOptions& options) {
  if (!options.hash.empty()) {
    auto checked = store::checkForeignHash(options.hash);
    if (!checked) return std::move(checked).error();
    return NewPassword{std::move(*checked), "", std::nullopt};
  }
  auto secret = options.generate        ? store::generatePassword()
                : options.fromStdin     ? readLine(STDIN_FILENO)
                : !options.file.empty() ? fromFile(options.file)
                                        : askTwice();
  if (!secret) return std::move(secret).error();
  auto made = hashed(secret->view());
  if (made && options.generate) made->generated = std::move(*secret);
  return made;
}

}  // namespace mailreeve::cli
