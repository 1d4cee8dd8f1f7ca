// One message in flight: its envelope and all its bytes, held once. Everything
// that looks at or edits mail works on this.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/mail/envelope.h"
#include "core/mail/mime_tree.h"
#include "core/mail/spool.h"

namespace mailreeve::mail {

struct Header {
  std::string name;
  std::string value;  // Everything behind the colon, the leading blank
                      // included; folded with LF or CRLF, as it came.

  // Without folding and outer blanks.
  [[nodiscard]] std::string text() const;
};

// Immutable once built; move only. Looking at it is safe from several threads.
class Message {
 public:
  [[nodiscard]] const Envelope& envelope() const { return envelope_; }

  [[nodiscard]] const std::vector<Header>& headers() const { return headers_; }

  // Header, empty line and body, every header line ending in CRLF.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  [[nodiscard]] std::size_t bodyOffset() const { return bodyOffset_; }

  [[nodiscard]] std::string_view body() const {
    return bytes_.substr(bodyOffset_);
  }

  // How its bytes are kept: an edit keeps its own the same way.
  [[nodiscard]] const SpoolOptions& spoolOptions() const {
    return spool_.options();
  }

  // The first header called `name`, in any case; null when there is none.
  [[nodiscard]] const Header* header(std::string_view name) const;
  [[nodiscard]] std::vector<const Header*> allHeaders(
      std::string_view name) const;

  // Parsed at the first call, then kept.
  [[nodiscard]] const MimeTree& tree() const;

 private:
  friend class MessageBuilder;

  struct LazyTree {
    std::mutex mutex;
    std::optional<MimeTree> tree;  // Guarded by mutex; set once.
  };

  Message(Envelope envelope,
          std::vector<Header> headers,
          Spool spool,
          std::string_view bytes,
          std::size_t bodyOffset);

  Envelope envelope_;
  std::vector<Header> headers_;
  Spool spool_;
  std::string_view bytes_;  // Into spool_.
  std::size_t bodyOffset_;
  std::unique_ptr<LazyTree> tree_ = std::make_unique<LazyTree>();
};

// Takes a message as a milter receives it: headers, then the body in pieces.
// Once a step has failed, the message cannot be built: answer the client.
class MessageBuilder {
 public:
  explicit MessageBuilder(SpoolOptions options = {})
      : spool_(std::move(options)) {}

  // `value` as libmilter gives it with SMFIP_HDR_LEADSPC.
  [[nodiscard]] Result<Done> addHeader(std::string_view name,
                                       std::string_view value);
  [[nodiscard]] Result<Done> appendBody(std::string_view chunk);

  [[nodiscard]] std::size_t size() const { return spool_.size(); }

  // Is given all that Message::bytes() will hold from now on, piece by piece.
  void onBytes(std::function<void(std::string_view)> observer) {
    observer_ = std::move(observer);
  }

  // The builder is spent. The envelope may be filled in until here.
  [[nodiscard]] Result<Message> finish(Envelope envelope) &&;

 private:
  [[nodiscard]] Result<Done> append(std::string_view bytes);
  [[nodiscard]] Result<Done> endHeader();

  std::vector<Header> headers_;
  Spool spool_;
  std::function<void(std::string_view)> observer_;  // May be empty.
  std::size_t bodyOffset_ = 0;                      // 0 while headers come.
};

// A message from a file: lines may end in LF or CRLF, and all become CRLF. An
// mbox "From " line at the start is left out.
[[nodiscard]] Result<Message> messageFromBytes(std::string_view raw,
                                               Envelope envelope,
                                               SpoolOptions options = {});

}  // namespace mailreeve::mail
