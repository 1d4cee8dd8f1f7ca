// clamd.conf and freshclam.conf where the settings say that they are ours, and
// the words of the notices about viruses.
#include "core/base/text.h"
#include "mgmtd/apply/render.h"

namespace mailreeve::apply {

namespace {

using config::Antivirus;

// An archive may hold this much more than the message that brings it.
constexpr std::int64_t kUnpacked = 4;

// A scan may begin so many seconds before milterd waits for it: other checks
// wait for name servers first. It is milterd that gives up, never clamd.
constexpr std::int64_t kHeadStart = 120;

std::string yesNo(bool value) {
  return value ? "yes" : "no";
}

// milterd knows such an alert from a virus; an ICAP server that asks this clamd
// does not.
bool alertsOnLimits(const Antivirus& a) {
  return a.clamd.blockOverLimits || a.engine == config::AntivirusEngine::Clamav;
}

// Connections that wait count as well: twice as many as messages.
TemplateValues clamdValues(const config::Settings& settings,
                           const Facts& facts) {
  const Antivirus& a = settings.antivirus;
  auto values = commonValues(settings, facts);
  values.texts.merge(std::map<std::string, std::string>{
      {"SOCKET", a.clamd.socket},
      {"SCANS", std::to_string(a.maxScans)},
      {"THREADS", std::to_string(a.maxScans + 2)},
      {"QUEUE", std::to_string(2 * (a.maxScans + 2) + 20)},
      {"TIME_LIMIT", std::to_string(a.timeLimitSeconds)},
      {"SCAN_TIME", std::to_string((a.timeLimitSeconds + kHeadStart) * 1000)},
      {"MAX_SIZE", std::to_string(a.maxScanSize)},
      {"MAX_TOTAL", std::to_string(a.maxScanSize * kUnpacked)},
      {"BLOCK_ENCRYPTED", yesNo(a.clamd.blockEncrypted)},
      {"BLOCK_MACROS", yesNo(a.clamd.blockMacros)},
      {"ALERT_LIMITS", yesNo(alertsOnLimits(a))},
      {"DETECT_UNWANTED", yesNo(a.clamd.detectUnwanted)},
      {"PHISHING", yesNo(a.clamd.phishing)},
  });
  return values;
}

TemplateValues freshclamValues(const config::Settings& settings,
                               const Facts& facts) {
  const auto& updates = settings.antivirus.updates;
  const bool own = !updates.privateMirrors.empty();
  auto values = commonValues(settings, facts);
  values.texts["CLAMAV"] = kClamav;
  values.texts["CHECKS"] = std::to_string(updates.checksPerDay);
  values.show("AUTOMATIC", updates.checksPerDay > 0);
  values.show("OFFICIAL", updates.official && !own);
  values.show("UNOFFICIAL", !updates.official);
  values.repeat("PRIVATE", "MIRROR", updates.privateMirrors);
  values.repeat(
      "MIRRORS", "MIRROR", own ? std::vector<std::string>() : updates.mirrors);
  values.repeat("DATABASES", "URL", updates.databases);
  return values;
}

// A notice keeps its markers: they are filled when there is something to tell.
// Filled once now, so that a marker nobody knows is found by apply and not by
// the first virus.
Result<Done> addNotice(RenderedTree& tree,
                       const std::string& name,
                       const std::vector<std::string>& markers,
                       const TemplateValues& common,
                       const Facts& facts,
                       const TemplateSource& templates) {
  auto source = templates.read("notices/" + name);
  if (!source) return std::move(source).error();
  TemplateValues sample;
  for (const std::string marker : {"HEADER", "HOSTNAME"})
    sample.texts[marker] = common.texts.at(marker);
  for (const auto& marker : markers) {
    sample.texts[marker] = marker;
    sample.show(marker, true);
  }
  auto filled = expand(*source, sample);
  if (!filled) return std::move(filled).error();
  if (filled->find("\nSubject:") == std::string::npos)
    return Error{ErrorCode::Invalid, source->name + ": no line \"Subject:\""};
  tree[facts.paths.noticeTemplates() / "notices" / name].bytes =
      replaceAll(source->text, "{{HEADER}}", common.texts.at("HEADER"));
  return Done{};
}

Result<Done> addNotices(RenderedTree& tree,
                        const config::Settings& settings,
                        const Facts& facts,
                        const TemplateSource& templates) {
  const Antivirus& a = settings.antivirus;
  if (a.engine == config::AntivirusEngine::None) return Done{};
  const auto common = commonValues(settings, facts);
  if (a.notifyRecipients) {
    auto added = addNotice(
        tree,
        "virus.txt.tpl",
        {"SENDER", "SUBJECT", "VIRUS", "DATE", "QUARANTINED", "DELETED"},
        common,
        facts,
        templates);
    if (!added) return added;
  }
  if (!a.warnTo.empty())
    return addNotice(tree,
                     "antivirus-engine.txt.tpl",
                     {"SERVER", "REASON", "DOWN", "BACK"},
                     common,
                     facts,
                     templates);
  return Done{};
}

}  // namespace

Result<RenderedTree> renderAntivirus(const config::Settings& settings,
                                     const Facts& facts,
                                     const TemplateSource& templates) {
  RenderedTree tree;
  const auto& directory = kClamav;
  Result<Done> added = addNotices(tree, settings, facts, templates);
  if (added && settings.antivirus.clamd.manage)
    added = addFile(tree,
                    directory / "clamd.conf",
                    templates.read("clamav/clamd.conf.tpl"),
                    clamdValues(settings, facts));
  if (added && settings.antivirus.updates.manage)
    added = addFile(tree,
                    directory / "freshclam.conf",
                    templates.read("clamav/freshclam.conf.tpl"),
                    freshclamValues(settings, facts));
  if (!added) return std::move(added).error();
  return tree;
}

}  // namespace mailreeve::apply
