#include "core/auth/dkim/body_hash.h"

#include <algorithm>
#include <limits>

#include <openssl/evp.h>

namespace mailreeve::dkim {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kBuffer = 8192;

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view withoutTrailingBlanks(std::string_view line) {
  while (!line.empty() && isBlank(line.back())) line.remove_suffix(1);
  return line;
}

}  // namespace

void BodyHash::FreeContext::operator()(EVP_MD_CTX* context) const {
  ::EVP_MD_CTX_free(context);
}

BodyHash::BodyHash(const Sha256& sha256,
                   Canonical canonical,
                   std::optional<std::uint64_t> limit)
    : canonical_(canonical),
      left_(limit.value_or(std::numeric_limits<std::uint64_t>::max())),
      context_(::EVP_MD_CTX_new()) {
  ::EVP_DigestInit_ex(context_.get(), sha256.get(), nullptr);
  buffer_.reserve(kBuffer);
}

// Only CRLF ends a line; a bare CR or LF is a character like any other.
void BodyHash::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    if (newline == std::string_view::npos) {
      partial_ += bytes;
      return;
    }
    auto line = bytes.substr(0, newline + 1);
    bytes.remove_prefix(newline + 1);
    if (!partial_.empty()) {
      partial_ += line;
      line = partial_;
    }
    const bool ended = line.size() >= 2 && line[line.size() - 2] == '\r';
    if (ended) {
      takeLine(line.substr(0, line.size() - kLineEnd.size()));
      partial_.clear();
    } else if (partial_.empty()) {
      partial_ = line;
    }
  }
}

std::string BodyHash::finish() {
  if (!partial_.empty()) takeLine(partial_);
  if (size_ == 0 && canonical_ == Canonical::Simple) emit(kLineEnd);
  flush();
  std::string hash(Sha256::kSize, '\0');
  ::EVP_DigestFinal_ex(
      context_.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr);
  return hash;
}

void BodyHash::takeLine(std::string_view line) {
  if (canonical_ == Canonical::Relaxed) line = withoutTrailingBlanks(line);
  if (line.empty()) {
    ++emptyLines_;
    return;
  }
  for (; emptyLines_ > 0; --emptyLines_) emit(kLineEnd);
  if (canonical_ == Canonical::Relaxed)
    emitSqueezed(line);
  else
    emit(line);
  emit(kLineEnd);
}

// Runs of blanks become one blank; a single blank is left where it stands, so
// that most lines are one piece. `line` does not end in a blank.
void BodyHash::emitSqueezed(std::string_view line) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (!isBlank(line[at])) continue;
    const std::size_t begin = at;
    while (isBlank(line[at + 1])) ++at;
    if (at == begin && line[at] == ' ') continue;
    emit(line.substr(from, begin - from));
    emit(" ");
    from = at + 1;
  }
  emit(line.substr(from));
}

void BodyHash::emit(std::string_view bytes) {
  size_ += bytes.size();
  bytes = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), left_));
  left_ -= bytes.size();
  if (buffer_.size() + bytes.size() > kBuffer) flush();
  if (bytes.size() > kBuffer / 2)
    ::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  else
    buffer_ += bytes;
}

void BodyHash::flush() {
  ::EVP_DigestUpdate(context_.get(), buffer_.data(), buffer_.size());
  buffer_.clear();
}

BodyDigest hashBody(const Sha256& sha256,
                    std::string_view body,
                    Canonical canonical,
                    std::optional<std::uint64_t> limit) {
  BodyHash hash(sha256, canonical, limit);
  hash.feed(body);
  std::string digest = hash.finish();
  return {std::move(digest), hash.size()};
}

}  // namespace mailreeve::dkim
