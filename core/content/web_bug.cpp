#include "core/content/web_bug.h"

#include <algorithm>
#include <unordered_set>

#include "core/base/text.h"
#include "core/content/link.h"
#include "core/content/style.h"

namespace mailreeve::content {

namespace {

constexpr auto kNone = std::string_view::npos;

bool isPicture(const HtmlElement& element) {
  return element.name == "img" || element.name == "image" ||
         element.name == "input";
}

bool isTinyLength(const std::string* value) {
  if (value == nullptr) return false;
  auto digits = trim(*value);
  digits = digits.substr(0, digits.find_first_not_of("0123456789"));
  const auto number = parseNumber(digits);
  return number && *number <= 1;
}

bool isUnseen(const HtmlElement& element) {
  if (element.attribute("hidden") != nullptr ||
      (isTinyLength(element.attribute("width")) &&
       isTinyLength(element.attribute("height"))))
    return true;
  const auto* raw = element.attribute("style");
  if (raw == nullptr) return false;
  const std::string style = styleKey(*raw);
  const auto has = [&](std::string_view what) {
    return style.find(what) != kNone;
  };
  return hides(style) || ((has("width:1px") || has("width:0")) &&
                          (has("height:1px") || has("height:0")));
}

// Addresses, each with a width or density behind it, between commas.
bool namesRemote(std::string_view sources) {
  while (!sources.empty()) {
    const auto end =
        std::min(sources.find_first_of(", \t\r\n\f"), sources.size());
    if (!hostOf(sources.substr(0, end)).empty()) return true;
    sources.remove_prefix(std::min(end + 1, sources.size()));
  }
  return false;
}

bool isRemote(const HtmlElement& element) {
  for (const auto* name : {"src", "lowsrc", "dynsrc"})
    if (const auto* url = element.attribute(name);
        url != nullptr && !hostOf(*url).empty())
      return true;
  const auto* sources = element.attribute("srcset");
  return sources != nullptr && namesRemote(*sources);
}

std::size_t pictureAround(const HtmlDocument& document, std::size_t index) {
  const auto parent = document.elements[index].parent;
  return parent != HtmlElement::kNone &&
                 document.elements[parent].name == "picture"
             ? parent
             : HtmlElement::kNone;
}

}  // namespace

std::vector<bool> webBugsIn(const HtmlDocument& document) {
  const auto& elements = document.elements;
  // A <picture> is as large as the <img> in it.
  std::unordered_set<std::size_t> unseen;
  for (std::size_t i = 0; i < elements.size(); ++i)
    if (const auto around = pictureAround(document, i);
        around != HtmlElement::kNone &&
        (isUnseen(elements[i]) || isUnseen(elements[around])))
      unseen.insert(around);
  std::vector<bool> out(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto around = pictureAround(document, i);
    const bool source =
        elements[i].name == "source" && around != HtmlElement::kNone;
    out[i] = (source || isPicture(elements[i])) && isRemote(elements[i]) &&
             (isUnseen(elements[i]) || unseen.contains(around));
  }
  return out;
}

}  // namespace mailreeve::content
