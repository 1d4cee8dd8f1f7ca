// Any bytes as HTML: what was disarmed stays so, and no limit is passed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/content/html_threats.h"
#include "core/mail/html_text.h"

using namespace mailreeve::content;

namespace {

std::string registrable(std::string_view host) {
  return std::string(host.substr(host.rfind('.') + 1));
}

const LinkRules kLinks{registrable, {}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view html(reinterpret_cast<const char*>(data), size);
  Disarm how;
  how.cut.fill(true);
  how.mark = &kLinks;
  const auto once = disarm(html, how);
  if (!once) return 0;
  how.mark = nullptr;
  const auto twice = disarm(once->html, how);
  if (!twice || twice->cut != 0) std::abort();
  static_cast<void>(mailreeve::mail::htmlToText(
      withoutHidden(html), {.links = mailreeve::mail::HtmlLinks::Numbered}));
  return 0;
}
