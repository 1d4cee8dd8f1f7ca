#include "core/scan/icap_request.h"

#include <array>
#include <charconv>

namespace mailreeve::scan {

namespace {

// A message has no URL. Some engines choose by the file's name how to look.
constexpr std::string_view kUrl = "http://mail.invalid/message.eml";
constexpr std::string_view kTyped =
    "Host: mail.invalid\r\nContent-Type: message/rfc822\r\n\r\n";

std::string head(std::string_view method,
                 const std::string& uri,
                 const IcapService& service) {
  std::string out;
  out.append(method).append(" ").append(uri).append(" ICAP/1.0\r\n");
  out += "Host: " + service.server.text() + "\r\n";
  out += "User-Agent: Mailreeve\r\n";
  return out;
}

}  // namespace

std::string optionsRequest(const std::string& uri, const IcapService& service) {
  return head("OPTIONS", uri, service) + "Encapsulated: null-body=0\r\n\r\n";
}

std::string scanRequest(const std::string& uri,
                        const IcapService& service,
                        std::optional<std::size_t> preview) {
  std::string request;
  std::string answer;
  std::string encapsulated;
  if (service.method == IcapMethod::Request) {
    request.append("POST ").append(kUrl).append(" HTTP/1.1\r\n");
    request.append(kTyped);
    encapsulated = "req-hdr=0, req-body=" + std::to_string(request.size());
  } else {
    request.append("GET ").append(kUrl).append(" HTTP/1.1\r\n");
    request.append("Host: mail.invalid\r\n\r\n");
    answer = "HTTP/1.1 200 OK\r\nContent-Type: message/rfc822\r\n\r\n";
    encapsulated =
        "req-hdr=0, res-hdr=" + std::to_string(request.size()) +
        ", res-body=" + std::to_string(request.size() + answer.size());
  }
  std::string out =
      head(service.method == IcapMethod::Request ? "REQMOD" : "RESPMOD",
           uri,
           service);
  out += "Allow: 204\r\n";
  if (preview) out += "Preview: " + std::to_string(*preview) + "\r\n";
  return out + "Encapsulated: " + encapsulated + "\r\n\r\n" + request + answer;
}

void appendChunk(std::string& to, std::string_view bytes) {
  std::array<char, 20> size{};
  const auto [end, problem] =
      std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16);
  to.append(size.data(), end).append("\r\n").append(bytes).append("\r\n");
}

}  // namespace mailreeve::scan
