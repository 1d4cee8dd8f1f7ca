#include "core/config/validate.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "core/base/network.h"
#include "core/base/text.h"
#include "core/config/describe_authentication_checks.h"
#include "core/config/describe_content.h"
#include "core/config/describe_dns.h"
#include "core/config/describe_quarantine.h"
#include "core/config/distinct_names.h"
#include "core/config/validate_admission.h"
#include "core/config/validate_antivirus.h"
#include "core/config/validate_signing.h"
#include "core/config/validate_spam.h"
#include "core/mail/address.h"
#include "core/mail/notice.h"
#include "core/mail/variables.h"

namespace mailreeve::config {

namespace {

std::string keyOf(const std::string& domain) {
  auto key = mail::domainKey(domain);
  return key ? *key : lower(domain);
}

void checkServer(const Settings& s, const Report& report) {
  const Tls& tls = s.server.tls;
  if (tls.certificate.empty() != tls.key.empty())
    report("server.tls", "certificate and key must be set both or neither");
}

void checkPorts(const Settings& s, const Report& report) {
  const Protocols& p = s.protocols;
  const std::array<std::pair<const char*, const Listener*>, 8> all = {
      {{"smtp", &p.smtp},
       {"submission", &p.submission},
       {"smtps", &p.smtps},
       {"imap", &p.imap},
       {"imaps", &p.imaps},
       {"pop3", &p.pop3},
       {"pop3s", &p.pop3s},
       {"managesieve", &p.managesieve}}};
  std::map<std::int64_t, std::string> taken;
  for (const auto& [name, listener] : all) {
    if (!listener->enabled) continue;
    const auto [first, fresh] = taken.emplace(listener->port, name);
    if (!fresh)
      report("protocols." + std::string(name) + ".port",
             std::to_string(listener->port) + " is the port of " +
                 first->second + " already");
  }
}

void checkNetworks(const Settings& s, const Report& report) {
  for (std::size_t i = 0; i < s.networks.trusted.size(); ++i) {
    const auto network = parseNetwork(s.networks.trusted[i]);
    if (!network) continue;
    const unsigned least = network->address.v6 ? 16 : 8;
    if (network->prefix < least)
      report(at("networks.trusted", i),
             network->text() +
                 " would make this an open relay; trust at most a /" +
                 std::to_string(least));
  }
}

// Main and additional domains share one space of names.
void checkDomainNames(const Settings& s, const Report& report) {
  std::unordered_map<std::string, std::string> seen;
  const auto claim = [&](const std::string& name, const std::string& key) {
    if (name.empty()) return;
    const auto [first, fresh] = seen.emplace(keyOf(name), key);
    if (!fresh)
      report(key, "\"" + name + "\" is " + first->second + " already");
  };
  for (std::size_t d = 0; d < s.domains.size(); ++d) {
    const std::string key = at("domains", d);
    claim(s.domains[d].name, key + ".name");
    for (std::size_t a = 0; a < s.domains[d].additional.size(); ++a)
      claim(s.domains[d].additional[a], at(key + ".additional", a));
  }
}

struct AliasNode {
  std::string key;  // For the report.
  std::vector<std::string> targets;
  enum class State { New, Open, Done } state = State::New;
};

using AliasGraph = std::unordered_map<std::string, AliasNode>;

AliasGraph aliasGraph(const Settings& s) {
  std::unordered_map<std::string, std::string> mains;
  for (const auto& domain : s.domains)
    for (const auto& name : domain.additional)
      mains[keyOf(name)] = keyOf(domain.name);
  // With its extension an address is another one to a loop, without it not.
  const auto canonical = [&](const std::string& address) {
    std::string key = mail::addressKey(address);
    const auto sign = key.rfind('@');
    const auto main = mains.find(key.substr(sign + 1));
    if (main != mains.end()) key = key.substr(0, sign + 1) + main->second;
    return key;
  };

  AliasGraph graph;
  for (std::size_t d = 0; d < s.domains.size(); ++d) {
    const Domain& domain = s.domains[d];
    for (std::size_t a = 0; a < domain.aliases.size(); ++a) {
      const Alias& alias = domain.aliases[a];
      AliasNode& node = graph[canonical(alias.name + "@" + domain.name)];
      node.key = at(at("domains", d) + ".aliases", a);
      for (const auto& to : alias.to)
        node.targets.push_back(canonical(
            to.find('@') == std::string::npos ? to + "@" + domain.name : to));
    }
  }
  return graph;
}

// Depth first without recursion: 50,000 aliases in a chain are legal.
void findLoops(AliasGraph& graph,
               const std::string& start,
               const Report& report) {
  struct Step {
    std::string address;
    std::size_t next = 0;
  };

  std::vector<Step> path;
  path.push_back({start});
  graph[start].state = AliasNode::State::Open;
  while (!path.empty()) {
    Step& step = path.back();
    AliasNode& node = graph.at(step.address);
    if (step.next == node.targets.size()) {
      node.state = AliasNode::State::Done;
      path.pop_back();
      continue;
    }
    const std::string target = node.targets[step.next++];
    const auto found = graph.find(target);
    if (found == graph.end()) continue;
    // An alias that names itself also delivers to the account of that name;
    // Postfix ends there.
    if (target == step.address) continue;
    if (found->second.state == AliasNode::State::Open) {
      std::string loop;
      bool inside = false;
      for (const auto& each : path) {
        inside = inside || each.address == target;
        if (inside) loop += each.address + " -> ";
      }
      report(node.key + ".to", "makes a loop: " + loop + target);
    } else if (found->second.state == AliasNode::State::New) {
      found->second.state = AliasNode::State::Open;
      path.push_back({target});
    }
  }
}

void checkAliases(const Settings& s, const Report& report) {
  for (std::size_t d = 0; d < s.domains.size(); ++d) {
    const std::string key = at("domains", d) + ".aliases";
    const auto& aliases = s.domains[d].aliases;
    requireDistinctNames(aliases, key, report);
    for (std::size_t a = 0; a < aliases.size(); ++a)
      if (aliases[a].to.empty())
        report(at(key, a) + ".to", "must name at least one recipient");
  }
  AliasGraph graph = aliasGraph(s);
  std::vector<std::string> order;  // So that reports come in a fixed order.
  order.reserve(graph.size());
  for (const auto& [address, node] : graph) order.push_back(address);
  std::sort(order.begin(), order.end());
  for (const auto& address : order)
    if (graph.at(address).state == AliasNode::State::New)
      findLoops(graph, address, report);
}

void checkAutoBcc(const Domain& domain,
                  const std::string& key,
                  const Report& report) {
  requireDistinctNames(domain.autoBcc, key, report);
  for (std::size_t i = 0; i < domain.autoBcc.size(); ++i) {
    const AutoBcc& rule = domain.autoBcc[i];
    if (rule.to.empty())
      report(at(key, i) + ".to", "must name at least one recipient");
    if (rule.when == BccWhen::All && !rule.contains.empty())
      report(at(key, i) + ".contains",
             "has no meaning with when: all; choose sender or recipient");
    if (rule.when != BccWhen::All && rule.contains.empty())
      report(at(key, i) + ".contains", "is required with this when");
  }
}

// What milter/edits/disclaimer.cpp fills in.
constexpr std::array<std::string_view, 3> kVariables = {
    "sender", "sender_domain", "date"};

void checkVariables(const std::string& text,
                    const std::string& key,
                    const Report& report) {
  for (const auto& name : mail::variableNames(text)) {
    if (std::find(kVariables.begin(), kVariables.end(), name) !=
        kVariables.end())
      continue;
    const auto near = nearest(name, {kVariables.begin(), kVariables.end()});
    report(key,
           "{" + name + "} is no variable" +
               (near.empty() ? "; there are {sender}, {sender_domain} "
                               "and {date}"
                             : "; did you mean {" + std::string(near) + "}?"));
  }
}

void checkDisclaimers(const Domain& domain,
                      const std::string& key,
                      const Report& report) {
  requireDistinctNames(domain.disclaimers, key, report);
  for (std::size_t i = 0; i < domain.disclaimers.size(); ++i) {
    const Disclaimer& disclaimer = domain.disclaimers[i];
    checkVariables(disclaimer.html, at(key, i) + ".html", report);
    checkVariables(disclaimer.plain, at(key, i) + ".plain", report);
    if (trim(disclaimer.html).empty() && trim(disclaimer.plain).empty()) {
      report(at(key, i), "must have html or plain content");
      continue;
    }
    mail::Notice notice;
    notice.id = "check";
    notice.html = disclaimer.html;
    notice.plain = disclaimer.plain;
    if (const auto usable = mail::checkNotice(notice); !usable)
      report(at(key, i), usable.error().what);
  }
}

void checkDomains(const Settings& s, const Report& report) {
  checkDomainNames(s, report);
  checkAliases(s, report);
  for (std::size_t d = 0; d < s.domains.size(); ++d) {
    const std::string key = at("domains", d);
    checkAutoBcc(s.domains[d], key + ".auto_bcc", report);
    checkDisclaimers(s.domains[d], key + ".disclaimers", report);
  }
}

void checkPolicies(const Settings& s, const Report& report) {
  requireDistinctNames(s.policies, "policies", report);
  for (std::size_t i = 0; i < s.policies.size(); ++i)
    if (s.policies[i].users.empty())
      report(at("policies", i) + ".users", "must name at least one user");
}

}  // namespace

void validate(const Settings& settings, const Report& report) {
  checkServer(settings, report);
  checkPorts(settings, report);
  checkDns(settings.dns, report);
  checkNetworks(settings, report);
  checkAuthenticationChecks(settings.authenticationChecks, report);
  checkDomains(settings, report);
  checkLists(settings, report);
  checkGreylisting(settings, report);
  checkPostscreen(settings, report);
  checkSigning(settings, report);
  checkPolicies(settings, report);
  validateAntivirus(settings, report);
  validateSpam(settings, report);
  checkQuarantine(settings, report);
  validateContent(settings, report);
}

}  // namespace mailreeve::config
