#include "core/config/expectations.h"

#include <algorithm>

#include "core/base/file.h"
#include "core/config/list_of.h"
#include "core/config/reader.h"
#include "core/config/yaml_tree.h"

namespace mailreeve::config {

namespace {

namespace fs = std::filesystem;

void describeExpected(Fields& f, Expected& e) {
  f.integer({"code", "SMTP reply code, such as 250 or 550.", "H3"},
            e.code,
            {200, 599});
  f.text({"enhanced", "Enhanced status code, such as 5.7.1.", "H3"},
         e.enhanced,
         TextKind::Free);
  f.text({"decided_by", "Name of the check or rule that decides.", "H3"},
         e.decidedBy,
         TextKind::Free);
  f.text({"body_contains", "Text in the body as it leaves.", "H3"},
         e.bodyContains,
         TextKind::Block);
  f.text({"body_lacks", "Text not in the body as it leaves.", "H3"},
         e.bodyLacks,
         TextKind::Block);
  f.text({"header_contains", "Text in a header line as it leaves.", "H3"},
         e.headerContains,
         TextKind::Free);
  f.optionalBoolean({"held", "Whether it is put into quarantine.", "H3"},
                    e.held);
  f.optionalTexts({"delivered", "Recipients to whom it is delivered.", "H3"},
                  e.delivered,
                  TextKind::Address);
  f.optionalTexts({"copies_to", "Addresses that get a blind copy.", "H3"},
                  e.copiesTo,
                  TextKind::Address);
  f.optionalTexts({"dropped", "Recipients for whom it is discarded.", "H3"},
                  e.dropped,
                  TextKind::Address);
}

void describeExpectation(Fields& f, Expectation& t) {
  f.text({"name", "What must hold, in words.", "H3", true},
         t.name,
         TextKind::Name);
  f.text({"from", "Envelope sender; empty: the null sender.", "H3"},
         t.from,
         TextKind::Address);
  f.texts({"to", "Envelope recipients.", "H3", true}, t.to, TextKind::Address);
  f.text({"client", "Address of the client.", "H3"}, t.client, TextKind::Ip);
  f.text({"client_name", "Name of that address in the DNS.", "H3"},
         t.clientName,
         TextKind::Free);
  f.text(
      {"helo", "What the client says in EHLO.", "H3"}, t.helo, TextKind::Free);
  f.text({"login", "Who logged in; empty: nobody.", "H3"},
         t.login,
         TextKind::Address);
  f.text({"message", "The message; default: a short one.", "H3"},
         t.message,
         TextKind::Block);
  f.text({"message_file", "The message as an .eml beside this file.", "H3"},
         t.messageFile,
         TextKind::Free);
  f.group({"expect", "What must happen.", "H3", true},
          [&](Fields& g) { describeExpected(g, t.expect); });
}

}  // namespace

Expectations parseExpectations(const Source& source) {
  Expectations out;
  std::size_t nodes = 0;
  const std::vector<Source> sources = {source};
  const auto root = parseYaml(source, 0, YamlLimits{}, nodes, out.problems);
  if (!root || root->kind == YamlNode::Kind::Null) return out;
  if (root->kind != YamlNode::Kind::Map) {
    out.problems.push_back(
        {source.name, root->line, root->column, "", "must be a map"});
    return out;
  }
  Positions positions;
  readMap(
      *root, sources, Secrets::Leave, positions, out.problems, [&](Fields& f) {
        listOf(f,
               {"tests", "Expectations.", "H3", true},
               out.tests,
               "test",
               describeExpectation);
      });
  for (auto& test : out.tests) test.file = source.name;
  return out;
}

Expectations loadExpectations(const fs::path& directory) {
  Expectations out;
  std::error_code problem;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(directory, problem), end;
       !problem && entry != end;
       entry.increment(problem))
    if (entry->path().extension() == ".yaml") files.push_back(entry->path());
  std::sort(files.begin(), files.end());

  for (const auto& path : files) {
    const auto text = readFile(path, YamlLimits{}.bytes);
    if (!text) {
      out.problems.push_back({path.string(), 0, 0, "", text.error().what});
      continue;
    }
    Expectations one = parseExpectations({path.string(), *text, false});
    std::move(
        one.tests.begin(), one.tests.end(), std::back_inserter(out.tests));
    std::move(one.problems.begin(),
              one.problems.end(),
              std::back_inserter(out.problems));
  }
  return out;
}

}  // namespace mailreeve::config
