// Two engines: the first one scans, and while it is down the second one does.
// Never less than a scan: when both fail, the answer is an Error.
//
// An engine that failed is left alone for a while, so that a dead one costs the
// time limit once and not with each message; then one message tries it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/scan/scanner.h"

namespace mailreeve::scan {

// Whether an engine can be asked. Any thread.
class Health {
 public:
  // Told of each change, once: it is down, and why; it is back (no reason).
  // Called with no lock held, by whoever found out.
  using Changed = std::function<void(bool down, const std::string& why)>;

  Health(std::chrono::milliseconds pause, Changed changed)
      : pause_(pause), changed_(std::move(changed)) {}

  // False while it is left alone; true for one message when that time is over.
  [[nodiscard]] bool mayTry();

  void failed(const std::string& why);

  // True: that is news.
  bool worked();

  // Another one scans in its place. True: that is news.
  bool replaced();

 private:
  const std::chrono::milliseconds pause_;
  const Changed changed_;
  std::mutex mutex_;
  bool down_ = false;      // Guarded by mutex_.
  bool replaced_ = false;  // Guarded by mutex_: since it is down.
  Deadline again_;         // Guarded by mutex_.
};

class Fallback final : public Scanner {
 public:
  static constexpr std::chrono::seconds kPause{30};

  Fallback(std::shared_ptr<Scanner> first,
           std::shared_ptr<Scanner> second,
           Health::Changed changed,
           std::chrono::milliseconds pause = kPause);

  [[nodiscard]] std::string_view name() const override {
    return first_->name();
  }

  [[nodiscard]] std::unique_ptr<Scan> begin() override;

 private:
  std::shared_ptr<Scanner> first_;
  std::shared_ptr<Scanner> second_;
  std::shared_ptr<Health> health_;
};

}  // namespace mailreeve::scan
