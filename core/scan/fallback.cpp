#include "core/scan/fallback.h"

#include <utility>

namespace mailreeve::scan {

namespace {

using Steady = std::chrono::steady_clock;

class FallbackScan final : public Scan {
 public:
  FallbackScan(Scanner& first,
               std::shared_ptr<Scanner> second,
               std::shared_ptr<Health> health)
      : second_(std::move(second)), health_(std::move(health)) {
    onFirst_ = health_->mayTry();
    scan_ = onFirst_ ? first.begin() : second_->begin();
  }

  void bytes(std::string_view chunk) override { scan_->bytes(chunk); }

  void complete(std::string_view message) override {
    message_ = message;
    scan_->complete(message);
  }

  Result<Finding> answer(Deadline deadline) override {
    if (!onFirst_) return inItsPlace(scan_->answer(deadline), "left alone");
    // The second one needs time, too.
    const auto now = Steady::now();
    auto finding = scan_->answer(now + (deadline - now) / 2);
    if (finding) {
      if (health_->worked()) finding->turn = Finding::Turn::CameBack;
      return finding;
    }
    const std::string why = finding.error().what;
    health_->failed(why);
    scan_ = second_->begin();
    scan_->complete(message_);
    return inItsPlace(scan_->answer(deadline), why);
  }

 private:
  Result<Finding> inItsPlace(Result<Finding> finding, const std::string& why) {
    if (!finding)
      return Error{finding.error().code,
                   finding.error().what + " (the other engine: " + why + ")"};
    finding->note = "the other engine is down: " + why;
    if (health_->replaced()) finding->turn = Finding::Turn::WentDown;
    return finding;
  }

  std::shared_ptr<Scanner> second_;
  std::shared_ptr<Health> health_;
  std::unique_ptr<Scan> scan_;
  bool onFirst_ = false;
  std::string_view message_;
};

}  // namespace

bool Health::mayTry() {
  const std::lock_guard lock(mutex_);
  const auto now = Steady::now();
  if (!down_) return true;
  if (now < again_) return false;
  again_ = now + pause_;
  return true;
}

void Health::failed(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    again_ = Steady::now() + pause_;
    if (std::exchange(down_, true)) return;
  }
  if (changed_) changed_(true, why);
}

bool Health::replaced() {
  const std::lock_guard lock(mutex_);
  return down_ && !std::exchange(replaced_, true);
}

bool Health::worked() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(down_, false)) return false;
    replaced_ = false;
  }
  if (changed_) changed_(false, {});
  return true;
}

Fallback::Fallback(std::shared_ptr<Scanner> first,
                   std::shared_ptr<Scanner> second,
                   Health::Changed changed,
                   std::chrono::milliseconds pause)
    : first_(std::move(first)),
      second_(std::move(second)),
      health_(std::make_shared<Health>(pause, std::move(changed))) {}

std::unique_ptr<Scan> Fallback::begin() {
  return std::make_unique<FallbackScan>(*first_, second_, health_);
}

}  // namespace mailreeve::scan
