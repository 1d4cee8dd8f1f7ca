#include "mgmtd/apply/install.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/base/file.h"
#include "core/config/settings.h"
#include "core/directory/expiring_clients.h"
#include "core/directory/login_policies.h"
#include "core/store/accounts.h"
#include "core/store/dkim_keys.h"
#include "core/store/quarantine.h"
#include "mgmtd/apply/directory_rows.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

fs::path intentPath(const Paths& paths) {
  return paths.generations() / "intent.json";
}

Result<Done> writeIntent(const Paths& paths, Number from, Number to) {
  const nlohmann::json intent = {{"from", from}, {"to", to}};
  return replaceFile(intentPath(paths), intent.dump() + "\n");
}

Result<Done> removeIntent(const Paths& paths) {
  const auto path = intentPath(paths);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return Error{ErrorCode::Unavailable,
                 path.string() + ": remove: " + errnoText(errno)};
  return syncDirectory(path.parent_path());
}

// Postfix's daemons read main.cf whenever they start, and it names the lookup
// tables: those come first. master.cf starts services that read main.cf.
int rank(const Paths& paths, const fs::path& path) {
  if (path == paths.loginPolicy()) return -1;
  if (path.parent_path().filename() == "mailreeve" ||
      path == directory::expiringClientsTable(paths))
    return 0;
  const auto name = path.filename();
  if (name == "main.cf") return 1;
  if (name == "master.cf") return 2;
  return name == "dovecot.conf" ? 4 : 3;
}

std::vector<fs::path> inOrder(const Paths& paths, const HostState& state) {
  std::vector<fs::path> all;
  all.reserve(state.size());
  for (const auto& [path, file] : state) all.push_back(path);
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return rank(paths, a) < rank(paths, b);
  });
  return all;
}

// The tables of state.db that are asked for later. Dovecot reads the file with
// statements that cannot be prepared again: a table that came while it runs
// would cost somebody a login.
Result<Done> makeOtherTables(const Paths& paths, const Clock& clock) {
  auto keys = store::DkimKeys::open(paths.stateDatabase());
  if (!keys) return std::move(keys).error();
  auto quarantine =
      store::Quarantine::open(paths.quarantine(), paths.stateDatabase(), clock);
  if (!quarantine) return std::move(quarantine).error();
  return Done{};
}

// Domains and aliases, and what is needed to make the login policy of them.
// They live outside the tree; the host before Mailreeve asks none of them, so
// for it they stay as they are.
class Directory {
 public:
  [[nodiscard]] static Result<Directory> open(const Paths& paths,
                                              const config::Settings& from) {
    auto rows = directoryRowsOf(from);
    if (!rows) return std::move(rows).error();
    auto made = makeDirectories(paths.databases());
    if (!made) return std::move(made).error();
    static const SystemClock kClock;
    auto accounts = store::Accounts::open(paths.stateDatabase(), kClock);
    if (!accounts) return std::move(accounts).error();
    if (auto rest = makeOtherTables(paths, kClock); !rest)
      return std::move(rest).error();
    return Directory(*std::move(rows), *std::move(accounts));
  }

  [[nodiscard]] Result<HostFile> loginPolicy(const config::Settings& from) {
    auto addresses = accounts_.addresses();
    if (!addresses) return std::move(addresses).error();
    auto bytes =
        directory::loginSnapshotOf(directory::Policy(from), *addresses);
    if (!bytes) return std::move(bytes).error();
    HostFile file;
    file.kind = HostFile::Kind::File;
    file.bytes = *std::move(bytes);
    return file;
  }

  [[nodiscard]] Result<Done> replaceRows() {
    return accounts_.replaceDirectory(rows_.domains, rows_.aliases);
  }

 private:
  Directory(DirectoryRows rows, store::Accounts accounts)
      : rows_(std::move(rows)), accounts_(std::move(accounts)) {}

  DirectoryRows rows_;
  store::Accounts accounts_;
};

// Everything is written before anything is changed: a full disk is noticed
// while there is nothing to undo.
Result<std::vector<StagedFile>> stageAll(const Paths& paths,
                                         const HostState& desired) {
  std::vector<StagedFile> staged;
  for (const auto& path : inOrder(paths, desired)) {
    auto file = StagedFile::stage(path, desired.at(path));
    if (!file) return std::move(file).error();
    if (*file) staged.push_back(*std::move(*file));
  }
  return staged;
}

Result<std::vector<fs::path>> commitAll(std::vector<StagedFile> staged) {
  std::vector<fs::path> changed;
  for (auto& file : staged) {
    auto done = file.commit();
    if (!done) return std::move(done).error();
    changed.push_back(file.path());
  }
  return changed;
}

Result<HostState> desiredOf(const GenerationStore& store, Number number) {
  auto baseline = readBaseline(store);
  if (!baseline) return std::move(baseline).error();
  auto generation = store.read(number);
  if (!generation) return std::move(generation).error();
  return desiredState(*baseline, generation->tree);
}

// Makes the host what `number` wants it to be. Can be cut off and run again.
Result<std::vector<fs::path>> reach(const Paths& paths,
                                    const GenerationStore& store,
                                    Number number) {
  auto desired = desiredOf(store, number);
  if (!desired) return std::move(desired).error();
  std::optional<Directory> directory;
  if (number != 0) {
    auto settings = store.settings(number);
    if (!settings) return std::move(settings).error();
    auto opened = Directory::open(paths, *settings);
    if (!opened) return std::move(opened).error();
    auto policy = opened->loginPolicy(*settings);
    if (!policy) return std::move(policy).error();
    (*desired)[paths.loginPolicy()] = *std::move(policy);
    addExpiringClients(*desired, paths, *settings);
    directory = *std::move(opened);
  }
  auto staged = stageAll(paths, *desired);
  if (!staged) return std::move(staged).error();
  if (directory) {
    auto replaced = directory->replaceRows();
    if (!replaced) return std::move(replaced).error();
  }
  return commitAll(*std::move(staged));
}

Error undo(const Paths& paths,
           const GenerationStore& store,
           Number former,
           Error why) {
  auto back = reach(paths, store, former);
  if (back) {
    auto removed = removeIntent(paths);
    if (removed) return why;
    why.what += "; " + removed.error().what;
    return why;
  }
  why.what += "; going back to generation " + std::to_string(former) +
              " failed too: " + back.error().what +
              "; run `mgmtctl recover` when that is mended";
  return why;
}

}  // namespace

void addExpiringClients(HostState& state,
                        const Paths& paths,
                        const config::Settings& settings) {
  HostFile& file = state[directory::expiringClientsTable(paths)];
  file.kind = HostFile::Kind::File;
  file.bytes = directory::expiringClients(settings, SystemClock().now());
}

bool isHalfDone(const Paths& paths) {
  return fs::exists(intentPath(paths));
}

Result<Installed> install(const Paths& paths,
                          const GenerationStore& store,
                          Number number) {
  const Number former = store.current();
  auto announced = writeIntent(paths, former, number);
  if (!announced) return std::move(announced).error().within("install");
  auto changed = reach(paths, store, number);
  if (!changed)
    return undo(
        paths, store, former, std::move(changed).error().within("install"));
  auto switched = store.switchTo(number);
  if (!switched)
    return undo(
        paths, store, former, std::move(switched).error().within("install"));
  auto ended = removeIntent(paths);
  if (!ended) return std::move(ended).error().within("install");
  return Installed{number, former, *std::move(changed)};
}

Result<Installed> recover(const Paths& paths, const GenerationStore& store) {
  const Number current = store.current();
  if (!isHalfDone(paths)) return Installed{current, current, {}};
  auto changed = reach(paths, store, current);
  if (!changed) return std::move(changed).error().within("recover");
  auto ended = removeIntent(paths);
  if (!ended) return std::move(ended).error().within("recover");
  return Installed{current, current, *std::move(changed)};
}

}  // namespace mailreeve::apply
