#include "mgmtd/apply/facts.h"

#include "core/base/file.h"
#include "core/base/subprocess.h"
#include "core/base/text.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

// "name = value" lines. `postconf -d` never breaks one.
std::map<std::string, std::string> parametersOf(const std::string& listing) {
  std::map<std::string, std::string> parameters;
  for (const auto line : split(listing, '\n')) {
    const auto equals = line.find('=');
    const auto name = trim(line.substr(0, equals));
    if (name.empty() || equals == std::string_view::npos) continue;
    parameters.emplace(name, trim(line.substr(equals + 1)));
  }
  return parameters;
}

Result<std::string> ask(const std::vector<std::string>& argv) {
  auto answer = run(argv);
  if (!answer) return std::move(answer).error();
  if (answer->status != 0)
    return Error{ErrorCode::Unavailable,
                 join(argv, " ") + ": " + std::string(trim(answer->err))};
  return std::move(answer->out);
}

}  // namespace

Result<Facts> gatherFacts(const Paths& paths) {
  auto defaults = ask({"postconf", "-d"});
  if (!defaults) return std::move(defaults).error().within("is Postfix there");
  Facts facts;
  facts.paths = paths;
  facts.postfixParameters = parametersOf(*defaults);
  return facts;
}

fs::path ownCertificate(const Paths& paths) {
  return paths.state / "tls" / "self-signed.pem";
}

fs::path ownKey(const Paths& paths) {
  return paths.state / "tls" / "self-signed.key";
}

Result<Done> ensureOwnCertificate(const Paths& paths,
                                  const std::string& hostname) {
  const auto certificate = ownCertificate(paths);
  if (fs::exists(certificate) && fs::exists(ownKey(paths))) return Done{};
  auto made = makeDirectories(certificate.parent_path());
  if (!made) return made;
  const auto newKey = ownKey(paths).string() + ".new";
  const auto newCertificate = certificate.string() + ".new";
  auto done = ask({"openssl",
                   "req",
                   "-x509",
                   "-newkey",
                   "ec",
                   "-pkeyopt",
                   "ec_paramgen_curve:P-256",
                   "-nodes",
                   "-sha256",
                   "-days",
                   "3650",
                   "-subj",
                   "/CN=" + hostname,
                   "-addext",
                   "subjectAltName=DNS:" + hostname,
                   "-keyout",
                   newKey,
                   "-out",
                   newCertificate});
  if (!done) return std::move(done).error().within("self-signed certificate");
  // The key last: both files are there only when both are whole.
  for (const auto& [from, to, mode] :
       {std::tuple{newCertificate, certificate, mode_t{0644}},
        std::tuple{newKey, ownKey(paths), mode_t{0600}}}) {
    auto bytes = readFile(from);
    if (!bytes) return std::move(bytes).error();
    auto placed = replaceFile(to, *bytes, mode);
    if (!placed) return placed;
    fs::remove(from);
  }
  return Done{};
}

}  // namespace mailreeve::apply
