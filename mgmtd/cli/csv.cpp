#include "mgmtd/cli/csv.h"

#include "core/base/text.h"

namespace mailreeve::cli {

namespace {

// Takes the text apart into records of fields, line by line of the file.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool atEnd() const { return rest_.empty(); }

  // False for one whose quotes are wrong; it ends with its line then.
  bool record(CsvRecord& out) {
    out = {line_, {}};
    for (;;) {
      out.fields.emplace_back();
      const bool good = !rest_.empty() && rest_.front() == '"'
                            ? quoted(out.fields.back())
                            : plain(out.fields.back());
      if (!good) {
        skipLine();
        return false;
      }
      if (rest_.empty() || rest_.front() != ',') break;
      rest_.remove_prefix(1);
    }
    endLine();
    return true;
  }

 private:
  bool plain(std::string& field) {
    const std::size_t end = rest_.find_first_of(",\r\n");
    field = rest_.substr(0, end);
    rest_.remove_prefix(field.size());
    return field.find('"') == std::string::npos;
  }

  bool quoted(std::string& field) {
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\n') ++line_;
      if (c != '"') {
        field += c;
      } else if (!rest_.empty() && rest_.front() == '"') {
        field += '"';
        rest_.remove_prefix(1);
      } else {
        return rest_.empty() || std::string_view(",\r\n").find(rest_.front()) !=
                                    std::string_view::npos;
      }
    }
    return false;  // The closing quote is missing.
  }

  void endLine() {
    if (!rest_.empty() && rest_.front() == '\r') rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() == '\n') rest_.remove_prefix(1);
    ++line_;
  }

  void skipLine() {
    const std::size_t end = rest_.find('\n');
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
    endLine();
  }

  std::string_view rest_;
  std::size_t line_ = 1;
};

}  // namespace

CsvTable parseCsv(std::string_view text, std::vector<CsvProblem>& problems) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // As spreadsheets write.
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  Reader reader(text);
  CsvTable table;
  while (!reader.atEnd()) {
    CsvRecord record;
    const bool good = reader.record(record);
    if (!good) {
      problems.push_back({record.line, "a quote is missing or out of place"});
    } else if (record.fields.size() == 1 && record.fields[0].empty()) {
      continue;
    } else if (table.columns.empty()) {
      for (const auto& name : record.fields)
        table.columns.push_back(lower(trim(name)));
    } else if (record.fields.size() != table.columns.size()) {
      problems.push_back({record.line,
                          std::to_string(record.fields.size()) +
                              " fields instead of " +
                              std::to_string(table.columns.size())});
    } else {
      table.records.push_back(std::move(record));
    }
  }
  return table;
}

std::string csvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    std::string field = fields[i];
    if (!field.empty() && std::string_view("=+-@\t\r").find(field.front()) !=
                              std::string_view::npos)
      field.insert(0, "'");
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"' + replaceAll(std::move(field), "\"", "\"\"") + '"';
  }
  return line + "\r\n";
}

}  // namespace mailreeve::cli
