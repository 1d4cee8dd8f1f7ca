// Settings to files: the whole configuration of Postfix and Dovecot.
//
// Rendering is pure: the same settings, facts and templates give the same
// tree, and nothing on the host is asked or changed.
#pragma once

#include "core/config/settings.h"
#include "mgmtd/apply/facts.h"
#include "mgmtd/apply/template.h"
#include "mgmtd/apply/tree.h"

namespace mailreeve::apply {

// /etc/mailreeve/templates before the ones that were installed.
[[nodiscard]] TemplateSource templatesOf(const Paths& paths);

[[nodiscard]] Result<RenderedTree> render(const config::Settings& settings,
                                          const Facts& facts,
                                          const TemplateSource& templates);

// The parts of `render`.
[[nodiscard]] Result<RenderedTree> renderPostfix(
    const config::Settings& settings,
    const Facts& facts,
    const TemplateSource& templates);
[[nodiscard]] Result<RenderedTree> renderDovecot(
    const config::Settings& settings,
    const Facts& facts,
    const TemplateSource& templates);

[[nodiscard]] Result<RenderedTree> renderSpam(const config::Settings& settings,
                                              const Facts& facts,
                                              const TemplateSource& templates);
// ClamAV's own directory: Debian's.
inline const std::filesystem::path kClamav = "/etc/clamav";

[[nodiscard]] Result<RenderedTree> renderAntivirus(
    const config::Settings& settings,
    const Facts& facts,
    const TemplateSource& templates);

// What every template may use: HEADER, HOSTNAME, paths, TLS.
[[nodiscard]] TemplateValues commonValues(const config::Settings& settings,
                                          const Facts& facts);

// Puts `source`, as it was read, into the tree at `path`, filled with `values`.
[[nodiscard]] Result<Done> addFile(RenderedTree& tree,
                                   const std::filesystem::path& path,
                                   const Result<Template>& source,
                                   const TemplateValues& values);

}  // namespace mailreeve::apply
