// The quarantine of this host behind the session's interface. Opened when the
// first message needs it: a quarantine that cannot be opened defers what would
// be held, and nothing else.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "core/base/paths.h"
#include "core/store/accounts.h"
#include "core/store/keyed_mac.h"
#include "core/store/quarantine.h"
#include "milter/holding.h"

namespace mailreeve::milter {

class Quarantine final : public Holding {
 public:
  // `clock` must outlive this.
  Quarantine(Paths paths, const Clock& clock)
      : paths_(std::move(paths)), clock_(clock) {}

  // Indexes what a crash left without a row; before the first hold().
  void recover();

  [[nodiscard]] Result<std::string> hold(const directory::Policy& policy,
                                         const mail::Message& message,
                                         const HoldReason& why) override;
  [[nodiscard]] std::string idFor(const directory::Policy& policy,
                                  const mail::Message& message,
                                  const HoldReason& why) override;
  [[nodiscard]] Result<Admission> admit(
      std::string_view token,
      const std::vector<std::string>& recipients) override;
  void obstruct(const Released& released,
                const std::vector<std::string>& recipients,
                const store::Obstacle& obstacle) override;

 private:
  struct Opened {
    std::unique_ptr<store::Quarantine> index;
    store::Accounts accounts;
    store::KeyedMac key;
  };

  // A message as the index has it, and the index.
  struct Entry {
    store::HeldMessage held;
    store::Quarantine& index;
  };

  [[nodiscard]] Result<Opened*> opened();  // mutex_ is held.
  [[nodiscard]] Result<Entry> entryOf(const directory::Policy& policy,
                                      const mail::Message& message,
                                      const HoldReason& why);

  const Paths paths_;
  const Clock& clock_;
  std::mutex mutex_;
  std::optional<Opened> opened_;  // Guarded by mutex_, but for the index.
};

}  // namespace mailreeve::milter
