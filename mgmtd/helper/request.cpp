#include "mgmtd/helper/request.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace mailreeve::helper {

namespace {

using nlohmann::json;

constexpr std::uint64_t kMostGenerations = 1'000'000'000;

Error refused(const std::string& why) {
  return {ErrorCode::Invalid, "request refused: " + why};
}

bool oneOf(char c, std::string_view others) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         others.find(c) != std::string_view::npos;
}

// Short and long queue ids (postconf(5), enable_long_queue_ids). "ALL", which
// postsuper(1) takes for every message, is too short to be one.
bool isQueueId(std::string_view text) {
  return text.size() >= 5 && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9');
         });
}

// A name of a directory that leads nowhere else: no slash, not "." or "..",
// nothing an option could begin with.
bool isFolder(std::string_view text, std::string_view others) {
  return !text.empty() && text.size() <= 255 && text.front() != '.' &&
         text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [others](char c) {
           return oneOf(c, others);
         });
}

// Absolute, no empty or dotted part, at least one part.
bool isVolume(std::string_view text) {
  if (text.size() < 2 || text.size() > 1024 || text.front() != '/')
    return false;
  text.remove_prefix(1);
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    const auto part = text.substr(0, slash);
    if (part.empty() || part == "." || part == ".." ||
        !std::all_of(part.begin(), part.end(), [](char c) {
          return oneOf(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");
        }))
      return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
  return false;
}

// Exactly the members `keys`, beside "do".
bool hasOnly(const json& request, std::initializer_list<const char*> keys) {
  if (request.size() != keys.size() + 1) return false;
  return std::all_of(keys.begin(), keys.end(), [&request](const char* key) {
    return request.contains(key);
  });
}

std::string textOf(const json& request, const char* key) {
  const auto& value = request[key];
  return value.is_string() ? value.get<std::string>() : "";
}

Result<Request> parsePrune(const json& request) {
  if (!hasOnly(request, {"number"})) return refused("wrong arguments");
  const auto& number = request["number"];
  if (!number.is_number_unsigned() || number.get<std::uint64_t>() == 0 ||
      number.get<std::uint64_t>() > kMostGenerations)
    return refused("no number of a generation");
  return Request(PruneGeneration{number.get<std::uint64_t>()});
}

Result<Request> parseQueue(const json& request, QueueAction action) {
  if (!hasOnly(request, {"queue_id"})) return refused("wrong arguments");
  std::string id = textOf(request, "queue_id");
  if (!isQueueId(id)) return refused("no queue id");
  return Request(ChangeQueue{action, std::move(id)});
}

Result<Request> parsePurge(const json& request) {
  if (!hasOnly(request, {"volume", "domain", "local"}))
    return refused("wrong arguments");
  const std::string volume = textOf(request, "volume");
  const std::string domain = textOf(request, "domain");
  const std::string local = textOf(request, "local");
  if (!isVolume(volume)) return refused("no mail volume");
  if (!isFolder(domain, ".-")) return refused("no domain");
  if (!isFolder(local, "._-='&")) return refused("no name of an account");
  return Request(PurgeMail{std::filesystem::path(volume) / domain / local});
}

Result<Request> parseExpire(const json& request) {
  constexpr std::int64_t kMostDays = 3650;
  if (!hasOnly(request, {"days"})) return refused("wrong arguments");
  const auto& days = request["days"];
  if (!days.is_number_unsigned() || days.get<std::uint64_t>() == 0 ||
      days.get<std::uint64_t>() > kMostDays)
    return refused("no number of days");
  return Request(ExpireJunk{days.get<std::int64_t>()});
}

}  // namespace

Result<Request> parseRequest(const json& request) {
  if (!request.is_object() || !request.contains("do"))
    return refused("no object with a verb");
  const std::string verb = textOf(request, "do");
  static const std::map<std::string, Request> kPlain = {
      {"reload-postfix", Reload{Service::Postfix}},
      {"reload-dovecot", Reload{Service::Dovecot}},
      {"postfix-status", AskStatus{Service::Postfix}},
      {"dovecot-status", AskStatus{Service::Dovecot}},
      {"queue-list", ListQueue{}},
      {"update-spam-rules", UpdateSpamRules{}},
      {"refresh-login-policy", RefreshLoginPolicy{}},
      {"refresh-expiring-clients", RefreshExpiringClients{}},
      {"update-signatures", UpdateSignatures{}},
  };
  static const std::map<std::string, QueueAction> kQueue = {
      {"queue-delete", QueueAction::Delete},
      {"queue-hold", QueueAction::Hold},
      {"queue-release", QueueAction::Release},
      {"queue-requeue", QueueAction::Requeue},
  };
  if (const auto found = kPlain.find(verb); found != kPlain.end()) {
    if (!hasOnly(request, {})) return refused("wrong arguments");
    return found->second;
  }
  if (const auto found = kQueue.find(verb); found != kQueue.end())
    return parseQueue(request, found->second);
  if (verb == "prune-generation") return parsePrune(request);
  if (verb == "expire-junk") return parseExpire(request);
  if (verb == "purge-mail") return parsePurge(request);
  return refused("unknown verb");
}

}  // namespace mailreeve::helper
