// The only file that knows ctemplate. It keeps templates in a cache of its own
// by name and strip mode, and expands an unknown marker to nothing: hence the
// check before, and Template::StringToTemplate, which caches nothing.
#include "mgmtd/apply/template.h"

#include <algorithm>
#include <memory>
#include <set>

#include <ctemplate/template.h>

#include "core/base/file.h"
#include "core/base/text.h"

namespace mailreeve::apply {

namespace {

constexpr std::size_t kTemplateLimit = 1U << 20U;

struct Names {
  std::set<std::string> texts;
  std::set<std::string> sections;
};

// A section that is off has no values to learn names from: `empty` collects
// those, inside which every marker is taken as known.
void collect(const TemplateValues& values, Names& names) {
  for (const auto& [name, text] : values.texts) names.texts.insert(name);
  for (const auto& [name, rows] : values.sections) {
    names.sections.insert(name);
    for (const auto& row : rows) collect(row, names);
  }
}

bool isSection(char kind) {
  return kind == '#' || kind == '^';
}

// Reads the markers of a template in order and tells what is wrong with them.
class Scanner {
 public:
  Scanner(const Template& source, const TemplateValues& values)
      : source_(source) {
    collect(values, names_);
    for (const auto& [name, rows] : values.sections)
      if (rows.empty()) off_.insert(name);
  }

  [[nodiscard]] Result<Done> check() {
    const std::string& text = source_.text;
    for (std::size_t at = text.find("{{"); at != std::string::npos;
         at = text.find("{{", at)) {
      const auto end = text.find("}}", at);
      line_ += countLines(at);
      seen_ = at;
      if (end == std::string::npos) return wrong("{{ without }}");
      auto good = marker(text.substr(at + 2, end - at - 2));
      if (!good) return good;
      at = end + 2;
    }
    if (!open_.empty())
      return wrong("section " + open_.back() + " is not closed");
    return Done{};
  }

 private:
  [[nodiscard]] std::size_t countLines(std::size_t to) const {
    return static_cast<std::size_t>(
        std::count(source_.text.begin() + static_cast<std::ptrdiff_t>(seen_),
                   source_.text.begin() + static_cast<std::ptrdiff_t>(to),
                   '\n'));
  }

  [[nodiscard]] Error wrong(const std::string& what) const {
    return Error{ErrorCode::Invalid,
                 source_.name + ":" + std::to_string(line_) + ": " + what};
  }

  [[nodiscard]] Result<Done> marker(const std::string& inside) {
    if (inside.empty()) return wrong("empty marker");
    const char kind = inside.front();
    if (kind == '!') return Done{};
    if (isSection(kind)) return opened(inside.substr(1));
    if (kind == '/') return closed(inside.substr(1));
    if (insideOff() || names_.texts.contains(inside)) return Done{};
    return wrong("unknown marker {{" + inside + "}}" +
                 suggestion(inside, names_.texts));
  }

  [[nodiscard]] Result<Done> opened(const std::string& name) {
    if (!insideOff() && !names_.sections.contains(name))
      return wrong("unknown section " + name +
                   suggestion(name, names_.sections));
    open_.push_back(name);
    return Done{};
  }

  [[nodiscard]] Result<Done> closed(const std::string& name) {
    if (open_.empty() || open_.back() != name)
      return wrong("{{/" + name + "}} closes no open section");
    open_.pop_back();
    return Done{};
  }

  [[nodiscard]] bool insideOff() const {
    return std::any_of(open_.begin(), open_.end(), [&](const auto& name) {
      return off_.contains(name);
    });
  }

  [[nodiscard]] static std::string suggestion(
      const std::string& name, const std::set<std::string>& known) {
    const auto near = nearest(
        name, std::vector<std::string_view>(known.begin(), known.end()));
    return near.empty() ? "" : "; did you mean " + std::string(near) + "?";
  }

  const Template& source_;
  Names names_;
  std::set<std::string> off_;
  std::vector<std::string> open_;
  std::size_t line_ = 1;
  std::size_t seen_ = 0;
};

bool isLoneMarker(std::string_view line) {
  line = trim(line);
  if (line.size() < 5 || line.substr(0, 2) != "{{") return false;
  if (std::string_view("#/^!").find(line[2]) == std::string_view::npos)
    return false;
  return line.find("}}") == line.size() - 2;
}

// Sections open and close on lines of their own, which leave no trace.
std::string withoutLoneMarkerLines(const std::string& text) {
  std::string out;
  const auto lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool last = i + 1 == lines.size();
    if (isLoneMarker(lines[i]))
      out += trim(lines[i]);
    else
      out.append(lines[i]).append(last ? "" : "\n");
  }
  return out;
}

Result<Done> checkTexts(const TemplateValues& values) {
  for (const auto& [name, text] : values.texts)
    for (const char c : text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        return Error{ErrorCode::Invalid,
                     "the value of " + name + " holds a control character"};
  for (const auto& [name, rows] : values.sections)
    for (const auto& row : rows) {
      auto good = checkTexts(row);
      if (!good) return good;
    }
  return Done{};
}

void fill(ctemplate::TemplateDictionary& dictionary,
          const TemplateValues& values) {
  for (const auto& [name, text] : values.texts) dictionary.SetValue(name, text);
  for (const auto& [name, rows] : values.sections) {
    // {{^NAME}} is ctemplate's {{#NAME_OFF}}: see expand.
    if (rows.empty()) dictionary.ShowSection(name + "_OFF");
    for (const auto& row : rows)
      fill(*dictionary.AddSectionDictionary(name), row);
  }
}

// {{^NAME}}..{{/NAME}} becomes {{#NAME_OFF}}..{{/NAME_OFF}}.
std::string withInverted(const std::string& text) {
  std::string out;
  std::vector<bool> inverted;
  std::size_t from = 0;
  for (std::size_t at = text.find("{{"); at != std::string::npos;
       at = text.find("{{", at)) {
    const auto end = text.find("}}", at) + 2;
    out += text.substr(from, at - from);
    std::string marker = text.substr(at, end - at);
    const char kind = marker[2];
    if (isSection(kind)) inverted.push_back(kind == '^');
    if ((isSection(kind) || kind == '/') && inverted.back()) {
      if (kind == '^') marker[2] = '#';
      marker.insert(marker.size() - 2, "_OFF");
    }
    if (kind == '/') inverted.pop_back();
    out += marker;
    from = at = end;
  }
  return out + text.substr(from);
}

}  // namespace

Result<Template> TemplateSource::read(const std::string& name) const {
  for (const auto& directory : directories) {
    const auto path = directory / name;
    auto text = readFile(path, kTemplateLimit);
    if (text) return Template{path.string(), *std::move(text)};
    if (text.error().code != ErrorCode::NotFound)
      return std::move(text).error();
  }
  return Error{ErrorCode::NotFound,
               name + ": no such template in " +
                   (directories.empty() ? std::string("no directory")
                                        : directories.back().string())};
}

Result<std::string> expand(const Template& source,
                           const TemplateValues& values) {
  auto markers = Scanner(source, values).check();
  if (!markers) return std::move(markers).error();
  auto texts = checkTexts(values);
  if (!texts) return std::move(texts).error().within(source.name);

  const std::unique_ptr<ctemplate::Template> parsed(
      ctemplate::Template::StringToTemplate(
          withInverted(withoutLoneMarkerLines(source.text)),
          ctemplate::DO_NOT_STRIP));
  if (!parsed)
    return Error{ErrorCode::Invalid, source.name + ": not a template"};
  ctemplate::TemplateDictionary dictionary(source.name);
  fill(dictionary, values);
  std::string out;
  if (!parsed->Expand(&out, &dictionary))
    return Error{ErrorCode::Internal, source.name + ": does not expand"};
  return out;
}

}  // namespace mailreeve::apply
