// What of main.cf and master.cf decides whom Postfix listens to: restrictions
// (FEATURES B15-B17), postscreen (D8) and the clients of the lists (B14).
#pragma once

#include "core/config/settings.h"
#include "mgmtd/apply/facts.h"
#include "mgmtd/apply/template.h"
#include "mgmtd/apply/tree.h"

namespace mailreeve::apply {

void setAdmission(TemplateValues& mainValues,
                  const config::Settings& settings,
                  const Facts& facts);

// Whether postscreen refuses blocked clients by itself: it knows neither sender
// nor recipient, so where an allow entry by one of them may still win, refusing
// is left to policyd.
[[nodiscard]] bool postscreenBlocks(const config::Lists& lists);

// Tables of client addresses that main.cf then names. They are there, empty,
// also when nobody is listed: a daemon that starts between the files of one
// generation and the next finds what its main.cf names.
void addClientTables(RenderedTree& tree,
                     const config::Settings& settings,
                     const Facts& facts);

}  // namespace mailreeve::apply
