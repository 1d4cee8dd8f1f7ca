// Collects a message's bytes as they arrive: in memory while it is small, then
// in a temporary file without a name, which vanishes with the process.
//
// A sender decides how much comes in: the limit given at construction is never
// exceeded.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fd.h"
#include "core/base/result.h"

namespace mailreeve::mail {

struct SpoolOptions {
  std::string directory = "/var/tmp";  // Where the file lives.
  std::size_t memory = 1U << 20U;      // More than this goes to the file.
  std::size_t limit = 256U << 20U;     // More than this is an Error.
};

// Move only; one thread at a time.
class Spool {
 public:
  explicit Spool(SpoolOptions options = {}) : options_(std::move(options)) {}

  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  Spool(Spool&& other) noexcept;
  Spool& operator=(Spool&& other) noexcept;
  ~Spool();

  // Invalid: over the limit, and nothing was added. Unavailable: the disk. Not
  // to be called after view().
  [[nodiscard]] Result<Done> append(std::string_view bytes);

  [[nodiscard]] std::size_t size() const { return size_; }

  [[nodiscard]] const SpoolOptions& options() const { return options_; }

  // Everything appended, as one contiguous view that stays where it is when the
  // spool is moved. Ends the appending.
  [[nodiscard]] Result<std::string_view> view();

 private:
  [[nodiscard]] Result<Done> openFile();
  [[nodiscard]] Result<Done> flush();
  void unmap();

  SpoolOptions options_;
  std::size_t size_ = 0;
  std::vector<char> memory_;  // All bytes, or those not yet in the file.
  Fd file_;
  void* mapped_ = nullptr;
};

// What a spool has collected, or its rest from some byte on; cheap to copy.
class SpooledBytes {
 public:
  [[nodiscard]] static Result<SpooledBytes> from(Spool spool);

  [[nodiscard]] std::string_view view() const { return view_; }

  [[nodiscard]] SpooledBytes behind(std::size_t offset) const;

 private:
  SpooledBytes() = default;

  std::shared_ptr<const Spool> spool_;
  std::string_view view_;  // Into spool_.
};

}  // namespace mailreeve::mail
