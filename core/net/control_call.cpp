// The calling side of a control socket: one connection, one request.
#include <utility>

#include "core/net/control.h"
#include "core/net/line_socket.h"
#include "core/net/unix_socket.h"

namespace mailreeve::net {

namespace {

using nlohmann::json;

ErrorCode codeOf(const json& answer) {
  const std::string name = answer.value("code", "internal");
  if (name == "invalid") return ErrorCode::Invalid;
  if (name == "not found") return ErrorCode::NotFound;
  if (name == "unavailable") return ErrorCode::Unavailable;
  return ErrorCode::Internal;
}

Error silent(const std::filesystem::path& path, LineSocket::Got got) {
  if (got == LineSocket::Got::Late)
    return {ErrorCode::Unavailable, path.string() + ": no answer in time"};
  if (got == LineSocket::Got::TooLong)
    return {ErrorCode::Internal, path.string() + ": the answer is too long"};
  return {ErrorCode::Unavailable, path.string() + ": closed without an answer"};
}

Result<json> decode(const std::filesystem::path& path,
                    const std::string& line) {
  json answer = json::parse(line, nullptr, false);
  const Error garbage{ErrorCode::Internal,
                      path.string() + ": the answer is no answer of ours"};
  if (!answer.is_object() || !answer.contains("ok") ||
      !answer["ok"].is_boolean())
    return garbage;
  if (answer["ok"].get<bool>()) return answer;
  const auto text = answer.find("error");
  if (text == answer.end() || !text->is_string()) return garbage;
  return Error{codeOf(answer), text->get<std::string>()};
}

}  // namespace

Result<json> call(const std::filesystem::path& path,
                  const json& request,
                  std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto socket = connectUnix(path, limit);
  if (!socket) return std::move(socket).error();
  LineSocket lines(std::move(*socket), ControlLimits{}.line);
  const std::string text =
      request.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  // A failed write is no verdict: the server may have refused and closed, and
  // its reason is then waiting to be read.
  (void)lines.write(text, deadline);
  std::string line;
  const auto got = lines.read(line, deadline);
  if (got != LineSocket::Got::Line) return silent(path, got);
  return decode(path, line);
}

}  // namespace mailreeve::net
