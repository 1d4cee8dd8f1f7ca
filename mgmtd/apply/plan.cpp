#include "mgmtd/apply/plan.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/file.h"
#include "core/base/subprocess.h"
#include "core/config/load.h"
#include "core/directory/expiring_clients.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

// As it stands on the host, for every path of `after`.
Result<HostState> stateNow(const HostState& after) {
  HostState state;
  for (const auto& [path, file] : after) {
    auto present = readHostFile(path);
    if (!present) return std::move(present).error();
    state[path] = *std::move(present);
  }
  return state;
}

FileChange::Kind kindOf(const HostFile& before, const HostFile& after) {
  if (before.kind == HostFile::Kind::Absent) return FileChange::Kind::New;
  if (after.kind == HostFile::Kind::Absent) return FileChange::Kind::Removed;
  return FileChange::Kind::Changed;
}

std::string textOf(const HostFile& file) {
  return file.kind == HostFile::Kind::Link ? "-> " + file.bytes + "\n"
                                           : file.bytes;
}

bool isLocalEdit(const Intended& intended,
                 const fs::path& path,
                 const HostFile& now) {
  if (intended.formerTree == nullptr) return false;
  const auto rendered = intended.formerTree->find(path);
  if (rendered == intended.formerTree->end()) return false;
  return now.kind != HostFile::Kind::File ||
         now.bytes != rendered->second.bytes ||
         now.mode != rendered->second.mode;
}

Result<FileChange> changeOf(const Paths& paths,
                            const Intended& intended,
                            const fs::path& path,
                            const HostFile& before,
                            const HostFile& after) {
  FileChange change;
  change.path = path;
  change.kind = kindOf(before, after);
  change.localEdit = isLocalEdit(intended, path, before);
  const bool ours =
      intended.formerTree != nullptr && intended.formerTree->contains(path);
  change.adopted = !ours && path != directory::expiringClientsTable(paths) &&
                   change.kind == FileChange::Kind::Changed;
  auto diff = unifiedDiff(path, textOf(before), textOf(after));
  if (!diff) return std::move(diff).error();
  change.diff = *std::move(diff);
  return change;
}

void addService(std::string& text,
                const std::string& name,
                Action action,
                const std::string& why) {
  text += "  " + name + ": " + actionName(action);
  if (!why.empty()) text += " (" + why + ")";
  text += "\n";
}

std::string fileLine(const FileChange& change, Number former) {
  std::string line = "  " + change.path.string();
  if (change.kind == FileChange::Kind::New) line += " (new)";
  if (change.kind == FileChange::Kind::Removed) line += " (removed)";
  if (change.adopted)
    line += former == 0 ? " (yours so far; generation 0 keeps it)"
                        : " (not rendered before; generation 0 keeps it)";
  if (change.localEdit) line += " (EDITED BY HAND since the last apply)";
  return line + "\n";
}

// Two files in a directory that goes with the object.
class Pair {
 public:
  Pair() {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }

  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  Pair(Pair&&) = delete;
  Pair& operator=(Pair&&) = delete;

  ~Pair() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] fs::path file(const char* name) const {
    return fs::path(path_) / name;
  }

 private:
  std::string path_ = "/tmp/mailreeve-diff-XXXXXX";
};

}  // namespace

bool Plan::empty() const {
  return settings.empty() && files.empty() &&
         services.postfix == Action::Nothing &&
         services.dovecot == Action::Nothing && services.units.empty();
}

Result<std::string> unifiedDiff(const std::string& path,
                                const std::string& before,
                                const std::string& after) {
  if (before == after) return std::string();
  const Pair pair;
  auto written = writeNewFile(pair.file("a"), before);
  if (written) written = writeNewFile(pair.file("b"), after);
  if (!written) return std::move(written).error();
  auto answer = run({"diff",
                     "-u",
                     "--label",
                     path + " (now)",
                     "--label",
                     path + " (then)",
                     pair.file("a"),
                     pair.file("b")});
  if (!answer) return std::move(answer).error();
  if (answer->status > 1)
    return Error{ErrorCode::Internal, "diff: " + answer->err};
  return std::move(answer->out);
}

Result<Plan> makePlan(const Paths& paths, const Intended& intended) {
  auto before = stateNow(intended.after);
  if (!before) return std::move(before).error();
  Plan plan;
  plan.number = intended.number;
  plan.former = intended.former;
  plan.settings =
      config::differences(intended.formerSettings, intended.settings);
  for (const auto& [path, after] : intended.after) {
    const auto& now = before->at(path);
    if (now.sameAs(after)) continue;
    auto change = changeOf(paths, intended, path, now, after);
    if (!change) return std::move(change).error();
    if (change->localEdit) plan.localEdits.push_back(path);
    plan.files.push_back(*std::move(change));
  }
  plan.services = decideActions(
      paths, *before, intended.after, intended.now, intended.wanted);
  return plan;
}

std::string planText(const Plan& plan) {
  if (plan.empty()) return "Nothing to do: the host is as described.\n";
  std::string text = "Generation " + std::to_string(plan.number) +
                     " would follow generation " + std::to_string(plan.former) +
                     ".\n\nSettings:\n";
  if (plan.settings.empty()) text += "  no difference\n";
  for (const auto& line : plan.settings) text += "  " + line + "\n";
  text += "\nFiles:\n";
  if (plan.files.empty()) text += "  no difference\n";
  for (const auto& change : plan.files) text += fileLine(change, plan.former);
  text += "\nServices:\n";
  addService(text, "postfix", plan.services.postfix, plan.services.postfixWhy);
  addService(text, "dovecot", plan.services.dovecot, plan.services.dovecotWhy);
  if (plan.services.spamd != Action::Nothing)
    addService(text, "spamd", plan.services.spamd, plan.services.spamdWhy);
  for (const auto& change : plan.services.units)
    addService(text, change.unit, change.action, change.why);
  for (const auto& change : plan.files) {
    if (change.diff.empty()) continue;
    text += "\n" + change.diff;
  }
  return text;
}

}  // namespace mailreeve::apply
