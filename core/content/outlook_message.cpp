// Each attachment is a storage "__attach_version1.0_#NNNNNNNN", each of its
// properties a stream in it, "__substg1.0_PPPPTTTT", by property and type.
#include "core/content/outlook_message.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/base/text.h"
#include "core/mail/charset.h"

namespace mailreeve::content {

namespace {

constexpr std::string_view kProperties = "__properties_version1.0";
constexpr std::string_view kAttachment = "__attach_version1.0_";
constexpr std::string_view kProperty = "__substg1.0_";
constexpr std::size_t kMaxName = 4096;
constexpr std::string_view kContent = "37010102";
constexpr std::string_view kObject = "3701000d";
// Long, short, and the one that is shown: in UTF-16, or in some charset.
constexpr std::string_view kNames[] = {"3707", "3704", "3001"};
constexpr std::string_view kWide = "001f";
constexpr std::string_view kNarrow = "001e";

std::string nameIn(const CompoundFile& file,
                   const CompoundFile::Entry& stream,
                   std::string_view type) {
  auto bytes = file.read(stream, 0, kMaxName);
  if (type != kWide) return bytes;
  auto name = mail::toUtf8(bytes, *mail::findCharset("utf-16le"));
  return name ? *std::move(name) : bytes;
}

bool isName(std::string_view property, std::string_view type) {
  return (type == kWide || type == kNarrow) &&
         std::find(std::begin(kNames), std::end(kNames), property) !=
             std::end(kNames);
}

}  // namespace

bool isOutlookMessage(std::string_view bytes) {
  if (!isCompoundFile(bytes)) return false;
  const auto file = CompoundFile::open(bytes);
  return file && file->find(kProperties) != nullptr;
}

std::vector<OutlookFile> attachmentsOf(const CompoundFile& file) {
  std::vector<OutlookFile> out;
  std::unordered_map<std::size_t, std::size_t> attachments;  // By storage.
  std::unordered_map<std::size_t, std::size_t> objects;
  const auto& entries = file.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    const auto name = lower(entry.name);
    if (!entry.isStream && name.starts_with(kAttachment)) {
      attachments.emplace(i, out.size());
      out.emplace_back();
    }
    if (name == kProperties)
      if (const auto object = objects.find(entry.parent);
          object != objects.end())
        out[object->second].isMessage = true;
    const auto found = attachments.find(entry.parent);
    if (found == attachments.end() || !name.starts_with(kProperty)) continue;
    const auto key = std::string_view(name).substr(kProperty.size());
    auto& attachment = out[found->second];
    if (key == kObject)
      objects.emplace(i, found->second);
    else if (key == kContent)
      attachment.content = &entry;
    else if (isName(key.substr(0, 4),
                    key.substr(std::min<std::size_t>(4, key.size()))))
      attachment.names.push_back(nameIn(file, entry, key.substr(4)));
  }
  return out;
}

}  // namespace mailreeve::content
