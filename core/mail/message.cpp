#include "core/mail/message.h"

#include <utility>

#include "core/base/text.h"
#include "core/mail/header_block.h"

namespace mailreeve::mail {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

// Every LF without CR before it gets one.
std::string withCrlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  char previous = '\0';
  for (const char c : text) {
    if (c == '\n' && previous != '\r') out += '\r';
    out += c;
    previous = c;
  }
  return out;
}

}  // namespace

std::string Header::text() const {
  return unfold(value);
}

Message::Message(Envelope envelope,
                 std::vector<Header> headers,
                 Spool spool,
                 std::string_view bytes,
                 std::size_t bodyOffset)
    : envelope_(std::move(envelope)),
      headers_(std::move(headers)),
      spool_(std::move(spool)),
      bytes_(bytes),
      bodyOffset_(bodyOffset) {}

const Header* Message::header(std::string_view name) const {
  for (const auto& header : headers_)
    if (equalsIgnoringCase(header.name, name)) return &header;
  return nullptr;
}

std::vector<const Header*> Message::allHeaders(std::string_view name) const {
  std::vector<const Header*> found;
  for (const auto& header : headers_)
    if (equalsIgnoringCase(header.name, name)) found.push_back(&header);
  return found;
}

const MimeTree& Message::tree() const {
  const std::lock_guard lock(tree_->mutex);
  if (!tree_->tree) tree_->tree = MimeTree::parse(bytes_);
  return *tree_->tree;
}

Result<Done> MessageBuilder::addHeader(std::string_view name,
                                       std::string_view value) {
  if (bodyOffset_ != 0)
    return Error{ErrorCode::Internal, "a header after the body began"};
  std::string line(name);
  line += ':';
  line += withCrlf(value);
  line += kLineEnd;
  auto added = append(line);
  if (added) headers_.push_back({std::string(name), std::string(value)});
  return added;
}

Result<Done> MessageBuilder::appendBody(std::string_view chunk) {
  auto ended = endHeader();
  if (!ended) return ended;
  return append(chunk);
}

Result<Message> MessageBuilder::finish(Envelope envelope) && {
  auto ended = endHeader();
  if (!ended) return std::move(ended).error();
  auto bytes = spool_.view();
  if (!bytes) return std::move(bytes).error();
  return Message(std::move(envelope),
                 std::move(headers_),
                 std::move(spool_),
                 *bytes,
                 bodyOffset_);
}

Result<Done> MessageBuilder::append(std::string_view bytes) {
  auto added = spool_.append(bytes);
  if (added && observer_) observer_(bytes);
  return added;
}

Result<Done> MessageBuilder::endHeader() {
  if (bodyOffset_ != 0) return Done{};
  auto added = append(kLineEnd);
  if (added) bodyOffset_ = spool_.size();
  return added;
}

Result<Message> messageFromBytes(std::string_view raw,
                                 Envelope envelope,
                                 SpoolOptions options) {
  if (raw.substr(0, 5) == "From ")
    raw.remove_prefix(std::min(raw.size(), raw.find('\n') + 1));
  MessageBuilder builder(std::move(options));
  HeaderBlock block(raw, 0, raw.size());
  for (Field field; block.next(field);) {
    auto added = builder.addHeader(field.name, field.value);
    if (!added) return std::move(added).error();
  }
  auto added = builder.appendBody(withCrlf(raw.substr(block.end())));
  if (!added) return std::move(added).error();
  return std::move(builder).finish(std::move(envelope));
}

}  // namespace mailreeve::mail
