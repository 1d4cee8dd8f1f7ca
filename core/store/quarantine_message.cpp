#include "core/store/quarantine_message.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/time_text.h"
#include "core/base/trace_code.h"
#include "core/base/unix_time.h"

namespace mailreeve::store {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<HeldKind, std::string_view>, 4> kKinds = {
    {{HeldKind::Spam, "spam"},
     {HeldKind::Content, "content"},
     {HeldKind::Authentication, "authentication"},
     {HeldKind::Virus, "virus"}}};

constexpr std::array<std::pair<HeldState, std::string_view>, 5> kStates = {
    {{HeldState::Held, "held"},
     {HeldState::Releasing, "releasing"},
     {HeldState::Released, "released"},
     {HeldState::Failed, "failed"},
     {HeldState::Deleted, "deleted"}}};

template <class Table, class Key>
std::string_view textOf(const Table& table, Key key) {
  for (const auto& [value, text] : table)
    if (value == key) return text;
  return "unknown";
}

template <class Table>
auto valueOf(const Table& table, std::string_view wanted)
    -> std::optional<typename Table::value_type::first_type> {
  for (const auto& [value, text] : table)
    if (text == wanted) return value;
  return std::nullopt;
}

constexpr std::size_t kDay = 8;  // Digits.
constexpr std::size_t kDrawn = 12;
constexpr std::size_t kMostRecipients = 100'000;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// The texts of a sidecar, each under its name; one list for both directions.
template <class Message>
auto texts(Message& m) {
  return std::array<std::pair<const char*, decltype(&m.client)>, 16>{
      {{"id", &m.id},
       {"client", &m.client},
       {"client_name", &m.clientName},
       {"helo", &m.helo},
       {"login", &m.login},
       {"sender", &m.sender},
       {"author", &m.author},
       {"subject", &m.subject},
       {"message_id", &m.messageId},
       {"sha256", &m.sha256},
       {"step", &m.step},
       {"found", &m.found},
       {"reason", &m.reason},
       {"generation", &m.generation},
       {"queue_id", &m.queueId},
       {"trace_code", &m.traceCode}}};
}

Error notOurs(const std::string& what) {
  return {ErrorCode::Invalid, "not a sidecar of ours: " + what};
}

Result<HeldMessage> messageOf(const json& from) {
  HeldMessage message;
  for (auto& [key, text] : texts(message)) *text = from.at(key);
  message.received = fromMilliseconds(from.at("received_ms"));
  message.size = from.at("size");
  const auto kind = kindNamed(from.at("kind").get<std::string>());
  if (!kind) return notOurs("its kind is unknown");
  message.kind = *kind;
  if (!isHeldId(message.id)) return notOurs("its id is none");
  const auto& recipients = from.at("recipients");
  if (!recipients.is_array() || recipients.size() > kMostRecipients)
    return notOurs("its recipients are no list, or too many");
  for (const auto& one : recipients) {
    HeldRecipient recipient;
    recipient.address = one.at("address");
    recipient.mailbox = one.at("mailbox");
    recipient.original = one.at("original");
    recipient.changed = message.received;
    message.recipients.push_back(std::move(recipient));
  }
  return message;
}

}  // namespace

std::string_view name(HeldKind kind) {
  return textOf(kKinds, kind);
}

std::string_view name(HeldState state) {
  return textOf(kStates, state);
}

std::optional<HeldKind> kindNamed(std::string_view text) {
  return valueOf(kKinds, text);
}

std::optional<HeldState> stateNamed(std::string_view text) {
  return valueOf(kStates, text);
}

HeldKind kindOfStep(std::string_view step) {
  constexpr std::array<std::pair<HeldKind, std::string_view>, 8> kSteps = {
      {{HeldKind::Virus, "antivirus"},
       {HeldKind::Virus, "icap"},
       {HeldKind::Spam, "spam"},
       {HeldKind::Authentication, "dmarc"},
       {HeldKind::Authentication, "spf"},
       {HeldKind::Authentication, "dkim"},
       {HeldKind::Authentication, "arc"},
       {HeldKind::Authentication, "authentication"}}};
  for (const auto& [kind, known] : kSteps)
    if (known == step) return kind;
  return HeldKind::Content;
}

std::string newHeldId(TimePoint received) {
  return utcTime(received, "%Y%m%d") + "-" + traceCode() +
         traceCode().substr(0, kDrawn - 8);
}

bool isHeldId(std::string_view text) {
  if (text.size() != kDay + 1 + kDrawn || text[kDay] != '-') return false;
  const auto day = text.substr(0, kDay);
  const auto drawn = text.substr(kDay + 1);
  return std::all_of(day.begin(), day.end(), isDigit) &&
         std::all_of(drawn.begin(), drawn.end(), [](char c) {
           return isDigit(c) || (c >= 'A' && c <= 'Z');
         });
}

std::string sidecarOf(const HeldMessage& message) {
  json out{{"received_ms", toMilliseconds(message.received)},
           {"size", message.size},
           {"kind", name(message.kind)}};
  for (const auto& [key, text] : texts(message)) out[key] = *text;
  auto& recipients = out["recipients"] = json::array();
  for (const auto& one : message.recipients)
    recipients.push_back({{"address", one.address},
                          {"mailbox", one.mailbox},
                          {"original", one.original}});
  // What a sender wrote may be no UTF-8.
  return out.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<HeldMessage> readSidecar(std::string_view text) {
  try {
    const json from = json::parse(text, nullptr, false);
    if (!from.is_object()) return notOurs("no JSON object");
    return messageOf(from);
  } catch (const json::exception& e) {
    return notOurs(e.what());
  }
}

}  // namespace mailreeve::store
