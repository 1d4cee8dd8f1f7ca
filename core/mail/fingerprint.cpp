#include "core/mail/fingerprint.h"

#include <algorithm>
#include <numeric>

#include "core/base/text.h"

namespace mailreeve::mail {

namespace {

constexpr std::size_t kMinPiece = 6;
constexpr std::size_t kMinTotal = 16;

bool matchesAnything(std::string_view word) {
  return word.find('{') != std::string_view::npos ||
         word.find("://") != std::string_view::npos ||
         word.find('@') != std::string_view::npos;
}

}  // namespace

Essence::Essence(std::string_view text) {
  text_.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= 'A' && c <= 'Z')
      text_ += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      text_ += c;
    else if (c == '\xc2' && i + 1 < text.size() && text[i + 1] == '\xa0')
      ++i;
    else if (static_cast<unsigned char>(c) >= 0x80)
      text_ += c;
  }
}

Fingerprint::Fingerprint(std::string_view text) {
  std::string piece;
  const auto keep = [&] {
    const Essence kept(piece);
    if (kept.text().size() >= kMinPiece) pieces_.push_back(kept.text());
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

bool Fingerprint::foundIn(const Essence& essence) const {
  if (pieces_.empty()) return false;
  std::size_t at = 0;
  for (const auto& piece : pieces_) {
    at = essence.text().find(piece, at);
    if (at == std::string::npos) return false;
    at += piece.size();
  }
  return true;
}

}  // namespace mailreeve::mail
