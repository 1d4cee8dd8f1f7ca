#include "core/auth/dmarc/public_suffix_list.h"

#include <libpsl.h>

namespace mailreeve::dmarc {

namespace {

// psl_free() leaves the built-in list alone.
std::shared_ptr<const psl_ctx_t> own(psl_ctx_t* list) {
  return {list, [](const psl_ctx_t* old) {
            ::psl_free(const_cast<psl_ctx_t*>(old));
          }};
}

}  // namespace

PublicSuffixList::PublicSuffixList(std::shared_ptr<const psl_ctx_t> list)
    : list_(std::move(list)) {}

PublicSuffixList PublicSuffixList::newest() {
  return PublicSuffixList(own(::psl_latest(nullptr)));
}

Result<PublicSuffixList> PublicSuffixList::load(
    const std::filesystem::path& file) {
  psl_ctx_t* list = ::psl_load_file(file.c_str());
  if (list == nullptr || ::psl_suffix_count(list) == 0) {
    ::psl_free(list);
    return Error{ErrorCode::Invalid,
                 file.string() + ": not a public suffix list"};
  }
  return PublicSuffixList(own(list));
}

std::string PublicSuffixList::registrableDomain(std::string_view name) const {
  if (name.empty() || name.front() == '.') return {};
  const std::string text(name);
  const char* found = ::psl_registrable_domain(list_.get(), text.c_str());
  return found == nullptr ? std::string() : std::string(found);
}

}  // namespace mailreeve::dmarc
