#include "mgmtd/dmarc/aggregate_xml.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/text.h"
#include "core/base/unix_time.h"

namespace mailreeve::dmarc {

namespace {

// Rows hold UTF-8 without control characters. U+FFFE and U+FFFF are left, which
// no document may hold.
std::string escaped(std::string text) {
  for (const char* none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    text = replaceAll(std::move(text), none, "?");
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

// The document as it grows, two blanks for each level.
class Xml {
 public:
  void open(std::string_view name, std::string_view attributes = {}) {
    indent();
    out_ += '<';
    out_ += name;
    out_ += attributes;
    out_ += ">\n";
    ++depth_;
  }

  void close(std::string_view name) {
    --depth_;
    indent();
    out_ += "</";
    out_ += name;
    out_ += ">\n";
  }

  void text(std::string_view name, const std::string& value) {
    indent();
    out_ += '<';
    out_ += name;
    out_ += '>' + escaped(value) + "</";
    out_ += name;
    out_ += ">\n";
  }

  void textIfAny(std::string_view name, const std::string& value) {
    if (!value.empty()) text(name, value);
  }

  std::string take() && { return std::move(out_); }

 private:
  void indent() { out_.append(static_cast<std::size_t>(depth_) * 2, ' '); }

  std::string out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  int depth_ = 0;
};

template <std::size_t Size>
std::string oneOf(const std::string& word,
                  const std::array<std::string_view, Size>& words,
                  std::string_view otherwise) {
  const bool known = std::find(words.begin(), words.end(), word) != words.end();
  return known ? word : std::string(otherwise);
}

std::string seconds(TimePoint time) {
  return std::to_string(toSeconds(time));
}

void addMetadata(Xml& xml,
                 const Reporter& reporter,
                 const store::DmarcReport& report) {
  xml.open("report_metadata");
  xml.text("org_name", reporter.organisation);
  xml.text("email", reporter.email);
  xml.textIfAny("extra_contact_info", reporter.contact);
  xml.text("report_id", report.reportId);
  xml.open("date_range");
  xml.text("begin", seconds(report.begin));
  xml.text("end", seconds(report.end));
  xml.close("date_range");
  if (report.published.treeWalk)
    xml.text("generator", "Mailreeve " MAILREEVE_VERSION);
  xml.close("report_metadata");
}

void addPublished(Xml& xml, const store::DmarcPublished& published) {
  xml.open("policy_published");
  xml.text("domain", published.domain);
  if (published.treeWalk) {
    xml.textIfAny("p", published.p);
    xml.textIfAny("sp", published.sp);
    xml.textIfAny("np", published.np);
    xml.textIfAny("adkim", published.adkim);
    xml.textIfAny("aspf", published.aspf);
    xml.text("discovery_method", "treewalk");
    xml.textIfAny("fo", published.fo);
    xml.text("testing", published.testing ? "y" : "n");
  } else {
    xml.text("adkim", published.adkim);
    xml.text("aspf", published.aspf);
    xml.text("p", published.p);
    xml.text("sp", published.sp.empty() ? published.p : published.sp);
    xml.text("pct", std::to_string(published.pct));
    xml.text("fo", published.fo);
  }
  xml.close("policy_published");
}

void addRow(Xml& xml, const store::DmarcCount& row, bool modern) {
  const auto& result = row.result;
  const bool passed = result.dkimAligned || result.spfAligned;
  xml.open("row");
  xml.text("source_ip", result.sourceIp);
  xml.text("count", std::to_string(row.count));
  xml.open("policy_evaluated");
  std::string disposition =
      oneOf(result.disposition,
            std::array<std::string_view, 3>{"none", "quarantine", "reject"},
            "none");
  if (modern && passed && disposition == "none") disposition = "pass";
  xml.text("disposition", disposition);
  xml.text("dkim", result.dkimAligned ? "pass" : "fail");
  xml.text("spf", result.spfAligned ? "pass" : "fail");
  if (!result.overrideType.empty()) {
    xml.open("reason");
    if (modern)
      xml.text("type",
               oneOf(result.overrideType,
                     std::array<std::string_view, 5>{"local_policy",
                                                     "mailing_list",
                                                     "other",
                                                     "policy_test_mode",
                                                     "trusted_forwarder"},
                     "other"));
    else
      xml.text("type",
               oneOf(result.overrideType,
                     std::array<std::string_view, 6>{"forwarded",
                                                     "sampled_out",
                                                     "trusted_forwarder",
                                                     "mailing_list",
                                                     "local_policy",
                                                     "other"},
                     "other"));
    xml.textIfAny("comment", result.overrideComment);
    xml.close("reason");
  }
  xml.close("policy_evaluated");
  xml.close("row");
}

void addResults(Xml& xml, const store::DmarcResult& result, bool modern) {
  constexpr std::array<std::string_view, 7> kDkim{
      "none", "pass", "fail", "policy", "neutral", "temperror", "permerror"};
  constexpr std::array<std::string_view, 7> kSpf{
      "none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"};
  xml.open("auth_results");
  for (const auto& signature : result.signatures) {
    xml.open("dkim");
    xml.text("domain", signature.domain);
    if (modern)
      xml.text("selector", signature.selector);
    else
      xml.textIfAny("selector", signature.selector);
    xml.text("result", oneOf(signature.result, kDkim, "permerror"));
    xml.textIfAny("human_result", signature.problem);
    xml.close("dkim");
  }
  // RFC 7489 wants one, RFC 9990 has it for MAIL FROM alone.
  if (!modern || result.spfScope != "helo") {
    xml.open("spf");
    xml.text("domain", result.spfDomain);
    xml.text("scope", modern || result.spfScope != "helo" ? "mfrom" : "helo");
    xml.text("result", oneOf(result.spfResult, kSpf, "none"));
    xml.close("spf");
  }
  xml.close("auth_results");
}

void addRecord(Xml& xml, const store::DmarcCount& row, bool modern) {
  xml.open("record");
  addRow(xml, row, modern);
  xml.open("identifiers");
  // RFC 9990 gives the order; RFC 7489 takes any.
  if (modern) xml.text("header_from", row.result.headerFrom);
  xml.textIfAny("envelope_to", row.result.envelopeTo);
  if (modern)
    xml.textIfAny("envelope_from", row.result.envelopeFrom);
  else
    xml.text("envelope_from", row.result.envelopeFrom);
  if (!modern) xml.text("header_from", row.result.headerFrom);
  xml.close("identifiers");
  addResults(xml, row.result, modern);
  xml.close("record");
}

}  // namespace

std::string aggregateXml(const Reporter& reporter,
                         const store::DmarcReport& report,
                         const std::vector<store::DmarcCount>& rows) {
  const bool modern = report.published.treeWalk;
  Xml xml;
  xml.open("feedback",
           modern ? " xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\"" : "");
  xml.text("version", "1.0");
  addMetadata(xml, reporter, report);
  addPublished(xml, report.published);
  for (const auto& row : rows) addRecord(xml, row, modern);
  xml.close("feedback");
  return std::move(xml).take();
}

}  // namespace mailreeve::dmarc
