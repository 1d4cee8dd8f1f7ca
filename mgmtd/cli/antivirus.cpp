// mgmtctl antivirus: whether the engine answers, how old its signatures are,
// and having them renewed.
#include <iostream>

#include <nlohmann/json.hpp>

#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/directory/policy.h"
#include "core/scan/clamd.h"
#include "core/scan/engine.h"
#include "core/scan/signature_database.h"
#include "mgmtd/cli/ask.h"
#include "mgmtd/cli/commands.h"
#include "mgmtd/cli/moment.h"
#include "mgmtd/cli/table.h"

namespace mailreeve::cli {

namespace {

using namespace std::chrono_literals;
using config::AntivirusEngine;
using nlohmann::json;

constexpr auto kSignatures = "/var/lib/clamav";

scan::Deadline soon() {
  return std::chrono::steady_clock::now() + 5s;
}

json clamdState(const config::Antivirus& settings) {
  json out{
      {"name", "clamd"}, {"at", settings.clamd.socket}, {"answers", false}};
  auto endpoint = scan::clamdEndpoint(settings);
  auto said = endpoint ? scan::askClamd(*endpoint, "VERSION", soon())
                       : Result<std::string>(std::move(endpoint).error());
  auto version = said ? scan::parseClamdVersion(*said)
                      : Result<scan::ClamdVersion>(std::move(said).error());
  if (!version) {
    out["problem"] = version.error().what;
    return out;
  }
  out["answers"] = true;
  out["version"] = version->engine;
  if (!version->database.empty()) {
    out["database"] = version->database;
    out["database_date"] = version->date;
  }
  return out;
}

json icapState(const config::Antivirus& settings) {
  json out{{"name", "icap"},
           {"at", settings.icap.server + "/" + settings.icap.service},
           {"answers", false}};
  auto service = scan::icapService(settings);
  auto options = service
                     ? scan::askIcapOptions(*service, soon())
                     : Result<scan::IcapOptions>(std::move(service).error());
  if (!options) {
    out["problem"] = options.error().what;
    return out;
  }
  out["answers"] = true;
  out["version"] = options->service;
  if (!options->tag.empty()) out["database"] = options->tag;
  if (!settings.icap.selfTest) return out;
  if (auto tested = scan::askIcapForTestVirus(*service, soon()); !tested)
    out["problem"] = tested.error().what;
  return out;
}

json databases() {
  json out = json::array();
  const auto all = scan::listSignatures(kSignatures);
  if (!all) return out;
  for (const auto& one : *all) {
    json row{{"name", one.name},
             {"bytes", one.bytes},
             {"changed", utcText(one.changed)}};
    if (one.version > 0) row["version"] = one.version;
    if (one.signatures > 0) row["signatures"] = one.signatures;
    if (!one.built.empty()) row["built"] = one.built;
    out.push_back(std::move(row));
  }
  return out;
}

// When the newest signatures came.
std::string lastUpdate(const json& databases) {
  std::string newest;
  for (const auto& one : databases)
    newest = std::max(newest, one["changed"].get<std::string>());
  return newest;
}

const char* nameOf(AntivirusEngine engine) {
  if (engine == AntivirusEngine::Clamav) return "clamav";
  return engine == AntivirusEngine::Icap ? "icap" : "none";
}

// The engine that the settings name, and clamd where it stands behind it. Well
// is what can scan.
json stateOf(const config::Antivirus& settings) {
  json out{{"engine", nameOf(settings.engine)}, {"engines", json::array()}};
  bool well = settings.engine == AntivirusEngine::None;
  if (settings.engine == AntivirusEngine::Icap)
    out["engines"].push_back(icapState(settings));
  if (settings.engine == AntivirusEngine::Clamav ||
      (settings.engine == AntivirusEngine::Icap && settings.icap.fallBack))
    out["engines"].push_back(clamdState(settings));
  if (!out["engines"].empty())
    well = !out["engines"].front().contains("problem");
  out["well"] = well;
  out["databases"] = databases();
  if (const auto last = lastUpdate(out["databases"]); !last.empty())
    out["last_update"] = last;
  return out;
}

std::string orDash(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return "-";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

const char* stateWord(const json& engine) {
  if (!engine["answers"].get<bool>()) return "silent";
  return engine.contains("problem") ? "finds nothing" : "answers";
}

void print(const json& state) {
  const auto engine = state["engine"].get<std::string>();
  std::cout << "engine: " << engine
            << (engine == "none" ? " (antivirus.engine names one)\n" : "\n");
  if (!state["engines"].empty()) {
    Table engines({"ENGINE", "AT", "STATE", "VERSION", "DATABASE", "PROBLEM"});
    for (const auto& one : state["engines"])
      engines.add({one["name"],
                   one["at"],
                   stateWord(one),
                   orDash(one, "version"),
                   orDash(one, "database"),
                   one.value("problem", "")});
    std::cout << '\n' << engines.text();
  }
  if (state["databases"].empty()) return;
  Table databases({"SIGNATURES", "VERSION", "COUNT", "BUILT", "CAME"});
  for (const auto& one : state["databases"])
    databases.add({one["name"],
                   orDash(one, "version"),
                   orDash(one, "signatures"),
                   orDash(one, "built"),
                   shownTime(one["changed"])});
  std::cout << '\n'
            << databases.text()
            << "\nlast update: " << shownTime(state["last_update"]) << '\n';
}

Exit status(const Context& context) {
  auto policy = directory::loadPolicy(context.paths.currentYaml());
  if (!policy) return fail(context, policy.error());
  const json state = stateOf((*policy)->settings().antivirus);
  if (context.json)
    printJson(context, state);
  else
    print(state);
  return state["well"].get<bool>() ? Exit::Done : Exit::Unavailable;
}

Exit update(const Context& context) {
  auto answer = Management(context).ask({{"do", "antivirus_update"}});
  if (!answer) return fail(context, answer.error());
  const std::string said = answer->value("said", "");
  if (context.json)
    printJson(context, {{"said", said}});
  else
    std::cout << said << '\n';
  return Exit::Done;
}

}  // namespace

void addAntivirus(CLI::App& app, Context& context) {
  CLI::App* antivirus = app.add_subcommand("antivirus", "The antivirus engine");
  antivirus->require_subcommand(1);
  CLI::App* one = antivirus->add_subcommand(
      "status", "Whether it answers, and how old its signatures are");
  one->callback(
      [&context] { context.run = [&context] { return status(context); }; });
  one = antivirus->add_subcommand("update", "Fetch new signatures now");
  one->callback(
      [&context] { context.run = [&context] { return update(context); }; });
}

}  // namespace mailreeve::cli
