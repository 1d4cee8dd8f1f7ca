#include "mgmtd/apply/verify.h"

#include <cstdlib>

#include "core/base/file.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"
#include "mgmtd/apply/render.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

constexpr auto kAuthModule =
    "/usr/lib/dovecot/modules/auth/libauthdb_mailreeve.so";

// A directory that is gone when the verdict is there.
class Stage {
 public:
  Stage() {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }

  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  Stage(Stage&&) = delete;
  Stage& operator=(Stage&&) = delete;

  ~Stage() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/mailreeve-verify-XXXXXX";
};

// What Debian's `postfix check` says of the host and not of the settings: the
// copies it keeps for chrooted services, which we have none of.
bool isAboutChrootCopies(std::string_view line) {
  return line.find("/etc/") != std::string_view::npos && line.size() > 7 &&
         line.substr(line.size() - 7) == " differ";
}

// Collects what programs complain about.
class Complaints {
 public:
  explicit Complaints(std::string stage) : stage_(std::move(stage)) {}

  // Runs a program that must exit 0 and keep standard error empty.
  void ask(const std::vector<std::string>& argv) {
    const auto answer = run(argv);
    if (answer)
      judge(argv.front(), answer->status, answer->err);
    else
      add(answer.error().what);
  }

  // The same for a program that speaks only to a terminal and else to syslog,
  // as postfix(1) does: script(1) gives it one. `command` meets a shell, so it
  // holds nothing but our own words and paths.
  void askOnTerminal(const std::string& command) {
    const auto answer = run({"script", "-qec", command, "/dev/null"});
    if (answer)
      judge(command, answer->status, answer->out);
    else
      add(answer.error().what);
  }

  void add(const std::string& line) {
    // The administrator knows the file by the path it will have.
    lines_.push_back(replaceAll(line, stage_, ""));
  }

  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  void judge(const std::string& who, int status, const std::string& words) {
    bool said = false;
    for (const auto line : split(words, '\n')) {
      if (trim(line).empty() || isAboutChrootCopies(trim(line))) continue;
      add(std::string(trim(line)));
      said = true;
    }
    if (status != 0 && !said)
      add(who + " ends with status " + std::to_string(status));
  }

  std::string stage_;
  std::vector<std::string> lines_;
};

std::string publicKeyOf(Complaints& complaints,
                        const std::vector<std::string>& argv,
                        const std::string& what) {
  const auto answer = run(argv);
  if (answer && answer->status == 0) return answer->out;
  complaints.add(
      what + ": " +
      (answer ? std::string(trim(answer->err.substr(0, answer->err.find('\n'))))
              : answer.error().what));
  return {};
}

// Postfix starts with a certificate it cannot use and then offers no TLS.
void checkCertificate(Complaints& complaints,
                      const fs::path& certificate,
                      const fs::path& key) {
  const auto fromCertificate =
      publicKeyOf(complaints,
                  {"openssl", "x509", "-in", certificate, "-noout", "-pubkey"},
                  "server.tls.certificate: " + certificate.string());
  const auto fromKey = publicKeyOf(
      complaints,
      {"openssl", "pkey", "-in", key, "-pubout", "-passin", "pass:"},
      "server.tls.key: " + key.string());
  if (!fromCertificate.empty() && !fromKey.empty() &&
      fromCertificate != fromKey)
    complaints.add("server.tls: " + key.string() + " is not the key of " +
                   certificate.string());
}

// `ssl_cert = </path` -> /path
fs::path pathSet(std::string_view bytes, std::string_view name) {
  for (const auto line : split(bytes, '\n')) {
    if (line.substr(0, name.size()) != name) continue;
    const auto at = line.find("= <");
    if (at != std::string_view::npos) return trim(line.substr(at + 3));
  }
  return {};
}

// Dovecot loads a Sieve plugin when the first message comes, and if it cannot,
// delivers none. sievec loads it now.
void checkSieve(Complaints& complaints,
                const fs::path& root,
                const fs::path& conf) {
  const auto script = root / "any.sieve";
  const auto written = replaceFile(script, "keep;\n");
  if (written)
    complaints.ask({"sievec", "-c", conf, script, root / "any.svbin"});
  else
    complaints.add(written.error().what);
}

void checkDovecot(Complaints& complaints,
                  const fs::path& root,
                  const Facts& facts) {
  const auto conf = below(root, facts.paths.dovecot / "dovecot.conf");
  const auto bytes = readFile(conf);
  if (!bytes) {
    complaints.add(bytes.error().what);
    return;
  }
  checkCertificate(
      complaints, pathSet(*bytes, "ssl_cert"), pathSet(*bytes, "ssl_key"));
  if (facts.dovecotModules && !fs::exists(kAuthModule))
    complaints.add(std::string(kAuthModule) +
                   ": missing; without it Dovecot refuses every login");
  complaints.ask({"doveconf", "-n", "-c", conf});
  if (facts.dovecotModules) checkSieve(complaints, root, conf);
}

// SpamAssassin's own rules and plugins beside what is rendered; local.cf and
// what else the administrator keeps there is judged with it.
void checkSpamAssassin(Complaints& complaints,
                       const fs::path& root,
                       const Facts& facts) {
  const auto staged = below(root, facts.paths.spamassassin);
  if (!fs::exists(staged)) return;
  std::error_code problem;
  if (!fs::exists("/usr/bin/spamassassin")) {
    complaints.add(
        "spam.enabled: SpamAssassin is not installed: packages "
        "spamd and spamassassin");
    return;
  }
  for (const auto& entry :
       fs::directory_iterator(facts.paths.spamassassin, problem)) {
    const auto name = entry.path().filename();
    // Of ours only what is rendered now.
    if (!entry.is_regular_file() || name.string().starts_with("mailreeve"))
      continue;
    fs::copy_file(
        entry.path(), staged / name, fs::copy_options::skip_existing, problem);
  }
  complaints.ask({"spamassassin",
                  "--lint",
                  "--prefspath=/dev/null",
                  "--siteconfigpath=" + staged.string()});
}

void checkPostfix(Complaints& complaints,
                  const fs::path& root,
                  const Facts& facts) {
  const auto directory = below(root, facts.paths.postfix);
  complaints.ask({"postconf", "-c", directory, "-n"});
  complaints.ask({"postconf", "-c", directory, "-M"});
  complaints.askOnTerminal("postfix -c " + directory.string() + " check");
}

// Both read their whole configuration before they tell their version.
void checkClamav(Complaints& complaints, const fs::path& root) {
  for (const std::string program : {"clamd", "freshclam"}) {
    const auto conf = below(root, kClamav / (program + ".conf"));
    if (fs::exists(conf))
      complaints.ask({program, "--config-file=" + conf.string(), "--version"});
  }
}

}  // namespace

Result<VerifiedTree> verify(RenderedTree tree, const Facts& facts) {
  const Stage stage;
  if (stage.path().empty())
    return Error{ErrorCode::Unavailable, "no temporary directory in /tmp"};
  auto written = writeTree(tree, stage.path());
  if (!written) return std::move(written).error();
  Complaints complaints(stage.path());
  checkPostfix(complaints, stage.path(), facts);
  checkDovecot(complaints, stage.path(), facts);
  checkSpamAssassin(complaints, stage.path(), facts);
  checkClamav(complaints, stage.path());
  if (!complaints.lines().empty())
    return Error{ErrorCode::Invalid, join(complaints.lines(), "\n")};
  return VerifiedTree(std::move(tree));
}

}  // namespace mailreeve::apply
