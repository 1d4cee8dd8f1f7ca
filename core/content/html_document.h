// HTML as a browser reads it, with the place of every tag and attribute in the
// source, so that an edit can cut out exactly that.
//
// The HTML 5 parser is gumbo's. It has no limits of its own, frees a deep tree
// by recursion and can be made to build a tree far larger than its source: here
// it works in an arena with a limit on bytes and on time, which is dropped as a
// whole, and its tree is only walked with a stack of our own.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/mail/mime_tree.h"

namespace mailreeve::content {

struct HtmlAttribute {
  std::string name;   // Lower case.
  std::string value;  // References decoded.
  mail::Range range;  // Name, "=", value and quotes.
};

struct HtmlElement {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::string name;     // Lower case.
  mail::Range start;    // The start tag; empty when the parser made it up.
  mail::Range close;    // The end tag; empty when there is none.
  std::size_t end = 0;  // Behind the element, its end tag or not.
  std::vector<HtmlAttribute> attributes;
  std::size_t parent = kNone;
  std::string text;  // Of a link, a style sheet: all text below.

  // The value of an attribute; null when there is none.
  [[nodiscard]] const std::string* attribute(std::string_view wanted) const;
};

struct HtmlComment {
  mail::Range range;
  std::string text;
};

struct HtmlDocument {
  std::vector<HtmlElement> elements;  // A parent before its children.
  std::vector<HtmlComment> comments;
};

struct HtmlLimits {
  std::size_t size = std::size_t{1} << 20U;
  std::size_t memory = std::size_t{64} << 20U;
  std::chrono::milliseconds time{2000};
};

// `html` is UTF-8; what is not reads as U+FFFD and keeps its place. Invalid:
// over a limit.
[[nodiscard]] Result<HtmlDocument> readHtml(std::string_view html,
                                            const HtmlLimits& limits = {});

}  // namespace mailreeve::content
