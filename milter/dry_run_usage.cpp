// The quota without consequences, for `mgmtctl explain`.
#include <utility>

#include "milter/engine.h"

namespace mailreeve::milter {

namespace {

class DryRunUsage final : public store::UsageCounter {
 public:
  DryRunUsage(std::filesystem::path database, std::string day)
      : database_(std::move(database)), day_(std::move(day)) {}

  Result<store::Charge> charge(const std::string& user,
                               std::int64_t bytes,
                               store::UsageLimit limit) override {
    auto today = store::listUsage(database_, day_);
    if (!today) return std::move(today).error();
    for (const auto& usage : *today)
      if (usage.user == user) return store::decide(usage, bytes, limit);
    return store::decide({}, bytes, limit);
  }

  void giveBack(const std::string&, std::int64_t) override {}

  Result<Done> reload() override { return Done{}; }

 private:
  std::filesystem::path database_;
  std::string day_;
};

}  // namespace

std::unique_ptr<store::UsageCounter> dryRunUsage(
    std::filesystem::path countersDatabase, std::string day) {
  return std::make_unique<DryRunUsage>(std::move(countersDatabase),
                                       std::move(day));
}

}  // namespace mailreeve::milter
