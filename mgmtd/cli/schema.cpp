// mgmtctl schema: the JSON Schema for editors, or the reference page.
#include <iostream>
#include <memory>

#include "core/config/load.h"
#include "mgmtd/cli/commands.h"

namespace mailreeve::cli {

namespace {

struct Options {
  bool domain = false;
  bool page = false;
};

Exit schema(const Options& options) {
  if (options.page)
    std::cout << config::referencePage();
  else
    std::cout << config::schema(options.domain ? config::SchemaOf::DomainFile
                                               : config::SchemaOf::Settings);
  return Exit::Done;
}

}  // namespace

void addSchema(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "schema", "Print the JSON Schema of the YAML, for editors");
  auto options = std::make_shared<Options>();
  command->add_flag(
      "--domain", options->domain, "The schema of a file in domains/ instead");
  command->add_flag(
      "--man", options->page, "The reference page mailreeve.yaml(5) instead");
  command->callback([&context, options] {
    context.run = [options] { return schema(*options); };
  });
}

}  // namespace mailreeve::cli
