// Everything mgmtctl asks for that is not the apply pipeline, as requests and
// answers in JSON.
//
// mgmtd serves it on its socket; mgmtctl run by root uses the same object
// itself when mgmtd does not run. It decides nothing about who may ask: whoever
// reaches it is an administrator (see access.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/result.h"
#include "core/net/control.h"
#include "mgmtd/api/applied.h"
#include "mgmtd/jobs/scheduler.h"

namespace mailreeve::api {

using nlohmann::json;

// Asks mgmt-helper, or does as root what mgmt-helper would do.
using Helper = std::function<Result<json>(const json&)>;

struct Surroundings {
  Paths paths;
  const Clock& clock;
  Helper helper;
  jobs::Scheduler& scheduler;
};

// One kind of request. `who` is for the record: "uid 1000".
using Verb = std::function<Result<json>(const json&, const std::string& who)>;
using Verbs = std::map<std::string, Verb>;

class Api {
 public:
  // What `around` refers to must outlive this.
  explicit Api(const Surroundings& around);

  // Answers one request. Any thread.
  [[nodiscard]] Result<json> handle(const json& request,
                                    const net::Peer& peer) const;

 private:
  std::shared_ptr<Applied> applied_;
  Verbs verbs_;
};

// The families of requests; each a file. What a family keeps between requests
// hangs on its verbs.
void addAccounts(Verbs& verbs,
                 const Surroundings& around,
                 const std::shared_ptr<Applied>& applied);
void addImport(Verbs& verbs,
               const Surroundings& around,
               const std::shared_ptr<Applied>& applied);
void addUsage(Verbs& verbs,
              const Surroundings& around,
              const std::shared_ptr<Applied>& applied);
void addDkim(Verbs& verbs,
             const Surroundings& around,
             const std::shared_ptr<Applied>& applied);
void addEvents(Verbs& verbs, const Surroundings& around);
void addQuarantine(Verbs& verbs,
                   const Surroundings& around,
                   const std::shared_ptr<Applied>& applied);
void addSpam(Verbs& verbs,
             const Surroundings& around,
             const std::shared_ptr<Applied>& applied);
void addLogs(Verbs& verbs, const Surroundings& around);
void addDmarc(Verbs& verbs,
              const Surroundings& around,
              const std::shared_ptr<Applied>& applied);
void addJobs(Verbs& verbs, const Surroundings& around);
void addAntivirus(Verbs& verbs, const Surroundings& around);
void addStatus(Verbs& verbs,
               const Surroundings& around,
               const std::shared_ptr<Applied>& applied);

}  // namespace mailreeve::api
