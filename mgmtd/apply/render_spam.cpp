// SpamAssassin's settings, if this host's spamd is the one that is asked, and
// the Sieve scripts that file and report spam.
#include <algorithm>

#include "core/base/network.h"
#include "core/config/settings.h"
#include "mgmtd/apply/render.h"

namespace mailreeve::apply {

namespace {

// SpamAssassin trusts this host anyway, and takes it for a mistake when a
// network is named that another one holds.
std::vector<std::string> trustedNetworks(const config::Settings& settings) {
  std::vector<Network> networks;
  for (const auto& text : settings.networks.trusted)
    if (const auto network = parseNetwork(text)) networks.push_back(*network);
  std::stable_sort(
      networks.begin(), networks.end(), [](const Network& a, const Network& b) {
        return a.prefix < b.prefix;
      });
  NetworkSet known;
  for (const char* own : {"127.0.0.0/8", "::1/128"})
    if (const auto network = parseNetwork(own)) known.add(*network);
  std::vector<std::string> named;
  for (const auto& network : networks) {
    if (known.contains(network.address.text())) continue;
    known.add(network);
    named.push_back(network.text());
  }
  return named;
}

TemplateValues spamdValues(const config::Settings& settings,
                           const Facts& facts) {
  const auto& spam = settings.spam;
  auto values = commonValues(settings, facts);
  values.texts.merge(std::map<std::string, std::string>{
      {"THRESHOLD", spam.threshold.text()},
      {"MAX_CHILDREN", std::to_string(spam.maxRequests)},
      {"SOCKET", Paths::spamdSocket()},
      {"AUTO_LEARN", spam.autoLearn.enabled ? "1" : "0"},
      {"LEARN_SPAM", spam.autoLearn.spamAbove.text()},
      {"LEARN_HAM", spam.autoLearn.hamBelow.text()},
  });
  values.show("NETWORK_TESTS", spam.networkTests);
  values.show("LOCAL", !spam.networkTests);
  values.repeat("TRUSTED", "NETWORK", trustedNetworks(settings));
  return values;
}

// What sa-update(1p) asks, and whose signatures it takes.
void addChannels(RenderedTree& tree,
                 const config::SpamUpdates& updates,
                 const std::string& header,
                 const std::filesystem::path& directory) {
  std::string channels = "# " + header + "\n";
  std::string keys = channels;
  if (updates.standard) channels += "updates.spamassassin.org\n";
  for (const auto& channel : updates.channels) {
    channels += channel.name + "\n";
    keys += channel.key + "\n";
  }
  tree[directory / "mailreeve.channels"].bytes = std::move(channels);
  tree[directory / "mailreeve.keys"].bytes = std::move(keys);
}

Result<Done> addSpamd(RenderedTree& tree,
                      const config::Settings& settings,
                      const Facts& facts,
                      const TemplateSource& templates) {
  const auto values = spamdValues(settings, facts);
  const auto& paths = facts.paths;
  auto done = addFile(tree,
                      paths.spamassassin / "mailreeve.cf",
                      templates.read("spamassassin/mailreeve.cf.tpl"),
                      values);
  if (!done) return done;
  done = addFile(tree,
                 paths.spamassassin / "mailreeve-dry-run.pm",
                 templates.read("spamassassin/mailreeve-dry-run.pm.tpl"),
                 values);
  if (!done) return done;
  addChannels(tree,
              settings.spam.updates,
              values.texts.at("HEADER"),
              paths.spamassassin);
  for (const auto& rules : settings.spam.rules)
    if (rules.enabled)
      tree[paths.spamassassin / ("mailreeve-" + rules.name + ".cf")].bytes =
          "# " + values.texts.at("HEADER") + "\n" + rules.text +
          (rules.text.ends_with('\n') ? "" : "\n");
  return addFile(tree,
                 paths.spamdDefaults,
                 templates.read("spamassassin/spamd.tpl"),
                 values);
}

}  // namespace

Result<RenderedTree> renderSpam(const config::Settings& settings,
                                const Facts& facts,
                                const TemplateSource& templates) {
  RenderedTree tree;
  const auto& spam = settings.spam;
  if (spam.enabled && spam.server.empty())
    if (auto done = addSpamd(tree, settings, facts, templates); !done)
      return std::move(done).error();
  const auto values = commonValues(settings, facts);
  const auto scripts = facts.paths.dovecot / "mailreeve";
  std::vector<std::string> names;
  if (spam.enabled && spam.junkFolder) names.emplace_back("spam-to-junk");
  if (spam.enabled && spam.reporting.junkMoves) {
    names.emplace_back("report-spam");
    names.emplace_back("report-ham");
  }
  for (const auto& name : names)
    if (auto done = addFile(tree,
                            scripts / (name + ".sieve"),
                            templates.read("dovecot/" + name + ".sieve.tpl"),
                            values);
        !done)
      return std::move(done).error();
  return tree;
}

}  // namespace mailreeve::apply
