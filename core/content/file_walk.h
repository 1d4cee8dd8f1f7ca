// All files a message carries: its parts, what is in archives and TNEF streams
// among them, in attached messages, and in its text. Only what is known about
// each file is kept; its bytes are not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/content/archive.h"
#include "core/content/file_type.h"
#include "core/mail/message.h"

namespace mailreeve::content {

struct FoundFile {
  std::size_t part = 0;  // The part of the message it comes in: an index in
                         // its tree.
  std::string path;      // For people: "photos.zip > holiday.exe".
  std::vector<std::string> keys;  // Each name it goes by, as nameKey(); may be
                                  // empty.
  std::string type;      // By content; empty when it could not be read.
  std::string declared;  // The type its part claims; empty inside of archives.
  std::uint64_t size = 0;   // Decoded and unpacked.
  bool inArchive = false;   // As opposed to attached, to this message or to one
                            // that is attached.
  bool ofProtocol = false;  // A signature, an invitation, a delivery report.
  // Not all of it can be seen without a key. A file may be both, for whoever
  // opens it as the one or the other.
  bool encryptedArchive = false;
  bool encryptedDocument = false;
  bool officeZip = false;  // A zip by content, an Office document by name.
  bool macros = false;
  bool embedded = false;    // An Office document with a foreign object in it.
  std::string unscannable;  // Why not all that is in it was seen.
};

struct FileWalk {
  // In the order in which they stand; text to be read at once is not a file.
  std::vector<FoundFile> files;
  bool sealed = false;      // The message, or a part, is encrypted as a whole.
  std::string unscannable;  // Why a file may have been missed, or a name.
};

// An Error: nothing can be said (libmagic's database is missing).
[[nodiscard]] Result<FileWalk> walkFiles(const mail::Message& message,
                                         const FileTypes& types,
                                         const ArchiveLimits& limits);

}  // namespace mailreeve::content
