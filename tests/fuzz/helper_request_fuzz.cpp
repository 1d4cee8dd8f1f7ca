// mgmt-helper's grammar: whatever is taken must be fit to stand in an argument
// list or a path of a root process.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "mgmtd/helper/request.h"

namespace {

using namespace mailreeve::helper;

void require(bool holds) {
  if (!holds) std::abort();
}

bool clean(std::string_view text) {
  return !text.empty() && text.front() != '-' &&
         text.find_first_of(std::string_view("\0 \t\r\n;|&$`\"\\<>*?", 17)) ==
             std::string_view::npos;
}

struct Judge {
  void operator()(const RefreshLoginPolicy&) const {}

  void operator()(const RefreshExpiringClients&) const {}

  void operator()(const UpdateSpamRules&) const {}

  void operator()(const UpdateSignatures&) const {}

  void operator()(const Reload&) const {}

  void operator()(const AskStatus&) const {}

  void operator()(const ListQueue&) const {}

  void operator()(const ExpireJunk& expire) const {
    require(expire.days >= 1 && expire.days <= 3650);
  }

  void operator()(const PruneGeneration& prune) const {
    require(prune.number > 0);
  }

  void operator()(const ChangeQueue& change) const {
    require(clean(change.queueId) && change.queueId.size() >= 5);
    require(change.queueId.find_first_of("/.") == std::string::npos);
  }

  void operator()(const PurgeMail& purge) const {
    const auto& path = purge.mailbox;
    require(path.is_absolute() && path == path.lexically_normal());
    int parts = 0;
    for (const auto& part : path) {
      require(part != ".." && part != ".");
      ++parts;
    }
    require(parts >= 4);  // "/", the volume, the domain, the account.
    require(path.string().find('\0') == std::string::npos);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(
      reinterpret_cast<const char*>(data),  // NOLINT(*-reinterpret-cast)
      size);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return 0;
  const auto request = parseRequest(json);
  if (request) std::visit(Judge{}, *request);
  return 0;
}
