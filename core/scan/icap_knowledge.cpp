#include "core/scan/icap_knowledge.h"

#include <chrono>

namespace mailreeve::scan {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::hours kProven{1};
constexpr std::size_t kMostTags = 16;  // One for each server behind a name.

}  // namespace

std::optional<IcapOptions> IcapKnowledge::options() const {
  const std::lock_guard lock(mutex_);
  if (options_ && Steady::now() >= until_) return std::nullopt;
  return options_;
}

void IcapKnowledge::learn(const IcapOptions& options) {
  const std::lock_guard lock(mutex_);
  options_ = options;
  until_ = Steady::now() + std::chrono::seconds(options.seconds);
}

void IcapKnowledge::saw(const std::string& tag) {
  const std::lock_guard lock(mutex_);
  if (options_ && !tag.empty() && tag != options_->tag) options_.reset();
}

bool IcapKnowledge::isProven(const std::string& tag) const {
  if (!service_.selfTest) return true;
  const std::lock_guard lock(mutex_);
  const auto found = tag.empty() ? proven_.begin() : proven_.find(tag);
  return found != proven_.end() && Steady::now() < found->second;
}

void IcapKnowledge::prove(const std::string& tag) {
  const std::lock_guard lock(mutex_);
  if (proven_.size() >= kMostTags) proven_.clear();
  proven_.insert_or_assign(tag, Steady::now() + kProven);
}

std::string IcapKnowledge::uri() const {
  return "icap://" + service_.server.text() + "/" + service_.name;
}

}  // namespace mailreeve::scan
