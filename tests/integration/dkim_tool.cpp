// Our DKIM and ARC on standard input and output, for tests/integration's
// comparison with other people's:
//
//   dkim_tool key rsa|ed25519 FILE          makes a key, prints its record
//   dkim_tool sign DOMAIN SELECTOR=FILE...  signs with all keys at once
//   dkim_tool seal DOMAIN SELECTOR=FILE     adds an ARC set
//   dkim_tool verify RECORDS                one line for each signature, and
//   one
//                                           for the ARC chain
//
// RECORDS is a file of "NAME TEXT", one a line.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "core/auth/arc/sign.h"
#include "core/auth/arc/verify.h"
#include "core/auth/dkim/key_file.h"
#include "core/auth/dkim/record.h"
#include "core/auth/dkim/sign.h"
#include "core/auth/dkim/verify.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"

namespace mailreeve {

namespace {

using Arguments = std::vector<std::string>;

int fail(const std::string& what) {
  std::cerr << "dkim_tool: " << what << '\n';
  return 2;
}

std::string readMessage() {
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

void writeFields(const std::vector<mail::Header>& fields) {
  for (const auto& field : fields)
    std::cout << field.name << ':' << replaceAll(field.value, "\n", "\r\n")
              << "\r\n";
}

// "SELECTOR=FILE"
Result<dkim::SigningKey> readKey(const std::string& domain,
                                 const std::string& text) {
  const auto equals = text.find('=');
  auto key = dkim::readKeyFile(text.substr(equals + 1));
  if (!key) return std::move(key).error();
  return dkim::SigningKey{
      domain,
      text.substr(0, equals),
      std::make_shared<const dkim::PrivateKey>(*std::move(key))};
}

int makeKey(const Arguments& arguments) {
  const auto key = dkim::PrivateKey::generate(arguments.at(1) == "rsa"
                                                  ? dkim::KeyKind::Rsa2048
                                                  : dkim::KeyKind::Ed25519);
  if (!key) return fail(key.error().what);
  const auto written = dkim::writeKeyFile(arguments.at(2), *key);
  const auto record = dkim::recordText(*key);
  if (!written) return fail(written.error().what);
  if (!record) return fail(record.error().what);
  std::cout << *record << '\n';
  return 0;
}

int sign(const Arguments& arguments) {
  std::vector<dkim::SigningKey> keys;
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    auto key = readKey(arguments.at(1), arguments[i]);
    if (!key) return fail(key.error().what);
    keys.push_back(*std::move(key));
  }
  const std::string message = readMessage();
  const SystemClock clock;
  const auto fields = dkim::Signer(clock).sign(auth::viewOf(message), keys);
  if (!fields) return fail(fields.error().what);
  writeFields(*fields);
  std::cout << message;
  return 0;
}

void load(dns::ZoneResolver& zone, const std::string& file) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto blank = line.find(' ');
    zone.addText(line.substr(0, blank), line.substr(blank + 1));
  }
}

int seal(const Arguments& arguments) {
  const auto key = readKey(arguments.at(1), arguments.at(2));
  if (!key) return fail(key.error().what);
  const std::string message = readMessage();
  const SystemClock clock;
  const auto fields = arc::Sealer(clock).seal(
      auth::viewOf(message), {}, *key, "mx.example.com; spf=none");
  if (!fields) return fail(fields.error().what);
  writeFields(*fields);
  std::cout << message;
  return 0;
}

int verify(const Arguments& arguments) {
  dns::ZoneResolver zone;
  load(zone, arguments.at(1));
  const std::string message = readMessage();
  const auto view = auth::viewOf(message);
  const SystemClock clock;
  for (const auto& finding : dkim::Verifier(zone, clock).verify(view, {}))
    std::cout << "dkim " << describe(finding.outcome) << ' ' << finding.selector
              << ' ' << finding.problem << '\n';
  const auto chain = arc::Verifier(zone, clock).verify(view, {});
  std::cout << "arc " << describe(chain.outcome) << ' ' << chain.problem
            << '\n';
  return 0;
}

int run(const Arguments& arguments) {
  const std::string verb = arguments.empty() ? "" : arguments[0];
  if (verb == "key" && arguments.size() == 3) return makeKey(arguments);
  if (verb == "sign" && arguments.size() >= 3) return sign(arguments);
  if (verb == "seal" && arguments.size() == 3) return seal(arguments);
  if (verb == "verify" && arguments.size() == 2) return verify(arguments);
  return fail("key, sign, seal or verify, with its arguments");
}

}  // namespace

}  // namespace mailreeve

int main(int count, char** arguments) {
  return mailreeve::run({arguments + 1, arguments + count});
}
