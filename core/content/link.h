// Whether a link is what it shows: where it leads, and what the reader is told.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::content {

// "www.example.co.uk" -> "example.co.uk"; empty for what nobody can register.
// Names come in lower case as A-labels.
using RegistrableDomain = std::function<std::string(std::string_view host)>;

struct LinkRules {
  RegistrableDomain registrable;
  std::vector<std::string> safeHosts;  // A-labels; with all below them.
};

struct LinkJudgement {
  bool suspicious = false;
  std::string shown;   // The site the text names; may be empty.
  std::string target;  // The host the link leads to.
  std::string why;     // One plain line.
};

// `text` is what the link shows, `href` where it leads, both decoded.
[[nodiscard]] LinkJudgement judgeLink(std::string_view text,
                                      std::string_view href,
                                      const LinkRules& rules);

// The host of an absolute URL as browsers take it, in lower case as A-labels;
// empty when there is none.
[[nodiscard]] std::string hostOf(std::string_view url);

// A link that runs something instead of leading somewhere: javascript:, data:
// and their like, blanks and control characters within the scheme ignored.
[[nodiscard]] bool isScriptUrl(std::string_view url);

}  // namespace mailreeve::content
