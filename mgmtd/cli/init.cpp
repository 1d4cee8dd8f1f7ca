// mgmtctl init: asks the few things that have no safe default and writes a
// commented YAML to start from. It never touches a file that is there.
#include <array>
#include <iostream>
#include <memory>

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/network.h"
#include "core/base/text.h"
#include "core/config/load.h"
#include "mgmtd/cli/commands.h"

namespace mailreeve::cli {

namespace {

namespace fs = std::filesystem;

struct Answers {
  std::string domain;
  std::string hostname;
  std::string accounts = "local";
  std::vector<std::string> interfaces;
  std::string volume = "/var/vmail";
  bool assumeDefaults = false;
};

std::string hostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

// Asks for what no flag gave; an empty answer takes the suggestion.
std::string ask(const std::string& question, const std::string& suggestion) {
  std::cerr << question;
  if (!suggestion.empty()) std::cerr << " [" << suggestion << "]";
  std::cerr << ": " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  const std::string said(trim(answer));
  return said.empty() ? suggestion : said;
}

std::string ownAddresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return "";
  std::string all;
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_LOOPBACK) != 0 ||
        (each->ifa_addr->sa_family != AF_INET &&
         each->ifa_addr->sa_family != AF_INET6))
      continue;
    const socklen_t size = each->ifa_addr->sa_family == AF_INET
                               ? sizeof(sockaddr_in)
                               : sizeof(sockaddr_in6);
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ifa_addr,
                      size,
                      text.data(),
                      text.size(),
                      nullptr,
                      0,
                      NI_NUMERICHOST) == 0 &&
        parseIp(text.data()))
      all += (all.empty() ? "" : ", ") + std::string(text.data());
  }
  ::freeifaddrs(list);
  return all;
}

std::vector<std::string> addressList(const std::string& text) {
  std::vector<std::string> out;
  for (const auto part : split(text, ','))
    if (!trim(part).empty()) out.emplace_back(trim(part));
  return out;
}

void askMissing(Answers& a) {
  if (a.domain.empty())
    a.domain = ask("Mail domain (what stands after the @)", "");
  const std::string own = hostName();
  const bool qualified = own.find('.') != std::string::npos;
  if (a.hostname.empty())
    a.hostname = ask("Host name of this server, fully qualified",
                     qualified ? own : "mail." + a.domain);
  if (a.interfaces.empty()) {
    const std::string choice = ask(
        "Addresses to listen on (this host has " + ownAddresses() + "), or all",
        "all");
    if (choice != "all") a.interfaces = addressList(choice);
  }
  a.volume = ask("Directory for all mailboxes", a.volume);
}

// Where clamd runs already, mail is scanned from the start.
std::string antivirusYaml() {
  const bool there = fs::is_socket("/run/clamav/clamd.ctl");
  return std::string(there ? "antivirus:\n  engine: clamav\n"
                           : "# antivirus:\n"
                             "#   engine: clamav            # needs clamd\n") +
         "\n";
}

std::string yamlOf(const Answers& a) {
  const std::string interfaces =
      a.interfaces.empty() ? "  # interfaces: [192.0.2.25]  # default: all\n"
                           : "  interfaces: [" +
                                 [&] {
                                   std::vector<std::string> quoted;
                                   for (const auto& each : a.interfaces)
                                     quoted.push_back("\"" + each + "\"");
                                   return join(quoted, ", ");
                                 }() +
                                 "]\n";
  return "# The settings of this mail system. mailreeve.yaml(5) describes "
         "every "
         "key;\n"
         "# `mgmtctl plan` shows what a change does, `mgmtctl apply` does it.\n"
         "# No program ever rewrites this file.\n"
         "\n"
         "server:\n"
         "  # Must have an A or AAAA record, and its address must point back "
         "to it.\n"
         "  hostname: " +
         a.hostname + "\n" + interfaces +
         "  # banner: \"ESMTP\"\n"
         "  # max_recipients: 1000\n"
         "  # max_hops: 50\n"
         "  # max_message_size: 25M\n"
         "  # tls:  # default: a self-signed certificate, good for a trial\n"
         "  #   certificate: /etc/ssl/certs/mail.pem\n"
         "  #   key: /etc/ssl/private/mail.key\n"
         "\n"
         "# Users prove who they are before they send, and use their own "
         "address.\n"
         "# authentication:\n"
         "#   required_for_relay: true\n"
         "#   sender_must_match_login: true\n"
         "\n"
         "# networks:\n"
         "#   local: [192.168.0.0/16]    # the LAN, for settings that say LAN "
         "only\n"
         "#   trusted: [192.168.7.0/24]  # may relay without a password\n"
         "\n"
         "# protocols:\n"
         "#   pop3s: {enabled: true}     # IMAP is on, POP3 is off\n"
         "\n" +
         antivirusYaml() +
         "mailboxes:\n"
         "  volume: " +
         a.volume +
         "\n"
         "  # quota: 10G\n"
         "\n"
         "domains:\n"
         "  - name: " +
         a.domain +
         "\n"
         "    # additional: [example.net]\n"
         "    # aliases:\n"
         "    #   - {name: info, to: [alice, bob]}\n"
         "    # limits:\n"
         "    #   attachment_size: 20M\n"
         "    #   daily_messages: 500\n"
         "    # disclaimers:\n"
         "    #   - name: legal\n"
         "    #     plain: |\n"
         "    #       Confidential. If this reached you by mistake, please "
         "tell "
         "us.\n"
         "\n"
         "# lists:\n"
         "#   block:\n"
         "#     - {name: noisy sender, sender: \"*@spam.example\"}\n"
         "\n"
         "# policies:\n"
         "#   - name: office only\n"
         "#     users: [kiosk@" +
         a.domain +
         "]\n"
         "#     imap_lan_only: true\n";
}

void printNext(const Answers& a, const fs::path& path) {
  std::cout << "Wrote " << path.string()
            << ". Nothing is in force yet.\n\n"
               "Next:\n"
               "  mgmtctl plan                 what would change on this host\n"
               "  mgmtctl apply                make it so (mgmtctl rollback 0 "
               "gives the host back)\n"
               "  mgmtctl account add postmaster@"
            << a.domain << "\n";
}

// A file that the settings are read from already; empty: none.
fs::path formerYaml(const fs::path& config) {
  for (const auto& directory : {config, config / "domains"}) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(directory, none))
      if (entry.path().extension() == ".yaml") return entry.path();
  }
  return {};
}

Exit init(const Context& context, Answers answers) {
  const fs::path path = context.paths.config / "mailreeve.yaml";
  if (const auto there = formerYaml(context.paths.config); !there.empty())
    return fail(context,
                {ErrorCode::Invalid,
                 there.string() + " exists; edit it, or move it away first"});
  if (answers.accounts != "local")
    return fail(context,
                {ErrorCode::Invalid,
                 "account source \"" + answers.accounts +
                     "\" is not known here; this version has: local"});
  const bool person = ::isatty(STDIN_FILENO) != 0 && !answers.assumeDefaults;
  if (person) askMissing(answers);
  if (answers.hostname.empty() && !answers.domain.empty())
    answers.hostname = "mail." + answers.domain;
  if (answers.domain.empty())
    return fail(context, {ErrorCode::Invalid, "--domain is required"});

  const std::string yaml = yamlOf(answers);
  const auto loaded = config::parse({{path.string(), yaml, false}});
  if (!loaded.ok())
    return fail(context,
                {ErrorCode::Invalid,
                 loaded.problems[0].key + ": " + loaded.problems[0].what});

  auto done = makeDirectories(context.paths.config / "domains");
  if (done) done = replaceFile(path, yaml, 0640);
  if (!done) return fail(context, done.error());
  if (context.json)
    printJson(context, {{"written", path.string()}});
  else
    printNext(answers, path);
  return Exit::Done;
}

}  // namespace

void addInit(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "init", "Write a first YAML; asks on a terminal for what no option says");
  auto answers = std::make_shared<Answers>();
  command->add_option("--domain", answers->domain, "Mail domain");
  command->add_option("--hostname",
                      answers->hostname,
                      "Fully qualified name of this server (default: "
                      "mail.DOMAIN)");
  command
      ->add_option(
          "--accounts", answers->accounts, "Where accounts are kept: local")
      ->capture_default_str();
  command
      ->add_option("--interface",
                   answers->interfaces,
                   "Address to listen on; may be repeated (default: all)")
      ->delimiter(',');
  command
      ->add_option("--volume", answers->volume, "Directory for all mailboxes")
      ->capture_default_str();
  command->add_flag(
      "--yes", answers->assumeDefaults, "Ask nothing; take defaults");
  command->callback([&context, answers] {
    context.run = [&context, answers] { return init(context, *answers); };
  });
}

}  // namespace mailreeve::cli
