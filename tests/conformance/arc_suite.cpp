// The ARC test suite of the working group: scenarios of one zone, and messages
// to be judged or to be sealed in it.
#include <algorithm>

#include <yaml-cpp/yaml.h>

#include "core/auth/arc/sign.h"
#include "core/auth/arc/verify.h"
#include "core/auth/message_view.h"
#include "core/base/text.h"
#include "core/dns/zone_resolver.h"
#include "core/mail/header_block.h"
#include "suite.h"

namespace mailreeve::conformance {

namespace {

void load(dns::ZoneResolver& zone, const YAML::Node& texts) {
  for (const auto& entry : texts)
    zone.addText(
        entry.first.as<std::string>(),
        replaceAll(
            std::string(trim(entry.second.as<std::string>())), "\n", ""));
}

std::string messageOf(const YAML::Node& test) {
  return replaceAll(test["message"].as<std::string>(), "\n", "\r\n");
}

// Blanks of all kinds become one: the suite folds fields as it pleases.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  return std::string(trim(out));
}

// As squeezed(), without any blank: inside a signature they mean nothing.
std::string bare(std::string_view text) {
  return replaceAll(squeezed(text), " ", "");
}

void judge(const YAML::Node& scenario, Score& score) {
  dns::ZoneResolver zone;
  load(zone, scenario["txt-records"]);
  const SystemClock clock;
  const arc::Verifier verifier(zone, clock);
  for (const auto& entry : scenario["tests"]) {
    const std::string message = messageOf(entry.second);
    const auto finding = verifier.verify(auth::viewOf(message), {});
    const auto want = lower(trim(entry.second["cv"].as<std::string>()));
    const auto got = describe(finding.outcome);
    // Where the suite says nothing it leaves the answer open.
    score.count(want.empty() || want == got,
                entry.first.as<std::string>(),
                std::string(got) + " " + finding.problem);
  }
}

// What the Authentication-Results fields of server `id` say, as one. An ARC
// result among them stands for what verify() would have said.
struct Results {
  std::string text;
  arc::Finding chain;
};

dkim::Outcome outcomeOf(std::string_view text) {
  for (const auto outcome : {dkim::Outcome::Pass, dkim::Outcome::Fail})
    if (text.find("; arc=" + std::string(describe(outcome))) !=
        std::string_view::npos)
      return outcome;
  return dkim::Outcome::None;
}

Results mergedResults(const auth::MessageView& message, const std::string& id) {
  Results merged{.text = id};
  for (const auto& field : message.fields) {
    if (!equalsIgnoringCase(field.name, "Authentication-Results")) continue;
    const std::string text = squeezed(field.value());
    const auto end = text.find(';');
    if (trim(text.substr(0, end)) != id || end == std::string::npos) continue;
    auto rest = trim(std::string_view(text).substr(end + 1));
    if (!rest.empty() && rest.back() == ';') rest.remove_suffix(1);
    merged.text += "; " + std::string(rest);
  }
  merged.chain.outcome = outcomeOf(merged.text);
  return merged;
}

arc::SealOptions optionsFor(const YAML::Node& test) {
  arc::SealOptions options;
  options.folding = auth::Folding::None;
  options.signing.oversigned.clear();
  options.signing.fields.clear();
  for (const auto name : split(test["sig-headers"].Scalar(), ':'))
    options.signing.fields.push_back(lower(name));
  return options;
}

void seal(const YAML::Node& scenario, Score& score) {
  auto key = dkim::PrivateKey::fromPem(scenario["privatekey"].Scalar());
  if (!key) throw std::runtime_error(key.error().what);
  const dkim::SigningKey signingKey{
      scenario["domain"].Scalar(),
      scenario["sel"].Scalar(),
      std::make_shared<const dkim::PrivateKey>(*std::move(key))};

  for (const auto& entry : scenario["tests"]) {
    const auto& test = entry.second;
    const ManualClock clock{
        TimePoint(std::chrono::seconds(test["t"].as<int>()))};
    const std::string message = messageOf(test);
    const auto view = auth::viewOf(message);
    const auto results = mergedResults(view, test["srv-id"].Scalar());
    const auto fields =
        arc::Sealer(clock, optionsFor(test))
            .seal(view, results.chain, signingKey, results.text);
    std::string got;
    std::string want;
    for (std::size_t i = 0; i < 3; ++i) {
      static constexpr const char* kNames[] = {"AS", "AMS", "AAR"};
      if (fields && i < fields->size()) got += bare((*fields)[i].value) + "|";
      const auto wanted = bare(test[kNames[i]].Scalar());
      if (!wanted.empty()) want += wanted + "|";
    }
    score.count(
        got == want, entry.first.Scalar(), "\n    " + got + "\n    " + want);
  }
}

}  // namespace

Score runArcValidation(const std::filesystem::path& file) {
  Score score;
  for (const auto& scenario : YAML::LoadAllFromFile(file.string()))
    judge(scenario, score);
  return score;
}

Score runArcSealing(const std::filesystem::path& file) {
  Score score;
  for (const auto& scenario : YAML::LoadAllFromFile(file.string()))
    seal(scenario, score);
  return score;
}

}  // namespace mailreeve::conformance
