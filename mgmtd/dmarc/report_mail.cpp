#include "mgmtd/dmarc/report_mail.h"

#include "core/auth/base64.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "core/base/unix_time.h"

namespace mailreeve::dmarc {

namespace {

constexpr std::size_t kBase64Line = 76;

std::string seconds(TimePoint time) {
  return std::to_string(toSeconds(time));
}

// Folded where a name would make the line too long; every part is one word.
std::string subject(const std::string& host, const store::DmarcReport& report) {
  return "Report Domain: " + report.published.domain +
         "\r\n Submitter: " + host + "\r\n Report-ID: <" + report.reportId +
         ">";
}

std::string lines(const std::string& base64) {
  std::string out;
  for (std::size_t at = 0; at < base64.size(); at += kBase64Line)
    out += base64.substr(at, kBase64Line) + "\r\n";
  return out;
}

}  // namespace

std::string reportFileName(const std::string& host,
                           const store::DmarcReport& report) {
  return host + "!" + report.published.domain + "!" + seconds(report.begin) +
         "!" + seconds(report.end) + "!" + report.reportId + ".xml.gz";
}

std::string reportMail(const Reporter& reporter,
                       const std::string& host,
                       const std::string& to,
                       const store::DmarcReport& report,
                       const std::string& compressed) {
  const std::string boundary = "report-" + report.reportId;
  const std::string file = reportFileName(host, report);
  std::string out;
  const auto line = [&out](const std::string& text) { out += text + "\r\n"; };
  line("Date: " + utcMailDate(report.made));
  line("From: <" + printable(reporter.email) + ">");
  line("To: <" + printable(to) + ">");
  line("Subject: " + subject(host, report));
  line("Message-ID: <dmarc." + report.reportId + "@" + host + ">");
  line("Auto-Submitted: auto-generated");
  line("MIME-Version: 1.0");
  line("Content-Type: multipart/mixed; boundary=\"" + boundary + "\"");
  line("");
  line("--" + boundary);
  line("Content-Type: text/plain; charset=us-ascii");
  line("");
  line("This is a DMARC aggregate report for " + report.published.domain +
       " about");
  line(std::to_string(report.messages) + " messages that " + host +
       " received from");
  line(utcMailDate(report.begin) + " to");
  line(utcMailDate(report.end) + ".");
  line("It is attached, for a program to read.");
  line("");
  line("--" + boundary);
  line("Content-Type: application/gzip;");
  line(" name=\"" + file + "\"");
  line("Content-Transfer-Encoding: base64");
  line("Content-Disposition: attachment;");
  line(" filename=\"" + file + "\"");
  line("");
  out += lines(auth::encodeBase64(compressed));
  line("--" + boundary + "--");
  return out;
}

}  // namespace mailreeve::dmarc
