// The changes that the edits propose for one message. Nothing is changed until
// the verdict stands; then all of them are made, or the message is deferred.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/mail/message_edit.h"

namespace mailreeve::milter {

// What an MTA lets us do to a message at its end. False: the MTA is gone or
// refused, and the message must be deferred.
class Mta {
 public:
  Mta() = default;
  Mta(const Mta&) = delete;
  Mta& operator=(const Mta&) = delete;
  Mta(Mta&&) = delete;
  Mta& operator=(Mta&&) = delete;
  virtual ~Mta() = default;

  // Header values begin with their blank and are folded with LF.
  [[nodiscard]] virtual bool addHeader(const std::string& name,
                                       const std::string& value) = 0;
  // `occurrence` counts from 1 among fields of that name.
  [[nodiscard]] virtual bool changeHeader(const std::string& name,
                                          std::size_t occurrence,
                                          const std::string& value) = 0;
  [[nodiscard]] virtual bool deleteHeader(const std::string& name,
                                          std::size_t occurrence) = 0;
  // `parameters` as in RCPT TO: "NOTIFY=NEVER"; may be empty.
  [[nodiscard]] virtual bool addRecipient(const std::string& address,
                                          const std::string& parameters) = 0;
  [[nodiscard]] virtual bool deleteRecipient(const std::string& address) = 0;
  // The first call replaces the body, further ones append to it.
  [[nodiscard]] virtual bool writeBody(std::string_view bytes) = 0;
  // "Still there, still working."
  [[nodiscard]] virtual bool progress() = 0;
};

class Draft {
 public:
  struct NewRecipient {
    std::string address;
    std::string parameters;
  };

  void addRecipient(std::string address, std::string parameters) {
    added_.push_back({std::move(address), std::move(parameters)});
  }

  void removeRecipient(std::string address) {
    removed_.push_back(std::move(address));
  }

  // What leaves instead of the header fields and the body that came.
  void changeContent(mail::MessageEdit edit) { content_ = std::move(edit); }

  [[nodiscard]] const mail::MessageEdit& content() const { return content_; }

  [[nodiscard]] const std::vector<NewRecipient>& addedRecipients() const {
    return added_;
  }

  [[nodiscard]] const std::vector<std::string>& removedRecipients() const {
    return removed_;
  }

  [[nodiscard]] bool empty() const {
    return content_.empty() && added_.empty() && removed_.empty();
  }

  // Makes the changes. After an Error the message is half changed and must not
  // be accepted.
  [[nodiscard]] Result<Done> applyTo(Mta& mta) const;

 private:
  std::vector<NewRecipient> added_;
  std::vector<std::string> removed_;
  mail::MessageEdit content_;
};

}  // namespace mailreeve::milter
