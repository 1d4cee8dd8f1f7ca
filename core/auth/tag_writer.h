// Writes a signature field: tags in order, lines folded below 78 characters,
// and a place for the signature, which is computed over all the rest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/mail/message.h"

namespace mailreeve::auth {

enum class Folding { Lines, None };

class TagWriter {
 public:
  // Values are of the field's own grammar: nothing is escaped.
  TagWriter(std::string_view field, Folding folding);

  void add(std::string_view tag, std::string_view value);

  // "a:b:c", folded behind a colon where need be.
  void addList(std::string_view tag, const std::vector<std::string>& values);

  // b=, empty for now. Called once.
  void addSignature();

  // The field as it is signed: without signature, without the last line end.
  [[nodiscard]] const std::string& raw() const { return raw_; }

  // The whole field. `signature` is base64.
  [[nodiscard]] std::string withSignature(std::string_view signature) const;

 private:
  [[nodiscard]] bool fits(std::size_t more) const;
  void breakLine();
  void separate(std::size_t next);

  std::string raw_;
  Folding folding_;
  std::size_t lineStart_ = 0;
  std::size_t signatureAt_ = 0;
  bool first_ = true;
  bool behindSignature_ = false;
};

// The field as the milter adds it: folded with LF alone.
[[nodiscard]] mail::Header headerOf(std::string_view raw);

}  // namespace mailreeve::auth
