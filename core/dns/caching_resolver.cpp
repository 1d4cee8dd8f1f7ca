#include "core/dns/caching_resolver.h"

#include <optional>
#include <string>
#include <utility>

namespace mailreeve::dns {

namespace {

using Ticks = std::chrono::steady_clock;

// Notes the answer for whoever asks next.
class NotingQuery final : public Query {
 public:
  NotingQuery(std::unique_ptr<Query> asked,
              std::string name,
              Type type,
              AnswerCache& cache)
      : asked_(std::move(asked)),
        name_(std::move(name)),
        type_(type),
        cache_(cache) {}

  [[nodiscard]] Answer wait(Deadline deadline) override {
    Answer answer = asked_->wait(deadline);
    cache_.put(name_, type_, answer, Ticks::now());
    return answer;
  }

 private:
  std::unique_ptr<Query> asked_;
  std::string name_;
  Type type_;
  AnswerCache& cache_;
};

}  // namespace

std::unique_ptr<Query> CachingResolver::ask(std::string name, Type type) {
  if (auto known = cache_.find(name, type, Ticks::now()))
    return std::make_unique<AnsweredQuery>(*std::move(known));
  auto asked = behind_->start(name, type);
  return std::make_unique<NotingQuery>(
      std::move(asked), std::move(name), type, cache_);
}

}  // namespace mailreeve::dns
