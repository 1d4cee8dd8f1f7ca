// The commands of mgmtctl: each adds itself to the program and, when chosen,
// sets context.run. One file each.
#pragma once

#include "mgmtd/cli/context.h"

namespace mailreeve::cli {

void addInit(CLI::App& app, Context& context);
void addExplain(CLI::App& app, Context& context);
void addTest(CLI::App& app, Context& context);
void addSettings(CLI::App& app, Context& context);  // show, check, effective
void addSchema(CLI::App& app, Context& context);
void addPlan(CLI::App& app, Context& context);
void addApply(CLI::App& app, Context& context);
void addConfirm(CLI::App& app, Context& context);  // confirm, guard
void addRollback(CLI::App& app, Context& context);
void addGenerations(CLI::App& app, Context& context);
void addRecover(CLI::App& app, Context& context);
void addTables(CLI::App& app, Context& context);  // alias, bcc
void addList(CLI::App& app, Context& context);
void addAdvise(CLI::App& app, Context& context);
void addAccount(CLI::App& app, Context& context);
void addDkim(CLI::App& app, Context& context);
void addUsage(CLI::App& app, Context& context);
void addLog(CLI::App& app, Context& context);
void addQuarantine(CLI::App& app, Context& context);
void addSpam(CLI::App& app, Context& context);
void addLogRecords(CLI::App& log, Context& context);  // mail, security
void addTrace(CLI::App& app, Context& context);
void addDmarc(CLI::App& app, Context& context);
void addJob(CLI::App& app, Context& context);
void addStatus(CLI::App& app, Context& context);
void addAntivirus(CLI::App& app, Context& context);
void addComplete(CLI::App& app, Context& context);

}  // namespace mailreeve::cli
