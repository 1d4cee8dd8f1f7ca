// A resolver that asks another one only for what it does not know already.
//
// libunbound has a cache of its own, behind two changes of threads for each
// question; this one answers in the thread that asks.
#pragma once

#include <cstddef>
#include <memory>

#include "core/dns/answer_cache.h"
#include "core/dns/resolver.h"

namespace mailreeve::dns {

class CachingResolver final : public Resolver {
 public:
  static constexpr std::size_t kBytes = std::size_t{8} << 20U;

  explicit CachingResolver(std::unique_ptr<Resolver> behind,
                           std::size_t maxBytes = kBytes)
      : cache_(maxBytes), behind_(std::move(behind)) {}

 private:
  [[nodiscard]] std::unique_ptr<Query> ask(std::string name,
                                           Type type) override;

  AnswerCache cache_;
  std::unique_ptr<Resolver> behind_;
};

}  // namespace mailreeve::dns
