// Requests about DKIM keys. Private keys come in, once, when they are imported;
// none ever goes out.
#include <algorithm>
#include <utility>

#include "core/auth/dkim/record.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/config/settings.h"
#include "core/mail/address.h"
#include "mgmtd/api/api.h"
#include "mgmtd/api/fields.h"
#include "mgmtd/keys/keeper.h"
#include "mgmtd/keys/resolver.h"

namespace mailreeve::api {

namespace {

using store::DkimKey;

json toJson(const DkimKey& key) {
  const std::string name = dkim::recordName(key.selector, key.domain);
  json out{{"domain", key.domain},
           {"selector", key.selector},
           {"algorithm", key.algorithm},
           {"bits", key.bits},
           {"state", store::textOf(key.state)},
           {"forced", key.forced},
           {"created", utcText(key.created)},
           {"since", utcText(key.since)},
           {"problem", key.problem},
           {"name", name},
           {"value", key.record},
           {"zone", dkim::zoneLine(name, key.record)}};
  if (key.checked) out["checked"] = utcText(*key.checked);
  if (key.seen) out["seen"] = utcText(*key.seen);
  return out;
}

json toJson(const std::vector<DkimKey>& keys) {
  json out = json::array();
  for (const auto& key : keys) out.push_back(toJson(key));
  return out;
}

std::string_view textOf(dkim::Publication::Sight sight) {
  using Sight = dkim::Publication::Sight;
  switch (sight) {
    case Sight::Right:
      return "right";
    case Sight::Missing:
      return "missing";
    case Sight::Wrong:
      return "wrong";
    case Sight::Unknown:
      break;
  }
  return "unknown";
}

// "both", "rsa" or "ed25519"; empty: as the settings say.
Result<Done> readKind(const std::string& kind, keys::NewKeys& wanted) {
  if (kind.empty()) return Done{};
  if (kind != "both" && kind != "rsa" && kind != "ed25519")
    return Error{ErrorCode::Invalid, "kind: must be both, rsa or ed25519"};
  wanted.rsa = kind != "ed25519";
  wanted.ed25519 = kind != "rsa";
  return Done{};
}

class DkimRequests {
 public:
  DkimRequests(const Surroundings& around, std::shared_ptr<Applied> applied)
      : paths_(around.paths),
        clock_(around.clock),
        applied_(std::move(applied)) {}

  [[nodiscard]] Result<json> make(const json& request,
                                  const std::string& who,
                                  bool rotate);
  [[nodiscard]] Result<json> list(const json& request);
  [[nodiscard]] Result<json> check(const json& request);
  [[nodiscard]] Result<json> activate(const json& request,
                                      const std::string& who);
  [[nodiscard]] Result<json> adopt(const json& request, const std::string& who);
  [[nodiscard]] Result<json> remove(const json& request,
                                    const std::string& who);
  [[nodiscard]] Result<json> domains(const json& request);

 private:
  [[nodiscard]] Result<keys::Keeper> keeper() {
    auto policy = applied_->policy();
    if (!policy) return std::move(policy).error();
    return keys::Keeper(paths_, clock_, *policy);
  }

  // Looks and moves on; what happened, in words.
  [[nodiscard]] Result<json> advance(const keys::Keeper& keeper,
                                     const std::string& domain);

  Paths paths_;
  const Clock& clock_;
  std::shared_ptr<Applied> applied_;
};

Result<json> DkimRequests::advance(const keys::Keeper& keeper,
                                   const std::string& domain) {
  auto policy = applied_->policy();
  if (!policy) return std::move(policy).error();
  auto resolver = keys::freshResolver(**policy);
  if (!resolver) return std::move(resolver).error();
  auto report = keeper.advance(domain, **resolver);
  if (!report) return std::move(report).error();
  keys::record(paths_, clock_.now(), report->notices);
  if (report->signingChanged) keys::tellMilterd(paths_);
  json notices = json::array();
  for (const auto& notice : report->notices)
    notices.push_back({{"domain", notice.domain},
                       {"selector", notice.selector},
                       {"what", notice.what},
                       {"warning", notice.warning}});
  return notices;
}

Result<json> DkimRequests::make(const json& request,
                                const std::string& who,
                                bool rotate) {
  Fields fields(request);
  const std::string domain = fields.text("domain");
  const std::string kind = fields.text("kind", "");
  const std::int64_t bits = fields.number("bits", 0, 0, 4096);
  keys::NewKeys wanted;
  wanted.selector = fields.text("selector", "");
  wanted.forced = fields.flag("force", false);
  if (auto good = fields.done(); !good) return std::move(good).error();
  if (auto good = readKind(kind, wanted); !good) return std::move(good).error();
  if (bits != 0) wanted.rsaBits = bits;
  auto keeper = this->keeper();
  if (!keeper) return std::move(keeper).error();
  auto made =
      rotate ? keeper->rotate(domain, wanted) : keeper->create(domain, wanted);
  if (!made) return std::move(made).error();
  for (const auto& key : *made)
    log::info("DKIM key " + key.selector + " of " + key.domain + " made by " +
              who);
  json notices = json::array();
  if (wanted.forced && !made->empty()) {
    auto moved = advance(*keeper, made->front().domain);
    if (!moved) return moved;
    notices = std::move(*moved);
  }
  return json{{"keys", toJson(*made)}, {"notices", std::move(notices)}};
}

Result<json> DkimRequests::list(const json& request) {
  Fields fields(request);
  const std::string domain = fields.text("domain", "");
  const std::string selector = lower(fields.text("selector", ""));
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto keeper = this->keeper();
  if (!keeper) return std::move(keeper).error();
  auto found = keeper->list(domain);
  if (!found) return std::move(found).error();
  if (!selector.empty())
    std::erase_if(*found,
                  [&](const auto& key) { return key.selector != selector; });
  return json{{"keys", toJson(*found)}};
}

Result<json> DkimRequests::check(const json& request) {
  Fields fields(request);
  const std::string domain = fields.text("domain", "");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto policy = applied_->policy();
  if (!policy) return std::move(policy).error();
  const keys::Keeper keeper(paths_, clock_, *policy);
  auto found = keeper.list(domain);
  if (!found) return std::move(found).error();
  std::erase_if(*found, [](const auto& key) {
    return key.state == store::KeyState::Retired;
  });
  auto resolver = keys::freshResolver(**policy);
  if (!resolver) return std::move(resolver).error();
  const auto looks = keeper.look(*found, **resolver);
  json out = json::array();
  for (std::size_t i = 0; i < found->size(); ++i) {
    json one = toJson((*found)[i]);
    one["sight"] = textOf(looks[i].sight);
    one["problem"] = looks[i].problem;
    out.push_back(std::move(one));
  }
  return json{{"keys", std::move(out)}};
}

Result<json> DkimRequests::activate(const json& request,
                                    const std::string& who) {
  Fields fields(request);
  const std::string domain = fields.text("domain", "");
  const std::string selector = fields.text("selector", "");
  const bool force = fields.flag("force", false);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto keeper = this->keeper();
  if (!keeper) return std::move(keeper).error();
  if (force) {
    if (auto done = keeper->force(domain, selector); !done)
      return std::move(done).error();
    log::info("DKIM keys of " + domain + " are used by force, says " + who);
  }
  std::string name;
  if (!domain.empty()) {
    auto key = keeper->domainKey(domain);
    if (!key) return std::move(key).error();
    name = *std::move(key);
  }
  auto notices = advance(*keeper, name);
  if (!notices) return notices;
  auto keys = keeper->list(name);
  if (!keys) return std::move(keys).error();
  return json{{"notices", std::move(*notices)}, {"keys", toJson(*keys)}};
}

Result<json> DkimRequests::adopt(const json& request, const std::string& who) {
  Fields fields(request);
  const std::string domain = fields.text("domain");
  const std::string selector = fields.text("selector");
  const std::string pem = fields.text("pem");
  const bool force = fields.flag("force", false);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto key = dkim::PrivateKey::fromPem(pem);
  if (!key) return std::move(key).error();
  auto keeper = this->keeper();
  if (!keeper) return std::move(keeper).error();
  auto row = keeper->adopt(domain, selector, *key, force);
  if (!row) return std::move(row).error();
  log::info("DKIM key " + row->selector + " of " + row->domain +
            " imported by " + who);
  return json{{"key", toJson(*row)}};
}

Result<json> DkimRequests::remove(const json& request, const std::string& who) {
  Fields fields(request);
  const std::string domain = fields.text("domain");
  const std::string selector = fields.text("selector");
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto keeper = this->keeper();
  if (!keeper) return std::move(keeper).error();
  if (auto done = keeper->remove(domain, selector); !done)
    return std::move(done).error();
  log::info("DKIM key " + printable(selector) + " of " + printable(domain) +
            " deleted by " + who);
  return json::object();
}

// The names that may have keys, as A-labels.
Result<json> DkimRequests::domains(const json& request) {
  Fields fields(request);
  if (auto good = fields.done(); !good) return std::move(good).error();
  auto policy = applied_->policy();
  if (!policy) return std::move(policy).error();
  json out = json::array();
  const auto add = [&out](const std::string& name) {
    if (auto key = mail::domainKey(name)) out.push_back(*key);
  };
  for (const auto& domain : (*policy)->settings().domains) {
    add(domain.name);
    for (const auto& name : domain.additional) add(name);
  }
  return json{{"domains", std::move(out)}};
}

}  // namespace

void addDkim(Verbs& verbs,
             const Surroundings& around,
             const std::shared_ptr<Applied>& applied) {
  const auto requests = std::make_shared<DkimRequests>(around, applied);
  using Who = const std::string&;
  verbs["dkim_create"] = [requests](const json& request, Who who) {
    return requests->make(request, who, false);
  };
  verbs["dkim_rotate"] = [requests](const json& request, Who who) {
    return requests->make(request, who, true);
  };
  verbs["dkim_list"] = [requests](const json& request, Who) {
    return requests->list(request);
  };
  verbs["dkim_check"] = [requests](const json& request, Who) {
    return requests->check(request);
  };
  verbs["dkim_activate"] = [requests](const json& request, Who who) {
    return requests->activate(request, who);
  };
  verbs["dkim_import"] = [requests](const json& request, Who who) {
    return requests->adopt(request, who);
  };
  verbs["dkim_delete"] = [requests](const json& request, Who who) {
    return requests->remove(request, who);
  };
  verbs["dkim_domains"] = [requests](const json& request, Who) {
    return requests->domains(request);
  };
}

}  // namespace mailreeve::api
