// The test suite of openspf.org: scenarios of a zone and the checks made in it.
#include <algorithm>
#include <set>

#include <yaml-cpp/yaml.h>

#include "core/auth/spf/verify.h"
#include "core/dns/zone_resolver.h"
#include "suite.h"

namespace mailreeve::conformance {

namespace {

using dns::Type;
using dns::ZoneResolver;

constexpr Type kTypes[] = {Type::A, Type::Aaaa, Type::Mx, Type::Ptr, Type::Txt};

// A text is one string or a list of them, which belong together.
std::string textOf(const YAML::Node& value) {
  if (!value.IsSequence()) return value.as<std::string>();
  std::string text;
  for (const auto& part : value) text += part.as<std::string>();
  return text;
}

Type typeOf(const std::string& name) {
  if (name == "A") return Type::A;
  if (name == "AAAA") return Type::Aaaa;
  if (name == "MX") return Type::Mx;
  if (name == "PTR") return Type::Ptr;
  return Type::Txt;
}

void addRecord(ZoneResolver& zone,
               const std::string& name,
               const std::string& type,
               const YAML::Node& value) {
  if (type == "CNAME") {
    zone.addAlias(name, value.as<std::string>());
  } else if (value.IsScalar() && value.Scalar() == "TIMEOUT") {
    zone.fail(name, typeOf(type));
  } else if (type == "A" || type == "AAAA") {
    zone.addAddress(name, value.as<std::string>());
  } else if (type == "MX") {
    zone.addExchange(
        name, value[0].as<std::uint16_t>(), value[1].as<std::string>());
  } else if (type == "PTR") {
    zone.addPointer(name, value.as<std::string>());
  } else {
    zone.addText(name, textOf(value));
  }
}

// Whether the name says something about TXT, if only that it has none.
bool speaksOfText(const YAML::Node& records) {
  return std::any_of(
      records.begin(), records.end(), [](const YAML::Node& record) {
        return record.IsMap() && record["TXT"].IsDefined();
      });
}

// A record of type SPF stands for TXT as well, unless the name has a TXT record
// of its own ("NONE": it has none). "TIMEOUT" alone fails the types that the
// name has no record of.
void addName(ZoneResolver& zone,
             const std::string& name,
             const YAML::Node& records) {
  const bool ownText = speaksOfText(records);
  std::set<Type> given;
  bool timeout = false;
  zone.addEmpty(name);
  for (const auto& record : records) {
    if (record.IsScalar()) {
      timeout = true;
      continue;
    }
    for (const auto& entry : record) {
      const auto type = entry.first.as<std::string>();
      const auto& value = entry.second;
      if (type == "SPF" && ownText) continue;
      if (value.IsScalar() && value.Scalar() == "NONE") continue;
      addRecord(zone, name, type, value);
      given.insert(typeOf(type));
    }
  }
  if (!timeout) return;
  for (const Type type : kTypes)
    if (given.count(type) == 0) zone.fail(name, type);
}

void load(ZoneResolver& zone, const YAML::Node& names) {
  for (const auto& entry : names)
    addName(zone, entry.first.as<std::string>(), entry.second);
}

// One result, or a list of those that are allowed.
bool isWanted(const YAML::Node& want, std::string_view got) {
  if (want.IsScalar()) return want.Scalar() == got;
  return std::any_of(want.begin(), want.end(), [got](const YAML::Node& one) {
    return one.Scalar() == got;
  });
}

std::string wantedExplanation(const YAML::Node& test) {
  const auto node = test["explanation"];
  if (!node || node.Scalar() == "DEFAULT") return {};
  return node.Scalar();
}

void runScenario(const YAML::Node& scenario, Score& score) {
  ZoneResolver zone;
  load(zone, scenario["zonedata"]);
  const SystemClock clock;
  const spf::Verifier verifier(zone, clock, "unknown");

  for (const auto& entry : scenario["tests"]) {
    const auto& test = entry.second;
    const auto client = parseIp(test["host"].as<std::string>());
    const auto finding =
        verifier.verify({.client = client.value_or(Ip{}),
                         .helo = test["helo"].as<std::string>(),
                         .mailFrom = test["mailfrom"].as<std::string>()},
                        {});
    const auto got = describe(finding.outcome);
    const bool explained = finding.outcome != spf::Outcome::Fail ||
                           finding.explanation == wantedExplanation(test);
    score.count(
        isWanted(test["result"], got) && explained,
        entry.first.as<std::string>(),
        std::string(got) + " " + finding.problem + " " + finding.explanation);
  }
}

}  // namespace

Score runSpf(const std::filesystem::path& file) {
  Score score;
  for (const auto& scenario : YAML::LoadAllFromFile(file.string()))
    runScenario(scenario, score);
  return score;
}

}  // namespace mailreeve::conformance
