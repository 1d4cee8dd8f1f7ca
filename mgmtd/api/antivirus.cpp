// New signatures for ClamAV, fetched by mgmt-helper.
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"

namespace mailreeve::api {

void addAntivirus(Verbs& verbs, const Surroundings& around) {
  verbs["antivirus_update"] = [helper = around.helper](
                                  const json& request,
                                  const std::string&) -> Result<json> {
    Fields fields(request);
    if (auto good = fields.done(); !good) return std::move(good).error();
    return helper({{"do", "update-signatures"}});
  };
}

}  // namespace mailreeve::api
