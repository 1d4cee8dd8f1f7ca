// What in an HTML text can harm its reader, and the text without it.
//
// What is cut out is named by its place in the source; nothing is written anew.
// A text that was disarmed is read again, until there is nothing left to cut.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/content/html_document.h"
#include "core/content/link.h"

namespace mailreeve::content {

enum class HtmlKind { Iframe, Form, Script, Object, WebBug, Svg, Base, Style };

inline constexpr std::size_t kHtmlKinds = 8;

[[nodiscard]] std::string_view name(HtmlKind kind);

struct HtmlThreat {
  HtmlKind kind;
  mail::Range range;  // What to cut out to make it ineffective.
  std::string what;   // "<iframe>", "onclick": for the log.
};

struct SuspiciousLink {
  std::size_t at = 0;  // Where its start tag begins.
  LinkJudgement judgement;
};

struct HtmlThreats {
  std::vector<HtmlThreat> threats;
  std::vector<SuspiciousLink> links;
};

// `html` in any charset whose bytes below 0x40 are ASCII; links with other
// characters are seen in UTF-8 only. Without `links` none are judged. Invalid:
// over a limit.
[[nodiscard]] Result<HtmlThreats> findThreats(std::string_view html,
                                              const LinkRules* links = nullptr,
                                              const HtmlLimits& limits = {});

struct Disarm {
  std::array<bool, kHtmlKinds> cut{};  // By HtmlKind.
  const LinkRules* mark = nullptr;     // Writes a warning before each
                                       // suspicious link.
};

struct Disarmed {
  std::string html;
  std::size_t cut = 0;
  std::size_t marked = 0;
};

// `limits.time` is for all of it. Invalid: over a limit, or it still could not
// be made harmless.
[[nodiscard]] Result<Disarmed> disarm(std::string_view html,
                                      const Disarm& how,
                                      const HtmlLimits& limits = {});

// The text without elements that nobody is shown: display:none, no size, no
// colour. The text itself where it cannot be read.
[[nodiscard]] std::string withoutHidden(std::string_view html,
                                        const HtmlLimits& limits = {});

}  // namespace mailreeve::content
