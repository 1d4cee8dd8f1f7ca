// mgmtctl complete: for the shell's completion alone, so it is not listed.
#include "mgmtd/cli/complete.h"

#include <iostream>
#include <memory>

#include "mgmtd/cli/commands.h"

namespace mailreeve::cli {

const CLI::App* subcommand(const CLI::App& app, std::string_view name) {
  for (const auto* one : app.get_subcommands(nullptr))
    if (!one->get_name().empty() && one->get_name() == name) return one;
  return nullptr;
}

namespace {

// In `app`, its option groups, and the commands above it.
const CLI::Option* option(const CLI::App* app, const std::string& word) {
  for (; app != nullptr; app = app->get_parent()) {
    if (const auto* found = app->get_option_no_throw(word)) return found;
    for (const auto* group : app->get_subcommands(nullptr))
      if (group->get_name().empty())
        if (const auto* found = group->get_option_no_throw(word)) return found;
  }
  return nullptr;
}

}  // namespace

bool takesValue(const CLI::App& app, const std::string& word) {
  const auto* found = option(&app, word);
  return found != nullptr && found->get_expected_min() > 0 &&
         found->get_items_expected_min() > 0;
}

namespace {

void addOptions(const CLI::App& app, std::vector<std::string>& out) {
  for (const auto* one : app.get_options())
    for (const auto& name : one->get_lnames()) out.push_back("--" + name);
}

}  // namespace

std::vector<std::string> candidates(const CLI::App& app,
                                    const std::vector<std::string>& words) {
  const CLI::App* here = &app;
  bool value = false;  // The next word is an option's value.
  for (const auto& word : words) {
    if (value) {
      value = false;
    } else if (!word.empty() && word.front() == '-') {
      value = takesValue(*here, word);
    } else if (const auto* next = subcommand(*here, word)) {
      here = next;
    }
  }
  std::vector<std::string> out;
  if (value) return out;
  for (const auto* one : here->get_subcommands(nullptr)) {
    if (one->get_name().empty())
      addOptions(*one, out);  // An option group.
    else if (!one->get_group().empty())
      out.push_back(one->get_name());
  }
  for (const auto* above = here; above != nullptr; above = above->get_parent())
    addOptions(*above, out);
  return out;
}

void addComplete(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("complete", "For the shell");
  command->group("");
  auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("words", *words, "The words so far");
  command->callback([&app, &context, words] {
    context.run = [&app, words] {
      for (const auto& word : candidates(app, *words))
        std::cout << word << '\n';
      return Exit::Done;
    };
  });
}

}  // namespace mailreeve::cli
