// The changes that the edits propose for one message. Nothing is changed until
// the verdict stands; then all of them are made, or the message is deferred.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
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
  // Above all others, the MTA's own Received field included.
  [[nodiscard]] virtual bool insertHeader(const std::string& name,
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
  // `original` must outlive the draft.
  explicit Draft(const mail::Message& original) : original_(&original) {}

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

  // As it came: what the checks have seen.
  [[nodiscard]] const mail::Message& original() const { return *original_; }

  // As it would leave now: the original with all changes so far. Stays where it
  // is until the next changeContent().
  [[nodiscard]] Result<const mail::Message*> message();

  // `edit` is a change of message(): its occurrences count what stands there.
  void changeContent(mail::MessageEdit edit);

  // All changes of the header and the body so far.
  [[nodiscard]] const mail::MessageEdit& content() const { return content_; }

  // Whether the header or the body leaves other than it came.
  [[nodiscard]] bool changesContent() const { return !content_.empty(); }

  [[nodiscard]] const std::vector<NewRecipient>& addedRecipients() const {
    return added_;
  }

  [[nodiscard]] const std::vector<std::string>& removedRecipients() const {
    return removed_;
  }

  [[nodiscard]] bool empty() const {
    return !changesContent() && added_.empty() && removed_.empty();
  }

  // What the message was before something was taken out of it is kept, under
  // `id`, before any change is made.
  struct Keep {
    std::string id;    // store::newHeldId()
    std::string step;  // Who wanted it taken out.
    std::string found;
    std::string reason;
  };

  void keepOriginal(Keep keep) { kept_ = std::move(keep); }

  [[nodiscard]] const std::optional<Keep>& keptOriginal() const {
    return kept_;
  }

  // Makes the changes. After an Error the message is half changed and must not
  // be accepted.
  [[nodiscard]] Result<Done> applyTo(Mta& mta) const;

 private:
  std::vector<NewRecipient> added_;
  std::vector<std::string> removed_;
  std::optional<Keep> kept_;

  // Each field's changes in the order they are to be made in, as the MTA makes
  // them: every edit's behind those of the one before it.
  mail::MessageEdit content_;
  const mail::Message* original_;
  // The message with all but `pending_`; null: the original.
  std::unique_ptr<const mail::Message> edited_;
  mail::MessageEdit pending_;
};

}  // namespace mailreeve::milter
