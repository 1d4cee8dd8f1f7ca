// Which addresses of ours exist: state.db, followed.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "core/store/recipients.h"
#include "policyd/database_watch.h"

namespace mailreeve::policyd {

class RecipientWatch {
 public:
  explicit RecipientWatch(
      std::filesystem::path stateDatabase,
      std::chrono::milliseconds interval = std::chrono::seconds(1));

  // See DatabaseWatch.
  void want(bool wanted) { watch_.want(wanted); }

  // `mailbox` as Policy::mailboxKey gives it, in a domain of ours. Nothing
  // while the file cannot be read; nor does anybody not exist who may have been
  // added since it was. Any thread; does not wait.
  [[nodiscard]] std::optional<bool> exists(const std::string& mailbox) const;

 private:
  DatabaseWatch<store::RecipientReader> watch_;
};

}  // namespace mailreeve::policyd
