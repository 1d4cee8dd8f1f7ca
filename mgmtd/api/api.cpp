#include "mgmtd/api/api.h"

#include "core/base/text.h"

namespace mailreeve::api {

Api::Api(const Surroundings& around)
    : applied_(std::make_shared<Applied>(around.paths)) {
  addAccounts(verbs_, around, applied_);
  addImport(verbs_, around, applied_);
  addUsage(verbs_, around, applied_);
  addDkim(verbs_, around, applied_);
  addEvents(verbs_, around);
  addQuarantine(verbs_, around, applied_);
  addSpam(verbs_, around, applied_);
  addLogs(verbs_, around);
  addDmarc(verbs_, around, applied_);
  addJobs(verbs_, around);
  addAntivirus(verbs_, around);
  addStatus(verbs_, around, applied_);
}

Result<json> Api::handle(const json& request, const net::Peer& peer) const {
  const std::string name = request.value("do", "");
  const auto verb = verbs_.find(name);
  if (verb == verbs_.end())
    return Error{ErrorCode::Invalid, "unknown request " + printable(name)};
  return verb->second(request, "uid " + std::to_string(peer.uid));
}

}  // namespace mailreeve::api
