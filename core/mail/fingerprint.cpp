#include "core/mail/fingerprint.h"

#include <algorithm>
#include <numeric>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

constexpr std::size_t kMinPiece = 6;
constexpr std::size_t kMinTotal = 16;

// ASCII letters, in lower case, digits, and all characters outside ASCII but
// the no-break space.
std::string essence(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool alphanumeric = (c >= 'a' && c <= 'z') ||
                              (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (text.substr(i, 2) == "\xc2\xa0")
      ++i;
    else if (alphanumeric || static_cast<unsigned char>(c) >= 0x80)
      out += c;
  }
  return lower(out);
}

bool matchesAnything(std::string_view word) {
  return word.find('{') != std::string_view::npos ||
         word.find("://") != std::string_view::npos ||
         word.find('@') != std::string_view::npos;
}

}  // namespace

Fingerprint::Fingerprint(std::string_view text) {
  std::string piece;
  const auto keep = [&] {
    std::string kept = essence(piece);
    if (kept.size() >= kMinPiece) pieces_.push_back(std::move(kept));
    piece.clear();
  };
  std::string flat(text);
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  for (const auto word : split(flat, ' ')) {
    if (matchesAnything(word))
      keep();
    else
      piece += word;
  }
  keep();
  const auto total = std::accumulate(
      pieces_.begin(),
      pieces_.end(),
      std::size_t{0},
      [](std::size_t sum, const std::string& p) { return sum + p.size(); });
  if (total < kMinTotal) pieces_.clear();
}

bool Fingerprint::foundIn(std::string_view text) const {
  if (pieces_.empty()) return false;
  const std::string all = essence(text);
  std::size_t at = 0;
  for (const auto& piece : pieces_) {
    at = all.find(piece, at);
    if (at == std::string::npos) return false;
    at += piece.size();
  }
  return true;
}

}  // namespace mailreeve::mail
