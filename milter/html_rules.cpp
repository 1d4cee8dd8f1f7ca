#include "milter/html_rules.h"

#include <algorithm>
#include <utility>

#include "core/mail/address.h"
#include "core/mail/leaf_text.h"

namespace mailreeve::milter {

namespace {

// Whether who goes by `charset`, which a byte order mark or a <meta> names, may
// see other tags than who goes by the header.
bool isDisputed(const mail::Charset& charset,
                const mail::MimeNode& leaf,
                std::string_view html) {
  const auto* named = mail::findCharset(leaf.charset);
  if (named == &charset) return false;
  // Without its escape sequences, it is ASCII.
  if (charset.name == "iso-2022-jp")
    return html.find('\x1b') != std::string_view::npos;
  if (charset.name == "utf-16" && named != nullptr &&
      named->name == (html.starts_with("\xff\xfe") ? "utf-16le" : "utf-16be"))
    return false;
  return !charset.asciiTransparent ||
         (named != nullptr && !named->asciiTransparent);
}

}  // namespace

HtmlRules::HtmlRules(const config::ContentScan& settings)
    : settings_(settings), suffixes_(dmarc::PublicSuffixList::newest()) {
  links_.registrable = [this](std::string_view host) {
    return suffixes_.registrableDomain(host);
  };
  for (const auto& host : settings.safeHosts)
    if (auto key = mail::domainKey(host))
      links_.safeHosts.push_back(*std::move(key));
}

config::TagAction HtmlRules::actionFor(content::HtmlKind kind) const {
  switch (kind) {
    case content::HtmlKind::Iframe:
      return settings_.iframe;
    case content::HtmlKind::Form:
      return settings_.form;
    case content::HtmlKind::Script:
      return settings_.script;
    case content::HtmlKind::Object:
      return settings_.object;
    case content::HtmlKind::WebBug:
      return settings_.webBug;
    case content::HtmlKind::Svg:
      return settings_.svg;
    case content::HtmlKind::Base:
      return settings_.base;
    case content::HtmlKind::Style:
      return settings_.style;
  }
  return config::TagAction::Disarm;
}

const content::LinkRules* HtmlRules::links() const {
  return settings_.phishing == config::PhishingAction::Allow ? nullptr
                                                             : &links_;
}

content::Disarm HtmlRules::disarming() const {
  content::Disarm how;
  for (std::size_t i = 0; i < content::kHtmlKinds; ++i)
    how.cut[i] = actionFor(static_cast<content::HtmlKind>(i)) ==
                 config::TagAction::Disarm;
  if (settings_.phishing == config::PhishingAction::Mark) how.mark = &links_;
  return how;
}

HtmlTime::HtmlTime()
    : end_(std::chrono::steady_clock::now() + std::chrono::seconds(5)) {}

content::HtmlLimits HtmlTime::limits() const {
  content::HtmlLimits limits;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      end_ - std::chrono::steady_clock::now());
  limits.time = std::min(limits.time, left);
  return limits;
}

bool isShownHtml(const mail::MimeNode& node) {
  return node.isLeaf() && node.disposition != "attachment" &&
         mail::isHtml(node);
}

Result<HtmlText> htmlOf(const mail::Message& message,
                        const mail::MimeNode& leaf) {
  std::string text = mail::decode(leaf, message.bytes());
  const auto* charset = mail::charsetOf(leaf, text);
  if (charset == nullptr)
    return Error{ErrorCode::Invalid, "an unknown charset"};
  const auto* marked = mail::charsetOfMark(text);
  if (isDisputed(marked != nullptr ? *marked : *charset, leaf, text))
    return Error{ErrorCode::Invalid, "a charset that not all would read"};
  if (charset->asciiTransparent) return HtmlText{std::move(text), false};
  auto converted = mail::toUtf8(text, *charset);
  if (!converted) return std::move(converted).error();
  if (mail::charsetOfMark(*converted) != nullptr) converted->erase(0, 3);
  return HtmlText{*std::move(converted), true};
}

}  // namespace mailreeve::milter
