// main.cf, master.cf and the lookup tables.
#include <array>

#include "core/base/network.h"
#include "core/base/text.h"
#include "core/config/settings.h"
#include "mgmtd/apply/parameters.h"
#include "mgmtd/apply/render.h"
#include "mgmtd/apply/render_admission.h"
#include "mgmtd/apply/tls_profile.h"

namespace mailreeve::apply {

namespace {

constexpr std::array kLookups = {
    "domains", "accounts", "aliases", "additional", "senders"};

bool isIpv6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

// Postfix writes IPv6 in brackets: fc00::/7 -> [fc00::]/7.
std::string inBrackets(const std::string& network) {
  if (!isIpv6(network)) return network;
  const auto slash = network.find('/');
  const auto address = network.substr(0, slash);
  return "[" + address + "]" +
         (slash == std::string::npos ? "" : network.substr(slash));
}

// Postfix' own limit on hops stands behind milterd's, which says more clearly
// what is wrong.
constexpr std::int64_t kSpareHops = 10;

// A value in which Postfix would see $name is written so that it does not.
std::string literal(const std::string& text) {
  return replaceAll(text, "$", "$$");
}

std::string myNetworks(const config::Settings& settings) {
  std::vector<std::string> all = {"127.0.0.0/8", "[::1]/128"};
  const auto add = [&](const std::vector<std::string>& networks) {
    for (const auto& network : networks) {
      const auto written = inBrackets(network);
      if (std::find(all.begin(), all.end(), written) == all.end())
        all.push_back(written);
    }
  };
  add(settings.networks.trusted);
  if (settings.authentication.skipForLocalNetworks)
    add(settings.networks.local);
  return join(all, " ");
}

// mydestination: this host, unless its name is one of the mail domains.
std::string localDestinations(const config::Settings& settings) {
  const auto& host = settings.server.hostname;
  for (const auto& domain : settings.domains) {
    if (equalsIgnoringCase(domain.name, host)) return "localhost";
    for (const auto& other : domain.additional)
      if (equalsIgnoringCase(other, host)) return "localhost";
  }
  return "$myhostname, localhost";
}

// Every address by itself, so that changing one needs a reload only.
std::vector<std::string> endpoints(const config::Settings& settings,
                                   const config::Listener& listener) {
  if (!listener.enabled) return {};
  const auto port = std::to_string(listener.port);
  if (settings.server.interfaces.empty()) return {port};
  std::vector<std::string> out;
  for (const auto& address : settings.server.interfaces)
    out.push_back(inBrackets(address) + ":" + port);
  return out;
}

// Who may use the submission ports at all.
std::string submissionClients(const config::Authentication& authentication) {
  std::string clients;
  if (authentication.skipForLocalNetworks || !authentication.requiredForRelay)
    clients += "permit_mynetworks,";
  if (authentication.requiredForRelay) clients += "permit_sasl_authenticated,";
  return clients + "reject";
}

void setSenderCheck(TemplateValues& values, const config::Settings& settings) {
  const auto& authentication = settings.authentication;
  values.show("SENDER_MUST_MATCH_LOGIN", authentication.senderMustMatchLogin);
  std::vector<std::string> rules;
  for (const auto& network : settings.networks.trusted)
    rules.push_back("{" + network + " OK}");
  const bool skip = authentication.skipSenderCheckForTrusted && !rules.empty();
  values.repeat(
      "SENDER_CHECK_EXCEPTIONS",
      "EXCEPTIONS",
      skip ? std::vector{join(rules, ", ")} : std::vector<std::string>());
}

// The addresses that take reports of spam. They are no accounts, and only our
// users may write to them: a stranger would teach what he likes.
void setReporting(TemplateValues& values, const config::Settings& settings) {
  const auto& reporting = settings.spam.reporting;
  std::vector<std::string> recipients;
  std::vector<std::string> transports;
  std::vector<std::string> access;
  const auto add = [&](const std::string& address, const char* transport) {
    if (address.empty()) return;
    const std::string key = lower(address);
    recipients.push_back("{ " + key + " = reports }");
    transports.push_back("{ " + key + " = " + transport + ": }");
    access.push_back("{ " + key +
                     " = permit_mynetworks, permit_sasl_authenticated, "
                     "reject }");
  };
  if (settings.spam.enabled) {
    add(reporting.spamAddress, "mailreeve-spam");
    add(reporting.hamAddress, "mailreeve-ham");
  }
  auto& section = values.sections["REPORTING"];
  if (recipients.empty()) return;
  section.push_back({{{"RECIPIENTS", join(recipients, ", ")},
                      {"TRANSPORTS", join(transports, ", ")},
                      {"ACCESS", join(access, ", ")}},
                     {}});
}

TemplateValues mainValues(const config::Settings& settings,
                          const Facts& facts) {
  const auto& server = settings.server;
  const auto profile = tlsProfile(server.tls.profile);
  auto values = commonValues(settings, facts);
  values.texts.merge(std::map<std::string, std::string>{
      {"BANNER", server.banner.empty() ? "ESMTP" : literal(server.banner)},
      {"LOCAL_DESTINATIONS", localDestinations(settings)},
      {"MYNETWORKS", myNetworks(settings)},
      {"POLICY_SOCKET", facts.paths.policySocket()},
      {"MILTER_SOCKET", facts.paths.milterSocket()},
      {"TLS_AUTH_ONLY",
       settings.authentication.plaintextNeedsTls ? "yes" : "no"},
      {"MESSAGE_SIZE_LIMIT", std::to_string(server.maxMessageSize)},
      {"RECIPIENT_LIMIT", std::to_string(server.maxRecipients + 1)},
      {"HOPCOUNT_LIMIT", std::to_string(server.maxHops + kSpareHops)},
      {"TLS_PROTOCOLS", profile.protocols},
      {"TLS_MANDATORY_PROTOCOLS", profile.mandatoryProtocols},
  });
  values.show("AUTHENTICATION", settings.authentication.requiredForRelay);
  setSenderCheck(values, settings);
  setReporting(values, settings);
  setAdmission(values, settings, facts);
  values.show("EXTRAS", !settings.postfix.settings.empty());
  auto& extra = values.sections["EXTRA"];
  for (const auto& [name, value] : settings.postfix.settings)
    extra.push_back({{{"NAME", name}, {"VALUE", value}}, {}});
  return values;
}

TemplateValues masterValues(const config::Settings& settings,
                            const Facts& facts) {
  const auto& authentication = settings.authentication;
  const auto& protocols = settings.protocols;
  auto values = commonValues(settings, facts);
  values.texts["SUBMISSION_TLS"] =
      authentication.plaintextNeedsTls ? "encrypt" : "may";
  values.texts["SASL"] = authentication.requiredForRelay ? "yes" : "no";
  values.texts["SUBMISSION_CLIENTS"] = submissionClients(authentication);
  values.texts["REPORT_PROGRAM"] = MAILREEVE_SIEVE_PROGRAMS "/mailreeve-report";
  const auto& spam = settings.spam;
  values.show("REPORTING",
              spam.enabled && !(spam.reporting.spamAddress.empty() &&
                                spam.reporting.hamAddress.empty()));
  const auto smtp = endpoints(settings, protocols.smtp);
  const bool screened = settings.postscreen.enabled && !smtp.empty();
  values.repeat(
      "SMTP", "ENDPOINT", screened ? std::vector<std::string>() : smtp);
  values.repeat(
      "POSTSCREEN", "ENDPOINT", screened ? smtp : std::vector<std::string>());
  values.show("SCREENED", screened);
  values.repeat(
      "SUBMISSION", "ENDPOINT", endpoints(settings, protocols.submission));
  values.repeat("SMTPS", "ENDPOINT", endpoints(settings, protocols.smtps));
  return values;
}

// A name in a template that Postfix does not know would only be a warning of
// Postfix, and the limit meant would not hold.
Result<Done> checkKnown(const std::string& file,
                        const std::map<std::string, std::size_t>& names,
                        const std::map<std::string, std::string>& known) {
  for (const auto& [name, line] : names) {
    if (known.contains(name)) continue;
    std::vector<std::string_view> others;
    for (const auto& [other, value] : known) others.emplace_back(other);
    const auto near = nearest(name, others);
    return Error{
        ErrorCode::Invalid,
        file + ":" + std::to_string(line) + ": " + name +
            ": Postfix has no such parameter" +
            (near.empty() ? "" : "; did you mean " + std::string(near) + "?")};
  }
  return Done{};
}

// The settings but for the extras, whose names are judged against the rest.
Result<Done> checkExtras(const config::Settings& settings,
                         const Facts& facts,
                         const Template& source) {
  auto plain = settings;
  plain.postfix.settings.clear();
  auto bytes = expand(source, mainValues(plain, facts));
  if (!bytes) return std::move(bytes).error();
  const auto names = mainNames(*bytes);
  auto known =
      checkKnown(source.name + " (rendered)", names, facts.postfixParameters);
  if (!known) return known;
  return checkPostfixExtra(
      settings.postfix.settings, names, facts.postfixParameters);
}

}  // namespace

Result<RenderedTree> renderPostfix(const config::Settings& settings,
                                   const Facts& facts,
                                   const TemplateSource& templates) {
  const auto& directory = facts.paths.postfix;
  auto main = templates.read("postfix/main.cf.tpl");
  if (!main) return std::move(main).error();
  auto extras = checkExtras(settings, facts, *main);
  if (!extras) return std::move(extras).error();

  RenderedTree tree;
  auto added =
      addFile(tree, directory / "main.cf", main, mainValues(settings, facts));
  if (!added) return std::move(added).error();
  const auto master = templates.read("postfix/master.cf.tpl");
  added = addFile(
      tree, directory / "master.cf", master, masterValues(settings, facts));
  if (!added) return std::move(added).error();
  auto known = checkKnown(master->name + " (rendered)",
                          masterNames(tree[directory / "master.cf"].bytes),
                          facts.postfixParameters);
  if (!known) return std::move(known).error();
  addClientTables(tree, settings, facts);
  for (const std::string name : kLookups) {
    added = addFile(tree,
                    directory / "mailreeve" / (name + ".cf"),
                    templates.read("postfix/mailreeve/" + name + ".cf.tpl"),
                    commonValues(settings, facts));
    if (!added) return std::move(added).error();
  }
  return tree;
}

}  // namespace mailreeve::apply
