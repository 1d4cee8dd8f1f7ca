// What a file is, by its bytes and by nothing else: libmagic's opinion,
// whatever the sender calls it.
//
// A magic_t may be used by one thread at a time, and making one takes
// milliseconds: they are kept, and lent.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

struct magic_set;

namespace mailreeve::content {

// Any thread.
class FileTypes {
 public:
  FileTypes();
  ~FileTypes();
  FileTypes(const FileTypes&) = delete;
  FileTypes& operator=(const FileTypes&) = delete;
  FileTypes(FileTypes&&) = delete;
  FileTypes& operator=(FileTypes&&) = delete;

  // "application/zip", in lower case; "application/octet-stream" for what
  // nobody knows, "application/x-empty" for nothing. Only the first MiB is
  // looked at. Unavailable: the database cannot be loaded.
  [[nodiscard]] Result<std::string> typeOf(std::string_view bytes) const;

 private:
  struct Close {
    void operator()(magic_set* handle) const;
  };

  using Handle = std::unique_ptr<magic_set, Close>;

  [[nodiscard]] Result<std::string> ask(std::string_view bytes) const;
  [[nodiscard]] Result<Handle> borrow() const;
  void giveBack(Handle handle) const;

  mutable std::mutex mutex_;
  mutable std::vector<Handle> idle_;  // Guarded by mutex_.
};

}  // namespace mailreeve::content
