#include "core/auth/tag_writer.h"

#include "core/base/text.h"

namespace mailreeve::auth {

namespace {

constexpr std::size_t kMaxLine = 76;  // Of the 78 that RFC 5322 asks for.
constexpr std::string_view kFold = "\r\n\t";

}  // namespace

TagWriter::TagWriter(std::string_view field, Folding folding)
    : raw_(std::string(field) + ":"), folding_(folding) {}

bool TagWriter::fits(std::size_t more) const {
  // The tab of a folded line counts as 8.
  const std::size_t column =
      raw_.size() - lineStart_ + (lineStart_ == 0 ? 0 : 7);
  return folding_ == Folding::None || column + more <= kMaxLine;
}

void TagWriter::breakLine() {
  raw_ += kFold;
  lineStart_ = raw_.size() - 1;
}

void TagWriter::separate(std::size_t next) {
  if (!first_) raw_ += ';';
  first_ = false;
  const bool long_ = folding_ == Folding::Lines && behindSignature_;
  behindSignature_ = false;
  if (long_ || !fits(next + 2))
    breakLine();
  else
    raw_ += ' ';
}

void TagWriter::add(std::string_view tag, std::string_view value) {
  separate(tag.size() + 1 + value.size());
  raw_.append(tag).append("=").append(value);
}

void TagWriter::addList(std::string_view tag,
                        const std::vector<std::string>& values) {
  separate(tag.size() + 1 + (values.empty() ? 0 : values.front().size()));
  raw_.append(tag).append("=");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i != 0) raw_ += ':';
    if (i != 0 && !fits(values[i].size() + 1)) breakLine();
    raw_ += values[i];
  }
}

void TagWriter::addSignature() {
  separate(2);
  raw_ += "b=";
  signatureAt_ = raw_.size();
  behindSignature_ = true;
}

std::string TagWriter::withSignature(std::string_view signature) const {
  std::string out = raw_.substr(0, signatureAt_);
  if (folding_ == Folding::None) {
    out += signature;
  } else {
    for (; !signature.empty();
         signature.remove_prefix(std::min(signature.size(), kMaxLine - 8)))
      out.append(kFold).append(signature.substr(0, kMaxLine - 8));
  }
  return out + raw_.substr(signatureAt_);
}

mail::Header headerOf(std::string_view raw) {
  const auto colon = raw.find(':');
  return {std::string(raw.substr(0, colon)),
          replaceAll(std::string(raw.substr(colon + 1)), "\r\n", "\n")};
}

}  // namespace mailreeve::auth
