// Each folder of tests/golden is one configuration: yaml/ as an administrator
// would write it and want/ as it must be rendered. What differs is written
// beside it as *.got; with MAILREEVE_GOLDEN=accept it becomes what is wanted.
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include "core/base/file.h"
#include "core/config/load.h"
#include "mgmtd/apply/render.h"

namespace mailreeve::apply {

namespace fs = std::filesystem;

namespace {

const fs::path kGolden = "../../golden";

bool accepting() {
  const char* const wish = std::getenv("MAILREEVE_GOLDEN");
  return wish != nullptr && std::string(wish) == "accept";
}

RenderedTree renderFolder(const fs::path& folder) {
  const auto loaded = config::load(folder / "yaml");
  for (const auto& problem : loaded.problems) FAIL_CHECK(problem.text());
  auto facts = gatherFacts(Paths{});
  REQUIRE(facts);
  facts->generation = 1;
  auto tree = render(loaded.settings, *facts, {{"../../../templates"}});
  REQUIRE_MESSAGE(tree, (tree ? "" : tree.error().what));
  return *tree;
}

void compare(const fs::path& want, const std::string& bytes) {
  const fs::path got = want.string() + ".got";
  const auto known = readFile(want);
  if (known && *known == bytes) {
    fs::remove(got);
    return;
  }
  REQUIRE(makeDirectories(want.parent_path()));
  REQUIRE(replaceFile(accepting() ? want : got, bytes));
  if (!accepting()) FAIL_CHECK(want.string() << " differs from " << got);
}

// A file that is wanted and not rendered.
void findMissing(const fs::path& want, const RenderedTree& tree) {
  if (!fs::exists(want)) return;
  for (const auto& entry : fs::recursive_directory_iterator(want)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".got")
      continue;
    const auto path = "/" / entry.path().lexically_relative(want);
    if (tree.contains(path)) continue;
    if (accepting())
      fs::remove(entry.path());
    else
      FAIL_CHECK(entry.path().string() << " is not rendered");
  }
}

}  // namespace

TEST_CASE("every golden configuration renders to what is wanted") {
  std::size_t folders = 0;
  for (const auto& entry : fs::directory_iterator(kGolden)) {
    if (!fs::exists(entry.path() / "yaml")) continue;
    const std::string folder = entry.path().filename();
    CAPTURE(folder);
    ++folders;
    const auto tree = renderFolder(entry.path());
    const auto want = entry.path() / "want";
    for (const auto& [path, file] : tree)
      compare(below(want, path), file.bytes);
    findMissing(want, tree);
  }
  CHECK(folders >= 7);
}

}  // namespace mailreeve::apply
