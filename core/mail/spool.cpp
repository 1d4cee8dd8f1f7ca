#include "core/mail/spool.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/file.h"

namespace mailreeve::mail {

namespace {

// Bytes gathered before they are written to the file.
constexpr std::size_t kWriteStep = 256U << 10U;

Error failed(const std::string& doing) {
  return Error{ErrorCode::Unavailable,
               "spool: " + doing + ": " + errnoText(errno)};
}

}  // namespace

Spool::Spool(Spool&& other) noexcept
    : options_(std::move(other.options_)),
      size_(std::exchange(other.size_, 0)),
      memory_(std::move(other.memory_)),
      file_(std::move(other.file_)),
      mapped_(std::exchange(other.mapped_, nullptr)) {}

Spool& Spool::operator=(Spool&& other) noexcept {
  if (this == &other) return *this;
  unmap();
  options_ = std::move(other.options_);
  size_ = std::exchange(other.size_, 0);
  memory_ = std::move(other.memory_);
  file_ = std::move(other.file_);
  mapped_ = std::exchange(other.mapped_, nullptr);
  return *this;
}

Spool::~Spool() {
  unmap();
}

Result<Done> Spool::append(std::string_view bytes) {
  if (mapped_ != nullptr)
    return Error{ErrorCode::Internal, "spool: append after view"};
  if (bytes.size() > options_.limit - size_)
    return Error{
        ErrorCode::Invalid,
        "spool: larger than " + std::to_string(options_.limit) + " bytes"};
  memory_.insert(memory_.end(), bytes.begin(), bytes.end());
  size_ += bytes.size();
  if (!file_.open() && size_ > options_.memory) {
    auto opened = openFile();
    if (!opened) return opened;
  }
  if (file_.open() && memory_.size() >= kWriteStep) return flush();
  return Done{};
}

Result<std::string_view> Spool::view() {
  if (!file_.open()) return std::string_view(memory_.data(), size_);
  if (mapped_ == nullptr) {
    auto flushed = flush();
    if (!flushed) return std::move(flushed).error();
    memory_.shrink_to_fit();
    void* mapped =
        ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_.get(), 0);
    if (mapped == MAP_FAILED) return failed("map");
    mapped_ = mapped;
  }
  return std::string_view(static_cast<const char*>(mapped_), size_);
}

Result<Done> Spool::openFile() {
  file_ = Fd(::open(options_.directory.c_str(),
                    O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL,
                    0600));
  if (!file_.open()) return failed(options_.directory + ": create a file");
  return Done{};
}

Result<Done> Spool::flush() {
  std::string_view rest(memory_.data(), memory_.size());
  while (!rest.empty()) {
    const ssize_t n = ::write(file_.get(), rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write");
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  memory_.clear();
  return Done{};
}

void Spool::unmap() {
  if (mapped_ != nullptr) ::munmap(std::exchange(mapped_, nullptr), size_);
}

Result<SpooledBytes> SpooledBytes::from(Spool spool) {
  const auto kept = std::make_shared<Spool>(std::move(spool));
  const auto view = kept->view();
  if (!view) return view.error();
  SpooledBytes bytes;
  bytes.spool_ = kept;
  bytes.view_ = *view;
  return bytes;
}

SpooledBytes SpooledBytes::behind(std::size_t offset) const {
  SpooledBytes rest = *this;
  rest.view_.remove_prefix(offset);
  return rest;
}

}  // namespace mailreeve::mail
