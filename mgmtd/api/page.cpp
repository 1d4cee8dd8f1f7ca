#include "mgmtd/api/page.h"

namespace mailreeve::api {

std::size_t sizeOf(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
      .size();
}

}  // namespace mailreeve::api
