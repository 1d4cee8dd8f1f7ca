#include "core/content/file_walk.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/base/text.h"
#include "core/content/calendar.h"
#include "core/content/closed_container.h"
#include "core/content/cms.h"
#include "core/content/compound_file.h"
#include "core/content/file_name.h"
#include "core/content/office.h"
#include "core/content/open_pgp.h"
#include "core/content/outlook_message.h"
#include "core/content/text_files.h"
#include "core/content/tnef.h"
#include "core/content/type_group.h"
#include "core/content/zip_names.h"
#include "core/mail/mime_tree.h"
#include "core/mail/unicode.h"

namespace mailreeve::content {

namespace {

constexpr std::string_view kInside = " > ";
constexpr std::string_view kNoName = "data";  // libarchive's, of a single file.
constexpr std::string_view kManifest = "meta-inf/manifest.xml";
constexpr const char* kOutlookType = "application/vnd.ms-outlook";
constexpr const char* kObjectType = "application/x-ole-storage";

bool isOneOf(std::string_view text,
             std::initializer_list<std::string_view> all) {
  return std::find(all.begin(), all.end(), text) != all.end();
}

// Parts that a protocol asks for and no person has chosen.
bool isOfProtocol(std::string_view type) {
  if (mail::isSmime(type)) return true;
  return isOneOf(type,
                 {"application/pkcs7-signature",
                  "application/x-pkcs7-signature",
                  "application/pgp-signature",
                  "application/pgp-encrypted",
                  "text/calendar",
                  "text/rfc822-headers",
                  "message/delivery-status",
                  "message/global-delivery-status",
                  "message/disposition-notification"});
}

bool saysEncrypted(const mail::MimeNode& node) {
  return mail::isSmime(node.type) &&
         node.parameter("smime-type") != "signed-data" &&
         node.parameter("smime-type") != "certs-only";
}

bool isZip(std::string_view bytes) {
  return bytes.starts_with("PK\3\4") || bytes.starts_with("PK\5\6");
}

// Office and Java files are zip archives with a program that knows better.
enum class Container {
  None,
  Archive,
  Office,
  Java,
  Message,
  Outlook,
  Cms,
  Tnef
};

bool allPromise(const std::vector<std::string>& keys, std::string_view group) {
  return !keys.empty() &&
         std::all_of(keys.begin(), keys.end(), [&](const auto& key) {
           return promisedGroup(extensionOf(key)) == group;
         });
}

bool anyPromises(const std::vector<std::string>& keys, std::string_view group) {
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
    return promisedGroup(extensionOf(key)) == group;
  });
}

Container zipKind(const FoundFile& file) {
  // What a file is called decides which program opens it: a "document" called
  // .zip is an archive.
  if (allPromise(file.keys, "java")) return Container::Java;
  if (allPromise(file.keys, "office")) return Container::Office;
  if (file.keys.empty() && isInGroup(file.type, "office"))
    return Container::Office;
  return Container::Archive;
}

// A mail program opens it as one by any of these.
bool isMessage(const FoundFile& file) {
  return file.type == "message/rfc822" || file.declared == "message/rfc822" ||
         file.declared == "message/global" ||
         std::any_of(file.keys.begin(), file.keys.end(), [](const auto& key) {
           return isOneOf(extensionOf(key), {"eml", "mht", "mhtml"});
         });
}

Container containerOf(const FoundFile& file, std::string_view bytes) {
  if (isTnef(bytes)) return Container::Tnef;
  if (isZip(bytes)) return zipKind(file);
  if (isInGroup(file.type, "archive") || isInGroup(file.type, "disk_image"))
    return Container::Archive;
  if (isOutlookMessage(bytes)) return Container::Outlook;
  if (isCms(bytes)) return Container::Cms;
  if (isMessage(file)) return Container::Message;
  // Archives whose beginning is something else are still opened by name.
  if (anyPromises(file.keys, "archive") || anyPromises(file.keys, "disk_image"))
    return Container::Archive;
  return Container::None;
}

// What is no archive from its beginning may be one from its end.
bool mayHideZip(Container container, const FoundFile& file) {
  if (container == Container::Tnef || container == Container::Outlook ||
      container == Container::Cms)
    return anyPromises(file.keys, "archive");
  return container == Container::None || container == Container::Message;
}

// Where other mail programs may find files that we do not.
bool hidesFiles(const mail::MimeTree& tree, const mail::MimeFinding& finding) {
  switch (finding.defect) {
    case mail::Defect::EncodedContainer: {
      // Quoted-printable leaves boundaries as they are; what nobody knows,
      // nobody decodes; a message is decoded and read.
      const auto& node = tree.nodes()[finding.node];
      return node.isMultipart() && (node.encoding == mail::Encoding::Base64 ||
                                    node.encoding == mail::Encoding::Uuencode);
    }
    case mail::Defect::DuplicateField:
    case mail::Defect::OversizedField:
    case mail::Defect::BareReturn:
    case mail::Defect::UnclearBoundary:
    case mail::Defect::RepeatedBoundary:
    case mail::Defect::TooDeep:
    case mail::Defect::TooManyParts:
      return true;
    case mail::Defect::BadHeaderLine:
    case mail::Defect::TextBeforeHeader:
    case mail::Defect::InvalidType:
    case mail::Defect::NoBoundary:
    case mail::Defect::NoParts:
    case mail::Defect::MissingEndBoundary:
    case mail::Defect::UnknownEncoding:
      return false;
  }
  return true;
}

// What a mail program that guesses the boundary would take for parts.
bool looksLikeParts(std::string_view body) {
  bool dashes = false;
  bool fields = false;
  while (!body.empty() && !(dashes && fields)) {
    const auto end = std::min(body.find('\n'), body.size() - 1) + 1;
    const auto line = body.substr(0, end);
    dashes = dashes || line.starts_with("--");
    fields = fields || startsWithIgnoringCase(line, "content-");
    body.remove_prefix(end);
  }
  return dashes && fields;
}

std::string childPath(const std::string& parent, std::string_view name) {
  const auto shown = printable(mail::asUtf8(name.substr(0, 200)));
  if (parent.empty()) return shown;
  return parent + std::string(kInside) + shown;
}

class Walker {
 public:
  Walker(const FileTypes& types, const ArchiveLimits& limits)
      : types_(types), budget_(limits) {}

  [[nodiscard]] Result<FileWalk> run(const mail::Message& message) {
    const auto& tree = message.tree();
    noteHidden(tree);
    for (std::size_t i = 0; i < tree.nodes().size(); ++i)
      walkNode(message.bytes(), tree, i, {i, "", 0, false});
    if (budget_.crowded())
      return Error{ErrorCode::Unavailable,
                   "too many large messages are looked into at once"};
    if (error_) return *std::move(error_);
    return std::move(out_);
  }

 private:
  // Where a file stands.
  struct Place {
    std::size_t part = 0;
    std::string path;
    std::size_t depth = 0;
    bool inArchive = false;
  };

  void walkTree(std::string_view bytes, const Place& place) {
    const auto tree = mail::MimeTree::parse(bytes);
    noteHidden(tree);
    for (std::size_t i = 0; i < tree.nodes().size(); ++i) {
      if (!budget_.entry()) {
        cannot(budget_.why());
        return;
      }
      walkNode(bytes, tree, i, place);
    }
  }

  void noteHidden(const mail::MimeTree& tree) {
    for (const auto& finding : tree.findings())
      if (hidesFiles(tree, finding)) cannot(mail::describe(finding.defect));
  }

  // The first reason is the one to tell.
  void cannot(std::string_view why) {
    if (out_.unscannable.empty()) out_.unscannable = why;
  }

  void walkNode(std::string_view bytes,
                const mail::MimeTree& tree,
                std::size_t index,
                const Place& place) {
    const auto& node = tree.nodes()[index];
    if (node.type == "multipart/encrypted") out_.sealed = true;
    if (node.isMultipart() && !node.isLeaf()) return;
    if (!node.isLeaf()) {
      // An attached message; what is in it comes as nodes of its own.
      auto& file = add(place, namesOf(node));
      file.type = file.declared = "message/rfc822";
      file.size = node.body.size();
      return;
    }
    if (!budget_.holds(node.body.size())) return;
    const std::string content = mail::decode(node, bytes);
    if (node.isMultipart() && looksLikeParts(content))
      cannot("a multipart whose parts cannot be told apart");
    if (saysEncrypted(node) && readCms(content).kind != Cms::Kind::Readable)
      out_.sealed = true;
    if (startsWithIgnoringCase(node.type, "text/")) walkText(content, place);
    if (node.type == "text/calendar") walkCalendar(content, place);
    if (!isReadAtOnce(node, content))
      take(place, namesOf(node), node.type, content);
  }

  void walkText(std::string_view content, const Place& place) {
    if (holdsPgpMessage(content)) out_.sealed = true;
    const auto files = filesInText(content);
    for (const auto& file : files) take(place, {file.name}, "", file.content);
    if (files.size() >= kMaxTextFiles) cannot("too many files in a text");
  }

  void walkCalendar(std::string_view content, const Place& place) {
    // In UTF-16, what matters is ASCII with NULs in between.
    std::string text(content);
    std::erase(text, '\0');
    const auto files = calendarFiles(text);
    for (const auto& file : files) take(place, file.names, "", file.content);
    if (files.size() >= kMaxCalendarFiles)
      cannot("too many files in a calendar");
  }

  static const std::vector<std::string>& namesOf(const mail::MimeNode& node) {
    return node.names.empty() ? node.standInNames : node.names;
  }

  // Binary bytes in a "text" are a file after all.
  static bool isReadAtOnce(const mail::MimeNode& node,
                           std::string_view content) {
    return node.names.empty() && node.disposition != "attachment" &&
           startsWithIgnoringCase(node.type, "text/") &&
           (content.substr(0, 512).find('\0') == std::string_view::npos ||
            startsWithIgnoringCase(node.charset, "utf-"));
  }

  FoundFile& add(const Place& place, const std::vector<std::string>& names) {
    auto& file = out_.files.emplace_back();
    file.part = place.part;
    file.inArchive = place.inArchive;
    file.path = childPath(place.path,
                          names.empty() ? std::string_view("unnamed part")
                                        : std::string_view(names.front()));
    for (const auto& name : names)
      if (auto key = nameKey(name); !key.empty())
        file.keys.push_back(std::move(key));
    return file;
  }

  // A file whose bytes are all there.
  void take(const Place& place,
            const std::vector<std::string>& names,
            std::string_view declared,
            std::string_view content) {
    auto& file = add(place, names);
    file.declared = declared;
    file.ofProtocol = isOfProtocol(declared);
    file.size = content.size();
    if (!budget_.inTime()) {
      file.unscannable = budget_.why();
      return;
    }
    file.type = typeOf(content);
    open(out_.files.size() - 1, content, place);
  }

  std::string typeOf(std::string_view content) {
    auto type = types_.typeOf(content);
    if (type) return *std::move(type);
    if (!error_) error_ = std::move(type).error();
    return {};
  }

  // By index: what is found inside moves the files.
  void open(std::size_t index, std::string_view content, const Place& place) {
    lookInto(out_.files[index], content);
    if (isPgpEncrypted(content)) out_.sealed = true;
    const auto container = containerOf(out_.files[index], content);
    if (container == Container::Java) {
      out_.files[index].encryptedArchive = hasEncryptedEntry(content);
      return;
    }
    // What is said to be one was walked as such.
    const bool calendar = out_.files[index].declared != "text/calendar" &&
                          beginsAsCalendar(content);
    const bool first = container != Container::None;
    const bool behind =
        mayHideZip(container, out_.files[index]) && endsAsZip(content);
    if (!first && !behind && !calendar) return;
    if (place.depth >= budget_.limits().depth) {
      out_.files[index].unscannable =
          "nested deeper than " + std::to_string(budget_.limits().depth);
      return;
    }
    Place inside = place;
    inside.path = out_.files[index].path;
    inside.depth += 1;
    if (calendar) walkCalendar(content, inside);
    if (container == Container::Message)
      walkTree(content, inside);
    else if (container == Container::Tnef)
      openTnef(index, content, inside);
    else if (container == Container::Outlook)
      openOutlook(index, content, inside);
    else if (container == Container::Cms)
      openCms(index, content, inside);
    else if (first)
      openArchive(index, content, inside, container);
    if (behind) openArchive(index, content, inside, Container::Archive);
  }

  static void lookInto(FoundFile& file, std::string_view content) {
    auto traits = traitsOf(content);
    file.encryptedDocument = traits.encrypted;
    file.macros = traits.macros;
    file.embedded = traits.embedded;
    file.unscannable = std::move(traits.unscannable);
    if (const auto closed = closedContainer(content))
      file.unscannable = std::string(closed->what) + " is not looked into";
    if (mail::isSmime(file.declared) && !isCms(content))
      file.unscannable = "S/MIME that is none";
  }

  void openCms(std::size_t index,
               std::string_view content,
               const Place& inside) {
    const auto cms = readCms(content);
    if (cms.kind == Cms::Kind::Encrypted) out_.sealed = true;
    if (cms.kind == Cms::Kind::Closed)
      out_.files[index].unscannable = "S/MIME that cannot be read";
    else if (!budget_.unpacked(cms.content.size()))
      out_.files[index].unscannable = budget_.why();
    else if (!cms.content.empty())
      walkTree(cms.content, inside);
  }

  void openOutlook(std::size_t index,
                   std::string_view content,
                   const Place& inside) {
    const auto message = CompoundFile::open(content);
    if (!message) return;
    for (const auto& file : attachmentsOf(*message)) {
      const auto size = file.content == nullptr ? 0 : file.content->size;
      if (!budget_.entry() || !budget_.unpacked(size)) {
        out_.files[index].unscannable = budget_.why();
        return;
      }
      if (file.content == nullptr) {
        add(inside, file.names).type =
            file.isMessage ? kOutlookType : kObjectType;
        continue;
      }
      const auto bytes = message->read(*file.content, 0, size);
      take(inside, file.names, "", bytes);
      if (bytes.size() < size)
        out_.files[index].unscannable = "damaged Outlook message";
    }
  }

  void openTnef(std::size_t index,
                std::string_view content,
                const Place& inside) {
    const auto found = readTnef(content);
    for (const auto& file : found.files) {
      if (!budget_.entry()) {
        out_.files[index].unscannable = budget_.why();
        return;
      }
      take(inside, file.names, "", file.content);
    }
    if (found.damaged) out_.files[index].unscannable = "damaged TNEF";
  }

  void openArchive(std::size_t index,
                   std::string_view content,
                   Place inside,
                   Container container) {
    inside.inArchive = true;
    const std::size_t first = out_.files.size();
    const bool office = container == Container::Office;
    std::size_t current = 0;
    bool manifest = false;
    bool wanted = false;
    std::unordered_set<std::string> seen;
    ArchiveVisitor visitor;
    visitor.entry = [&](const ArchiveEntry& entry, std::string_view head) {
      manifest = lower(entry.name) == kManifest;
      wanted = office ? takeOfficePart(index, entry, head, inside, current)
                      : takeEntry(index, entry, head, inside, current, seen);
      return wanted || manifest;
    };
    visitor.content = [&](const std::string& bytes) {
      if (manifest && manifestsEncryption(bytes))
        out_.files[index].encryptedDocument = true;
      if (!wanted) return;
      out_.files[current].size = bytes.size();
      open(current, bytes, inside);
    };
    auto result = walkArchive(content, budget_, visitor);
    if (result.twice) dropRepeated(first);
    auto& file = out_.files[index];
    file.officeZip = office;
    // Whatever it is called: Office encrypts otherwise, and only an archive
    // program opens this.
    file.encryptedArchive = result.encrypted;
    if (file.unscannable.empty())
      file.unscannable = std::move(result.unscannable);
    if ((result.zip || endsAsZip(content)) && !office)
      addOtherNames(content, inside, seen);
  }

  // Of an archive that was walked twice, what comes to the same.
  void dropRepeated(std::size_t first) {
    std::unordered_set<std::string> seen;
    const auto isRepeated = [&seen](const FoundFile& file) {
      std::string all = file.path + '\n' + file.type + '\n' +
                        std::to_string(file.size) + '\n' + file.unscannable;
      for (const bool trait : {file.encryptedArchive,
                               file.encryptedDocument,
                               file.officeZip,
                               file.macros,
                               file.embedded})
        all += trait ? '1' : '0';
      return !seen.insert(std::move(all)).second;
    };
    const auto begin = out_.files.begin() + static_cast<std::ptrdiff_t>(first);
    out_.files.erase(std::remove_if(begin, out_.files.end(), isRepeated),
                     out_.files.end());
  }

  // What a zip calls its entries where libarchive does not look.
  void addOtherNames(std::string_view content,
                     const Place& inside,
                     const std::unordered_set<std::string>& seen) {
    const auto most = budget_.limits().entries;
    const auto names = zipNames(content, most);
    for (const auto& name : names)
      if (const auto key = nameKey(name); !key.empty() && !seen.contains(key))
        add(inside, {name});
    if (names.size() >= most)
      cannot("more than " + std::to_string(most) + " names in a zip");
  }

  bool takeEntry(std::size_t archive,
                 const ArchiveEntry& entry,
                 std::string_view head,
                 const Place& inside,
                 std::size_t& current,
                 std::unordered_set<std::string>& seen) {
    const auto names = entryNames(archive, entry);
    seen.insert(nameKey(names.front()));
    auto& file = add(inside, names);
    current = out_.files.size() - 1;
    file.size = std::max<std::uint64_t>(entry.size, head.size());
    if (entry.encrypted || entry.unread) return false;
    file.type = typeOf(head);
    if (isPgpEncrypted(head)) out_.sealed = true;
    return containerOf(file, head) != Container::None || isDocument(head) ||
           beginsAsCalendar(head) || closedContainer(head) || endsAsZip(head);
  }

  // Of a document, only what is foreign to it counts as a file.
  bool takeOfficePart(std::size_t document,
                      const ArchiveEntry& entry,
                      std::string_view head,
                      const Place& inside,
                      std::size_t& current) {
    const auto path = lower(entry.name);
    if (path.ends_with("vbaproject.bin") || path.starts_with("basic/"))
      out_.files[document].macros = true;
    if (entry.encrypted) add(inside, {entry.name});
    if (entry.encrypted || entry.unread) return false;
    const bool object = path.find("embeddings/") != std::string::npos;
    const auto type = typeOf(head);
    if (!object && !isInGroup(type, "executable")) return false;
    if (isCompoundFile(head)) out_.files[document].embedded = true;
    auto& file = add(inside, {entry.name});
    current = out_.files.size() - 1;
    file.type = type;
    file.size = std::max<std::uint64_t>(entry.size, head.size());
    return object;
  }

  // "notes.txt.gz" holds "notes.txt" to some programs, to others what gzip has
  // noted in it.
  [[nodiscard]] std::vector<std::string> entryNames(
      std::size_t archive, const ArchiveEntry& entry) const {
    std::vector<std::string> names;
    if (entry.single)
      for (const auto& key : out_.files[archive].keys)
        names.push_back(key.substr(0, key.rfind('.')));
    if (names.empty() || (entry.single && entry.name != kNoName))
      names.push_back(entry.name);
    return names;
  }

  const FileTypes& types_;
  Budget budget_;
  FileWalk out_;
  std::optional<Error> error_;
};

}  // namespace

Result<FileWalk> walkFiles(const mail::Message& message,
                           const FileTypes& types,
                           const ArchiveLimits& limits) {
  return Walker(types, limits).run(message);
}

}  // namespace mailreeve::content
