#include "core/content/file_name.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "core/base/text.h"
#include "core/mail/html_entity.h"
#include "core/mail/unicode.h"

namespace mailreeve::content {

namespace {

constexpr auto kNone = std::string_view::npos;

// No system shows or keeps more; a sender may write more.
constexpr std::size_t kMaxName = 4096;
constexpr std::size_t kReplyName = 60;

struct Span {
  std::uint32_t first;
  std::uint32_t last;
};

// What no reader sees, or what makes him see the rest in another order.
constexpr auto kInvisible = std::to_array<Span>({{0x00, 0x1f},
                                                 {0x7f, 0x9f},
                                                 {0xad, 0xad},
                                                 {0x34f, 0x34f},
                                                 {0x61c, 0x61c},
                                                 {0x115f, 0x1160},
                                                 {0x17b4, 0x17b5},
                                                 {0x180b, 0x180f},
                                                 {0x200b, 0x200f},
                                                 {0x202a, 0x202e},
                                                 {0x2060, 0x206f},
                                                 {0xfe00, 0xfe0f},
                                                 {0xfeff, 0xfeff},
                                                 {0xfff9, 0xfffb},
                                                 {0xe0000, 0xe0fff}});

bool isInvisible(std::uint32_t character) {
  return std::any_of(
      kInvisible.begin(), kInvisible.end(), [character](const Span& span) {
        return character >= span.first && character <= span.last;
      });
}

std::string withoutInvisible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto character = mail::takeCharacter(text);
    if (!isInvisible(character)) mail::appendUtf8(character, out);
  }
  return out;
}

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

// Windows drops dots and blanks at the end, and reads the unnamed stream.
std::string_view withoutTail(std::string_view name) {
  for (;;) {
    const auto last = name.find_last_not_of(" .");
    name = name.substr(0, last == kNone ? 0 : last + 1);
    if (endsWith(name, "::$data"))
      name.remove_suffix(7);
    else if (endsWith(name, ":$data"))
      name.remove_suffix(6);
    else
      return name;
  }
}

std::string_view withoutDirectories(std::string_view name) {
  const auto last = name.find_last_not_of("/\\");
  name = name.substr(0, last == kNone ? 0 : last + 1);
  const auto slash = name.find_last_of("/\\");
  return slash == kNone ? name : name.substr(slash + 1);
}

using Promise = std::pair<std::string_view, std::string_view>;

// Sorted by extension. What a name with it is taken for, by people and by
// systems that go by names.
constexpr auto kPromises = std::to_array<Promise>(
    {{"7z", "archive"},        {"ace", "archive"},      {"alz", "archive"},
     {"apk", "java"},          {"app", "executable"},   {"arj", "archive"},
     {"avi", "video"},         {"bat", "script"},       {"bmp", "image"},
     {"bz2", "archive"},       {"cab", "archive"},      {"chm", "executable"},
     {"cmd", "script"},        {"com", "executable"},   {"cpl", "executable"},
     {"csv", "text"},          {"dll", "executable"},   {"dmg", "disk_image"},
     {"doc", "office"},        {"docm", "office"},      {"docx", "office"},
     {"dot", "office"},        {"dotm", "office"},      {"ear", "java"},
     {"egg", "archive"},       {"elf", "executable"},   {"eml", "message"},
     {"esd", "disk_image"},    {"exe", "executable"},   {"flac", "audio"},
     {"gadget", "executable"}, {"gif", "image"},        {"gz", "archive"},
     {"hta", "script"},        {"htm", "html"},         {"html", "html"},
     {"img", "disk_image"},    {"inf", "script"},       {"iso", "disk_image"},
     {"jar", "java"},          {"jpeg", "image"},       {"jpg", "image"},
     {"js", "script"},         {"jse", "script"},       {"lha", "archive"},
     {"lnk", "shortcut"},      {"lz", "archive"},       {"lz4", "archive"},
     {"lzh", "archive"},       {"lzma", "archive"},     {"lzo", "archive"},
     {"m4a", "audio"},         {"mht", "message"},      {"mhtml", "message"},
     {"mkv", "video"},         {"mov", "video"},        {"mp3", "audio"},
     {"mp4", "video"},         {"mpeg", "video"},       {"mpg", "video"},
     {"msc", "script"},        {"msg", "message"},      {"msi", "executable"},
     {"msp", "executable"},    {"mst", "executable"},   {"odp", "office"},
     {"ods", "office"},        {"odt", "office"},       {"ogg", "audio"},
     {"ott", "office"},        {"ova", "archive"},      {"pdf", "pdf"},
     {"pif", "executable"},    {"pl", "script"},        {"png", "image"},
     {"pot", "office"},        {"pps", "office"},       {"ppsx", "office"},
     {"ppt", "office"},        {"pptm", "office"},      {"pptx", "office"},
     {"ps1", "script"},        {"psd1", "script"},      {"psm1", "script"},
     {"py", "script"},         {"qcow2", "disk_image"}, {"rar", "archive"},
     {"reg", "script"},        {"rtf", "office"},       {"scf", "shortcut"},
     {"scr", "executable"},    {"sct", "script"},       {"sh", "script"},
     {"shb", "shortcut"},      {"shs", "executable"},   {"sit", "archive"},
     {"sitx", "archive"},      {"svg", "image"},        {"sys", "executable"},
     {"tar", "archive"},       {"taz", "archive"},      {"tbz", "archive"},
     {"tbz2", "archive"},      {"tgz", "archive"},      {"tif", "image"},
     {"tiff", "image"},        {"tlz", "archive"},      {"txt", "text"},
     {"txz", "archive"},       {"tzst", "archive"},     {"url", "shortcut"},
     {"vb", "script"},         {"vbe", "script"},       {"vbs", "script"},
     {"vdi", "disk_image"},    {"vhd", "disk_image"},   {"vhdx", "disk_image"},
     {"vmdk", "disk_image"},   {"war", "java"},         {"wav", "audio"},
     {"webp", "image"},        {"wim", "disk_image"},   {"wmv", "video"},
     {"ws", "script"},         {"wsc", "script"},       {"wsf", "script"},
     {"wsh", "script"},        {"xls", "office"},       {"xlsb", "office"},
     {"xlsm", "office"},       {"xlsx", "office"},      {"xz", "archive"},
     {"z", "archive"},         {"zip", "archive"},      {"zipx", "archive"},
     {"zoo", "archive"},       {"zst", "archive"}});

bool runs(std::string_view group) {
  return group == "executable" || group == "script" || group == "shortcut" ||
         group == "java";
}

}  // namespace

std::string nameKey(std::string_view name) {
  // What it ends in decides.
  if (name.size() > kMaxName) name.remove_prefix(name.size() - kMaxName);
  const auto folded = mail::foldText(mail::asUtf8(name));
  const auto seen = withoutInvisible(mail::asUtf8(folded));
  std::string_view key = withoutTail(withoutDirectories(trim(seen)));
  return std::string(trim(key));
}

std::string_view extensionOf(std::string_view key) {
  const auto dot = key.rfind('.');
  return dot == kNone ? std::string_view() : trim(key.substr(dot + 1));
}

bool hasDoubleExtension(std::string_view key) {
  if (!runs(promisedGroup(extensionOf(key)))) return false;
  key = trim(key.substr(0, key.rfind('.')));
  const auto pretended = promisedGroup(extensionOf(key));
  return !pretended.empty() && !runs(pretended);
}

std::string_view promisedGroup(std::string_view extension) {
  const auto found = std::lower_bound(
      kPromises.begin(),
      kPromises.end(),
      extension,
      [](const Promise& a, std::string_view b) { return a.first < b; });
  return found != kPromises.end() && found->first == extension
             ? found->second
             : std::string_view();
}

std::string nameForReply(std::string_view name) {
  const auto text = withoutInvisible(mail::asUtf8(name.substr(0, kMaxName)));
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const auto character = mail::takeCharacter(rest);
    const bool fits = character >= 0x20 && character < 0x7f;
    out += fits ? static_cast<char>(character) : '?';
  }
  out = std::string(trim(out));
  if (out.size() > kReplyName)
    out = "..." + out.substr(out.size() - (kReplyName - 3));
  return out;
}

}  // namespace mailreeve::content
