#include "core/mail/gmime_start.h"

#include <mutex>

#include <gmime/gmime.h>

namespace mailreeve::mail {

void startGMime() {
  static std::once_flag once;
  std::call_once(once, [] { ::g_mime_init(); });
}

}  // namespace mailreeve::mail
