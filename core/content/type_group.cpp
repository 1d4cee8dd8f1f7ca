#include "core/content/type_group.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"

namespace mailreeve::content {

namespace {

using Member = std::pair<std::string_view, std::string_view>;

// Group, and a pattern of types. A type may be in several groups.
constexpr auto kMembers = std::to_array<Member>(
    {{"executable", "application/x-dosexec"},
     {"executable", "application/x-msdownload"},
     {"executable", "application/vnd.microsoft.portable-executable"},
     {"executable", "application/x-ms-*exe*"},
     {"executable", "application/x-executable"},
     {"executable", "application/x-pie-executable"},
     {"executable", "application/x-sharedlib"},
     {"executable", "application/x-object"},
     {"executable", "application/x-elf*"},
     {"executable", "application/x-mach-binary"},
     {"executable", "application/x-mach-o*"},
     {"executable", "application/x-java-applet"},
     {"executable", "application/x-msi"},
     {"executable", "application/x-ms-installer"},
     {"executable", "application/x-wasm"},
     {"executable", "application/x-chm"},
     {"executable", "application/vnd.debian.binary-package"},
     {"executable", "application/x-rpm"},
     {"script", "text/x-shellscript"},
     {"script", "text/x-msdos-batch"},
     {"script", "text/x-perl"},
     {"script", "text/x-python"},
     {"script", "text/x-script.python"},
     {"script", "text/x-ruby"},
     {"script", "text/x-lua"},
     {"script", "text/x-tcl"},
     {"script", "text/x-awk"},
     {"script", "text/x-php"},
     {"script", "text/x-powershell"},
     {"script", "text/vbscript"},
     {"script", "text/javascript"},
     {"script", "application/javascript"},
     {"script", "application/x-bat"},
     {"script", "application/hta"},
     {"shortcut", "application/x-ms-shortcut"},
     {"shortcut", "application/x-mswinurl"},
     {"java", "application/java-archive"},
     {"java", "application/vnd.android.package-archive"},
     {"archive", "application/zip"},
     {"archive", "application/x-zip*"},
     {"archive", "application/x-rar*"},
     {"archive", "application/vnd.rar"},
     {"archive", "application/x-7z-compressed"},
     {"archive", "application/x-tar"},
     {"archive", "application/x-gtar"},
     {"archive", "application/x-ustar"},
     {"archive", "application/gzip"},
     {"archive", "application/x-gzip"},
     {"archive", "application/x-bzip2"},
     {"archive", "application/x-xz"},
     {"archive", "application/x-lzma"},
     {"archive", "application/x-lz4"},
     {"archive", "application/x-lzip"},
     {"archive", "application/zstd"},
     {"archive", "application/x-zstd"},
     {"archive", "application/x-compress"},
     {"archive", "application/x-cpio"},
     {"archive", "application/x-archive"},
     {"archive", "application/x-arj"},
     {"archive", "application/x-ace*"},
     {"archive", "application/x-lzh*"},
     {"archive", "application/x-lha"},
     {"archive", "application/x-xar"},
     {"archive", "application/vnd.ms-cab-compressed"},
     {"archive", "application/x-alz"},
     {"archive", "application/x-egg"},
     {"archive", "application/x-lzop"},
     {"archive", "application/x-lrzip"},
     {"archive", "application/x-rzip"},
     {"archive", "application/x-zpaq"},
     {"archive", "application/x-zoo"},
     {"archive", "application/x-arc"},
     {"archive", "application/x-stuffit*"},
     {"archive", "application/x-installshield"},
     {"archive", "application/x-ms-compress*"},
     {"archive", "application/x-snappy-framed"},
     {"archive", "application/applefile"},
     {"archive", "application/mac-binhex40"},
     {"archive", "application/x-iso9660-image"},
     {"disk_image", "application/x-iso9660-image"},
     {"disk_image", "application/x-qemu-disk"},
     {"disk_image", "application/x-virtualbox-*"},
     {"disk_image", "application/x-vhd*"},
     {"disk_image", "application/x-vmdk"},
     {"disk_image", "application/x-apple-diskimage"},
     {"disk_image", "application/x-ms-wim"},
     {"disk_image", "application/x-squashfs"},
     {"disk_image", "application/x-udf-image"},
     {"disk_image", "application/x-disk-image"},
     {"office", "application/msword"},
     {"office", "application/vnd.ms-excel*"},
     {"office", "application/vnd.ms-powerpoint*"},
     {"office", "application/vnd.ms-office*"},
     {"office", "application/vnd.ms-word*"},
     {"office", "application/vnd.openxmlformats-officedocument.*"},
     {"office", "application/vnd.oasis.opendocument.*"},
     {"office", "text/rtf"},
     {"office", "application/rtf"},
     {"pdf", "application/pdf"},
     {"message", "message/rfc822"},
     {"message", "application/vnd.ms-outlook"},
     {"html", "text/html"},
     {"html", "application/xhtml+xml"},
     {"image", "image/*"},
     {"audio", "audio/*"},
     {"video", "video/*"},
     {"unknown", "application/octet-stream"}});

}  // namespace

const std::vector<std::string_view>& typeGroups() {
  static const std::vector<std::string_view> kGroups = {"executable",
                                                        "script",
                                                        "shortcut",
                                                        "java",
                                                        "archive",
                                                        "disk_image",
                                                        "office",
                                                        "pdf",
                                                        "message",
                                                        "html",
                                                        "image",
                                                        "audio",
                                                        "video",
                                                        "text",
                                                        "unknown",
                                                        "macros",
                                                        "embedded_object"};
  return kGroups;
}

bool isInGroup(std::string_view type, std::string_view group) {
  // What nothing else claims.
  if (group == "text")
    return startsWithIgnoringCase(type, "text/") && groupOf(type) == "text";
  return std::any_of(kMembers.begin(), kMembers.end(), [&](const Member& m) {
    return m.first == group && matchesWildcard(m.second, type);
  });
}

std::string_view groupOf(std::string_view type) {
  const auto found =
      std::find_if(kMembers.begin(), kMembers.end(), [&](const Member& m) {
        return matchesWildcard(m.second, type);
      });
  if (found != kMembers.end()) return found->first;
  return startsWithIgnoringCase(type, "text/") ? "text" : std::string_view();
}

}  // namespace mailreeve::content
