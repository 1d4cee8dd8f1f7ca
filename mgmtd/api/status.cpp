// How everything is: our daemons, Postfix, Dovecot, the databases, the logs.
// One that cannot be read hides what happens and stops nothing: all is well
// without.
#include <filesystem>

#include "core/config/settings.h"
#include "core/store/database.h"
#include "core/store/mail_trace.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

namespace {

using namespace std::chrono_literals;

json daemon(const Paths& paths, const char* name) {
  const auto socket = paths.control(name);
  json out{{"name", name}, {"socket", socket.string()}, {"running", false}};
  const auto answer = net::call(socket, {{"do", "status"}}, 3s);
  if (!answer) {
    out["problem"] = answer.error().what;
    return out;
  }
  out["running"] = true;
  for (const char* key : {"version", "generation"})
    if (answer->contains(key)) out[key] = (*answer)[key];
  out["details"] = *answer;
  out["details"].erase("ok");
  return out;
}

// Postfix and Dovecot are asked by their own commands, which need root.
json service(const Helper& helper, const char* name) {
  json out{{"name", name}, {"running", false}};
  const auto answer = helper({{"do", std::string(name) + "-status"}});
  if (!answer)
    out["problem"] = answer.error().what;
  else
    out["running"] = answer->value("running", false);
  return out;
}

json database(const std::filesystem::path& path) {
  json out{{"name", path.filename().string()}, {"good", true}};
  auto open = store::Database::openReadOnly(path);
  if (!open && open.error().code == ErrorCode::NotFound) {
    out["exists"] = false;  // It is made when it is first needed.
    return out;
  }
  std::error_code ignored;
  out["exists"] = true;
  out["bytes"] = std::filesystem::file_size(path, ignored);
  Result<store::Rows> read = open ? open->query("SELECT 1 FROM schema_version")
                                  : Result<store::Rows>(open.error());
  if (!read) {
    out["good"] = false;
    out["problem"] = read.error().what;
  }
  return out;
}

json mailLog(const std::string& name,
             const Result<std::vector<store::LogPosition>>& positions) {
  std::string problem = positions ? "not looked at yet" : "no logs.db yet";
  if (positions)
    for (const auto& one : *positions)
      if (one.path == name) problem = one.problem;
  return {{"name", name}, {"good", problem.empty()}, {"problem", problem}};
}

// Those that are to be collected.
json mailLogs(const Paths& paths, Applied& applied) {
  json out = json::array();
  const auto policy = applied.policy();
  if (!policy) return out;
  const auto positions = store::logPositions(paths.logsDatabase());
  for (const auto& name : (*policy)->settings().logging.files)
    out.push_back(mailLog(name, positions));
  return out;
}

bool allWell(const json& answer) {
  for (const char* part : {"daemons", "services"})
    for (const auto& one : answer[part])
      if (!one["running"].get<bool>()) return false;
  for (const auto& one : answer["databases"])
    if (!one["good"].get<bool>()) return false;
  // A daemon that runs on other settings than those in force missed a reload.
  for (const auto& one : answer["daemons"])
    if (one.contains("generation") && one["generation"] != answer["generation"])
      return false;
  return true;
}

}  // namespace

void addStatus(Verbs& verbs,
               const Surroundings& around,
               const std::shared_ptr<Applied>& applied) {
  verbs["overview"] = [paths = around.paths, helper = around.helper, applied](
                          const json& request,
                          const std::string&) -> Result<json> {
    Fields fields(request);
    if (auto good = fields.done(); !good) return std::move(good).error();
    json answer{{"generation", applied->generation()},
                {"daemons", json::array()},
                {"services", json::array()},
                {"databases", json::array()}};
    for (const char* name : {"milterd", "policyd", "mgmtd"})
      answer["daemons"].push_back(daemon(paths, name));
    for (const char* name : {"postfix", "dovecot"})
      answer["services"].push_back(service(helper, name));
    for (const auto& path : {paths.stateDatabase(),
                             paths.countersDatabase(),
                             paths.logsDatabase(),
                             paths.outboxDatabase()})
      answer["databases"].push_back(database(path));
    answer["logs"] = mailLogs(paths, *applied);
    answer["well"] = allWell(answer);
    return answer;
  };
}

}  // namespace mailreeve::api
