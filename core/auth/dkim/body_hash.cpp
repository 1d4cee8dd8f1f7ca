#include "core/auth/dkim/body_hash.h"

#include <algorithm>
#include <limits>

#include <openssl/evp.h>

#include "core/base/byte_block.h"

namespace mailreeve::dkim {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kBuffer = 8192;
constexpr std::size_t kLongRun = 512;  // Shorter ones are gathered.

bool isBlank(char c) {
  return c == ' ' || c == '\t';
}

bool continues(std::string_view bytes, std::string_view before) {
  return bytes.data() == before.data() + before.size();
}

// Whether relaxed form differs: a tab, or two blanks side by side. The words
// overlap by a byte, so that no pair is missed.
bool needsSqueezing(std::string_view line) {
  const char* at = line.data();
  std::size_t left = line.size();
  for (; left >= block::kSize;
       at += block::kSize - 1, left -= block::kSize - 1) {
    const auto word = block::load(at);
    const auto spaces = block::equal(word, ' ');
    if ((block::equal(word, '\t') | (spaces & (spaces << 8U))) != 0)
      return true;
  }
  for (; left > 0; ++at, --left)
    if (*at == '\t' || (*at == ' ' && left > 1 && at[1] == ' ')) return true;
  return false;
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
      break;
    }
    auto line = bytes.substr(0, newline + 1);
    bytes.remove_prefix(newline + 1);
    const bool continued = !partial_.empty();
    if (continued) {
      partial_ += line;
      line = partial_;
    }
    const bool ended = line.size() >= 2 && line[line.size() - 2] == '\r';
    if (ended) {
      const auto length = line.size() - kLineEnd.size();
      takeLine(line.substr(0, length), line.substr(length));
    } else if (!continued) {
      partial_ = line;
    }
    if (ended && continued) {
      letGo();
      partial_.clear();
    }
  }
  letGo();
}

std::string BodyHash::finish() {
  if (!partial_.empty()) takeLine(partial_, kLineEnd);
  if (size_ == 0 && canonical_ == Canonical::Simple) emit(kLineEnd);
  endRun();
  flush();
  std::string hash(Sha256::kSize, '\0');
  ::EVP_DigestFinal_ex(
      context_.get(), reinterpret_cast<unsigned char*>(hash.data()), nullptr);
  return hash;
}

void BodyHash::takeLine(std::string_view line, std::string_view end) {
  const auto content =
      canonical_ == Canonical::Relaxed ? withoutTrailingBlanks(line) : line;
  if (content.empty()) {
    hold(line.empty() ? end : kLineEnd);
    return;
  }
  releaseHeld();
  if (canonical_ == Canonical::Relaxed && needsSqueezing(content))
    emitSqueezed(content);
  else
    emit(content);
  emit(content.size() == line.size() ? end : kLineEnd);
}

void BodyHash::hold(std::string_view emptyLine) {
  if (emptyLines_ == 0 && held_.empty()) {
    held_ = emptyLine;
  } else if (emptyLines_ == 0 && continues(emptyLine, held_)) {
    held_ = {held_.data(), held_.size() + emptyLine.size()};
  } else {
    emptyLines_ += held_.size() / kLineEnd.size() + 1;
    held_ = {};
  }
}

void BodyHash::releaseHeld() {
  emit(held_);
  held_ = {};
  for (; emptyLines_ > 0; --emptyLines_) emit(kLineEnd);
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
  if (bytes.empty()) return;
  if (continues(bytes, run_)) {
    run_ = {run_.data(), run_.size() + bytes.size()};
    return;
  }
  endRun();
  run_ = bytes;
}

// Of bytes that are not ours and may change now.
void BodyHash::letGo() {
  emptyLines_ += held_.size() / kLineEnd.size();
  held_ = {};
  endRun();
}

void BodyHash::endRun() {
  if (buffer_.size() + run_.size() > kBuffer || run_.size() >= kLongRun)
    flush();
  if (run_.size() >= kLongRun)
    ::EVP_DigestUpdate(context_.get(), run_.data(), run_.size());
  else
    buffer_ += run_;
  run_ = {};
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
