// The DNS through libunbound: one context, one cache, one pump thread.
//
// Questions are asked asynchronously and waited for with our own deadline,
// because libunbound has none: a blocking ub_resolve() of a name whose servers
// are silent takes from 13 seconds to 7 minutes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/fd.h"
#include "core/base/result.h"
#include "core/dns/resolver.h"

struct ub_ctx;

namespace mailreeve::dns {

struct UnboundOptions {
  // "192.0.2.53" or "192.0.2.53@5353"; loopback is fine.
  std::vector<std::string> forwarders;
  // Without forwarders: ask the root servers and down from there, which DNS
  // lists want, instead of the name servers of /etc/resolv.conf.
  bool recursive = false;
  std::size_t cacheBytes = 32U << 20U;
};

class UnboundResolver final : public Resolver {
 public:
  [[nodiscard]] static Result<std::unique_ptr<UnboundResolver>> create(
      const UnboundOptions& options);

  UnboundResolver(const UnboundResolver&) = delete;
  UnboundResolver& operator=(const UnboundResolver&) = delete;
  UnboundResolver(UnboundResolver&&) = delete;
  UnboundResolver& operator=(UnboundResolver&&) = delete;
  ~UnboundResolver() override;

 private:
  struct DeleteContext {
    void operator()(ub_ctx* context) const;
  };

  using Context = std::unique_ptr<ub_ctx, DeleteContext>;

  UnboundResolver(Context context, Fd stop);

  [[nodiscard]] std::unique_ptr<Query> ask(std::string name,
                                           Type type) override;
  void pump();

  Context context_;
  Fd stop_;  // An eventfd; written to once.
  std::thread pump_;
};

}  // namespace mailreeve::dns
