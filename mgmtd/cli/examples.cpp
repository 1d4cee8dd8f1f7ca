#include "mgmtd/cli/examples.h"

#include <algorithm>
#include <array>
#include <string>

namespace mailreeve::cli {

namespace {

constexpr std::string_view kProgram = "mgmtctl";

constexpr auto kExamples = std::to_array<std::string_view>({
    "mgmtctl init --domain example.com",
    "mgmtctl show",
    "mgmtctl check config",
    "mgmtctl effective alice@example.com",
    "mgmtctl schema >mailreeve.schema.json",
    "mgmtctl schema --domain",
    "mgmtctl explain --from a@b.example --rcpt alice@example.com",
    "mgmtctl explain --from alice@example.com --login alice@example.com "
    "--rcpt a@b.example --message mail.eml",
    "mgmtctl test",
    "mgmtctl alias export --domain example.com >aliases",
    "mgmtctl alias import --domain example.com --dry-run /etc/aliases",
    "mgmtctl bcc export --domain example.com --kind sender",
    "mgmtctl bcc import --domain example.com --kind recipient recipient_bcc",

    "mgmtctl plan",
    "mgmtctl apply",
    "mgmtctl apply --yes --confirm-within 5m",
    "mgmtctl confirm",
    "mgmtctl rollback",
    "mgmtctl rollback 0",
    "mgmtctl generations",
    "mgmtctl recover",

    "mgmtctl account add alice@example.com --name \"Alice Example\"",
    "mgmtctl account add bob@example.com --generate",
    "mgmtctl account list '*@example.com'",
    "mgmtctl account show alice@example.com",
    "mgmtctl account passwd alice@example.com",
    "mgmtctl account disable alice@example.com",
    "mgmtctl account enable alice@example.com",
    "mgmtctl account delete alice@example.com",
    "mgmtctl account import --dry-run accounts.csv",
    "mgmtctl usage list --user '*@example.com'",
    "mgmtctl usage clear alice@example.com",

    "mgmtctl list add block --network 198.51.100.0/24 --note \"since March\"",
    "mgmtctl list add allow --domain bank.example --proof spf",
    "mgmtctl list search bank",
    "mgmtctl list show allow bank.example",
    "mgmtctl list remove block 198.51.100.0/24",
    "mgmtctl list import --format access --kind client client_access",
    "mgmtctl list export --format csv >lists.csv",
    "mgmtctl advise",
    "mgmtctl dkim create example.com",
    "mgmtctl dkim list",
    "mgmtctl dkim show example.com",
    "mgmtctl dkim check example.com",
    "mgmtctl dkim activate example.com",
    "mgmtctl dkim rotate example.com",
    "mgmtctl dkim delete example.com mail-20260301-rsa",
    "mgmtctl dkim import --key-table /etc/opendkim/KeyTable --signing-table "
    "/etc/opendkim/SigningTable --dry-run",
    "mgmtctl antivirus status",
    "mgmtctl antivirus update",
    "mgmtctl spam status",
    "mgmtctl spam update",
    "mgmtctl spam reports alice",
    "mgmtctl spam view 20260301-120000-7K2M9QXR",
    "mgmtctl spam original 20260301-120000-7K2M9QXR >report.eml",
    "mgmtctl spam learn --all",
    "mgmtctl spam delete 20260301-120000-7K2M9QXR",
    "mgmtctl spam rules import house.cf",
    "mgmtctl spam rules list",
    "mgmtctl spam rules enable house",
    "mgmtctl spam rules disable house",
    "mgmtctl spam rules export house >house.cf",
    "mgmtctl spam rules remove house",

    "mgmtctl trace 4F2A81C0B3",
    "mgmtctl trace --to alice@example.com --since 2h",
    "mgmtctl log --since yesterday --verdict reject",
    "mgmtctl log --follow",
    "mgmtctl log mail --from '*@b.example' --status failed",
    "mgmtctl log security --type virus --since 7d --csv >viruses.csv",
    "mgmtctl quarantine list --to alice@example.com --since 2d",
    "mgmtctl quarantine search invoice",
    "mgmtctl quarantine show 20260301-7K2M9QXR4TPB",
    "mgmtctl quarantine view 20260301-7K2M9QXR4TPB",
    "mgmtctl quarantine original 20260301-7K2M9QXR4TPB >message.eml",
    "mgmtctl quarantine release --to alice@example.com 20260301-7K2M9QXR4TPB",
    "mgmtctl quarantine request --link 7K2M9QXR4TPB7K2M9QXR",
    "mgmtctl quarantine delete 20260301-7K2M9QXR4TPB",
    "mgmtctl quarantine status",
    "mgmtctl dmarc reports list --domain far.example",
    "mgmtctl dmarc reports show 7",
    "mgmtctl dmarc reports send",
    "mgmtctl status",
    "mgmtctl job list",
    "mgmtctl job run dkim-keys",
    "mgmtctl job history spam-update",
});

// A few of many, where --help shows what there is at all.
constexpr std::size_t kMost = 8;

std::string footerFor(const std::string& path) {
  std::string lines;
  std::size_t count = 0;
  for (const auto example : kExamples) {
    const auto rest = example.substr(std::min(path.size(), example.size()));
    if (!example.starts_with(path) || !(rest.empty() || rest.front() == ' '))
      continue;
    if (++count > kMost) break;
    lines += "\n  " + std::string(example);
  }
  return lines.empty() ? lines
                       : (count == 1 ? "Example:" : "Examples:") + lines;
}

void addBelow(CLI::App& command, const std::string& path) {
  for (auto* one : command.get_subcommands(
           [](const CLI::App* each) { return !each->get_name().empty(); })) {
    const std::string below = path + " " + one->get_name();
    one->footer(footerFor(below));
    addBelow(*one, below);
  }
}

}  // namespace

std::span<const std::string_view> examples() {
  return kExamples;
}

void addExamples(CLI::App& app) {
  app.footer(
      "Start with `mgmtctl init`, then `mgmtctl plan` and `mgmtctl apply`.\n"
      "`mgmtctl COMMAND --help` explains a command and shows examples, "
      "mgmtctl(1) all\n"
      "of them, mailreeve.yaml(5) the settings.");
  addBelow(app, std::string(kProgram));
}

}  // namespace mailreeve::cli
