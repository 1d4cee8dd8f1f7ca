#include "milter/progress.h"

#include <condition_variable>

#include <doctest/doctest.h>

#include "tests/unit/milter/fixtures.h"

namespace mailreeve::milter {

namespace {

class CountingMta final : public Mta {
 public:
  bool addHeader(const std::string&, const std::string&) override {
    return false;
  }

  bool insertHeader(const std::string&, const std::string&) override {
    return false;
  }

  bool changeHeader(const std::string&,
                    std::size_t,
                    const std::string&) override {
    return false;
  }

  bool deleteHeader(const std::string&, std::size_t) override { return false; }

  bool addRecipient(const std::string&, const std::string&) override {
    return false;
  }

  bool deleteRecipient(const std::string&) override { return false; }

  bool writeBody(std::string_view) override { return false; }

  bool progress() override {
    const std::lock_guard lock(mutex_);
    ++calls_;
    changed_.notify_all();
    return true;
  }

  [[nodiscard]] bool awaitCalls(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(
        lock, std::chrono::seconds(20), [&] { return calls_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;  // Guarded by mutex_.
};

}  // namespace

TEST_CASE("who works long is heard of, again and again, until it is done") {
  Progress progress(std::chrono::milliseconds(10));
  const auto slow = std::make_shared<CountingMta>();
  const auto slower = std::make_shared<CountingMta>();
  progress.add(slow);
  progress.add(slower);
  CHECK(slow->awaitCalls(3));
  progress.remove(slow);
  CHECK(slower->awaitCalls(6));
  progress.remove(slower);
  CHECK(slow.use_count() <= 2);  // At most one call may still be running.
}

}  // namespace mailreeve::milter
