// The reference page mailreeve.yaml(5), in mdoc(7).
#include "core/base/text.h"
#include "core/config/describe.h"
#include "core/config/load.h"
#include "core/config/text_kinds.h"

namespace mailreeve::config {

namespace {

// Text as mdoc wants it: no line may start like a request.
std::string escaped(std::string_view text) {
  std::string out = replaceAll(std::string(text), "\\", "\\e");
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

// Each sentence on its own line, none much over 78 bytes, as mandoc asks.
std::string paragraph(std::string_view text) {
  constexpr std::size_t kWidth = 78;
  std::string out;
  std::size_t column = 0;
  bool sentenceEnded = false;
  for (const auto word : split(text, ' ')) {
    if (word.empty()) continue;
    const bool full = column + 1 + word.size() > kWidth;
    if (column > 0) out += full || sentenceEnded ? '\n' : ' ';
    if (full || sentenceEnded) column = 0;
    const std::string safe = column == 0
                                 ? escaped(word)
                                 : replaceAll(std::string(word), "\\", "\\e");
    out += safe;
    column += safe.size() + 1;
    sentenceEnded = word.ends_with('.');
  }
  return out + "\n";
}

class Reference final : public Fields {
 public:
  std::string out;

  void boolean(const Field& field, bool& value) override {
    item(field, "true or false", value ? "true" : "false");
  }

  void integer(const Field& field, std::int64_t& value, Range range) override {
    item(field, number(range), std::to_string(value));
  }

  void size(const Field& field, std::int64_t& value, Range) override {
    item(field, "size", formatSize(static_cast<std::uint64_t>(value)));
  }

  void decimal(const Field& field,
               Decimal& value,
               DecimalRange range) override {
    item(field, number(range), value.text());
  }

  void text(const Field& field, std::string& value, TextKind kind) override {
    item(field, std::string(kindName(kind)), value);
  }

  void texts(const Field& field,
             std::vector<std::string>& values,
             TextKind kind) override {
    item(field, "list of " + std::string(kindName(kind)), join(values, ", "));
  }

  void extra(const Field& field, Extra&) override {
    item(field,
         "map of settings; a value may be {file: PATH} or {env: NAME}",
         "");
  }

  void choice(const Field& field,
              std::size_t& index,
              const std::vector<std::string_view>& names) override {
    std::string all;
    for (const auto name : names)
      all.append(all.empty() ? "" : ", ").append(name);
    item(field, "one of " + all, std::string(names.at(index)));
  }

  void group(const Field& field,
             const std::function<void(Fields&)>& describe) override {
    nested(field, "map", [&] { describe(*this); });
  }

  void list(const Field& field, ListAccess& items, std::string_view) override {
    items.append();
    nested(field, "list of maps", [&] {
      items.describe(items.size() - 1, *this);
    });
  }

  void optionalBoolean(const Field& field, std::optional<bool>&) override {
    item(field, "true or false", "");
  }

  void optionalInteger(const Field& field,
                       std::optional<std::int64_t>&,
                       Range range) override {
    item(field, number(range), "");
  }

  void optionalSize(const Field& field,
                    std::optional<std::int64_t>&,
                    Range) override {
    item(field, "size", "");
  }

  void optionalDecimal(const Field& field,
                       std::optional<Decimal>&,
                       DecimalRange range) override {
    item(field, number(range), "");
  }

  void optionalTexts(const Field& field,
                     std::optional<std::vector<std::string>>&,
                     TextKind kind) override {
    std::vector<std::string> none;
    texts(field, none, kind);
  }

 private:
  static std::string number(Range range) {
    return "number, " + std::to_string(range.least) + " to " +
           std::to_string(range.most);
  }

  static std::string number(DecimalRange range) {
    return "number, " + range.least.text() + " to " + range.most.text();
  }

  void item(const Field& field,
            const std::string& type,
            const std::string& standard) {
    out += ".It Ic " + std::string(field.key) + "\n";
    std::string facts = "(" + type;
    if (field.required) facts += "; required";
    if (!standard.empty()) facts += "; default " + standard;
    out += paragraph(facts + ")") + paragraph(field.help);
  }

  void nested(const Field& field,
              const std::string& type,
              const std::function<void()>& fields) {
    if (depth_ == 0) {
      out += ".Ss " + std::string(field.key) + "\n" + paragraph(field.help) +
             ".Bl -tag -width Ds\n";
    } else {
      item(field, type, "");
      out += ".Bl -tag -width Ds\n";
    }
    ++depth_;
    fields();
    --depth_;
    out += ".El\n";
  }

  int depth_ = 0;
};

constexpr std::string_view kHead =
    R"(.Dd $Mdocdate$
.Dt MAILREEVE.YAML 5
.Os
.Sh NAME
.Nm mailreeve.yaml
.Nd settings of a mail system governed by Mailreeve
.Sh SYNOPSIS
.Bl -item -compact
.It
.Pa /etc/mailreeve/*.yaml
.It
.Pa /etc/mailreeve/domains/*.yaml
.It
.Pa /etc/mailreeve/managed/*.yaml
.El
.Sh DESCRIPTION
All files are read together, in the order of their names, and take effect with
.Xr mgmtctl 1
.Cm apply ,
never before.
Maps that several files hold are joined key by key, lists of maps one after the
other; any other key that is set twice is an error, and so is a key that is not
described here.
A file in
.Pa domains
holds one element of
.Ic domains ;
a domain that several files describe is joined from them.
No program ever rewrites the files outside
.Pa managed .
.Pp
A size is a number of bytes, or a number followed by K, M or G
.Pq powers of 1024 .
Numbers do not start with 0.
A secret is given as
.Li {file: PATH}
or
.Li {env: NAME} ;
it is read by
.Cm apply
and never shown.
.Sh SETTINGS
)";

constexpr std::string_view kTail = R"(.Sh SEE ALSO
.Xr mgmtctl 1 ,
.Xr mgmtd 8 ,
.Xr milterd 8 ,
.Xr policyd 8
)";

}  // namespace

std::string referencePage() {
  Settings settings;
  Reference walk;
  describe(walk, settings);
  return std::string(kHead) + walk.out + std::string(kTail);
}

}  // namespace mailreeve::config
