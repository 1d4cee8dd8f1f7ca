// The socket Postfix connects to. Its path goes when it is closed, unless
// somebody else's socket stands there by then.
#pragma once

#include <filesystem>

#include <sys/types.h>

#include "core/base/fd.h"
#include "core/base/result.h"

namespace mailreeve::policyd {

class Listener {
 public:
  // A socket left behind is replaced; one on which a process answers is an
  // Error. `group` of -1 keeps the caller's.
  [[nodiscard]] static Result<Listener> open(const std::filesystem::path& path,
                                             mode_t mode,
                                             gid_t group);

  Listener(Listener&& other) noexcept = default;
  Listener& operator=(Listener&&) = delete;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  ~Listener() { removePath(); }

  [[nodiscard]] int fd() const { return fd_.get(); }

  [[nodiscard]] bool open() const { return fd_.open(); }

  // Nobody finds us any more; who was already waiting still can be accepted.
  void removePath();

  void close() {
    removePath();
    fd_.reset();
  }

 private:
  Listener(Fd fd, std::filesystem::path path, ino_t inode)
      : fd_(std::move(fd)), path_(std::move(path)), inode_(inode) {}

  Fd fd_;
  std::filesystem::path path_;  // Empty: removed, or moved from.
  ino_t inode_ = 0;
};

}  // namespace mailreeve::policyd
