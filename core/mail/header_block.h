// Walks over the fields of a header as ranges of bytes: the one place that
// knows where a field, its folding and a header end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailreeve::mail {

struct Field {
  std::string_view name;   // Without blanks before the colon.
  std::string_view value;  // After the colon, folding and blanks included,
                           // without the last line end.
  std::size_t begin = 0;   // Of the field's first byte, and
  std::size_t end = 0;     // behind its last line end.
};

// One pass: next() until it gives false, then end() tells where the header
// stops.
class HeaderBlock {
 public:
  // The header begins at `begin` of `bytes` and ends before `end` at the
  // latest.
  HeaderBlock(std::string_view bytes, std::size_t begin, std::size_t end)
      : bytes_(bytes.substr(0, end)), at_(begin), begin_(begin) {}

  [[nodiscard]] bool next(Field& field);

  // Behind the empty line, or behind the last field when there is none.
  [[nodiscard]] std::size_t end() const { return at_; }

  // There were lines that are no field. Those between fields are skipped; with
  // no field before it, such a line begins the body.
  [[nodiscard]] bool malformed() const { return malformed_; }

  // Before the first next(): the first line is neither a field nor empty.
  [[nodiscard]] bool beginsWithText() const {
    HeaderBlock copy(*this);
    Field field;
    return !copy.next(field) && copy.malformed();
  }

  // An empty line (and not just the end of the bytes) ended the header.
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  [[nodiscard]] std::size_t lineEnd(std::size_t from) const;
  [[nodiscard]] bool isContinuation(std::size_t from) const;

  std::string_view bytes_;
  std::size_t at_;
  std::size_t begin_;
  bool malformed_ = false;
  bool closed_ = false;
};

// Line ends removed, the blanks behind them kept: RFC 5322 section 2.2.3. NUL
// becomes a blank. Trimmed at both ends.
[[nodiscard]] std::string unfold(std::string_view value);

}  // namespace mailreeve::mail
