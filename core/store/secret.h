// A password in memory for as long as it is needed, and wiped after that.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace mailreeve::store {

class Secret {
 public:
  Secret() = default;

  // Takes the text over; the caller's copy is empty afterwards.
  explicit Secret(std::string&& text) : text_(std::move(text)) {
    wipe(text);  // A short text is copied, not moved.
  }

  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  Secret(Secret&& other) noexcept : Secret(std::move(other.text_)) {}

  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe(text_);
      text_ = std::move(other.text_);
      wipe(other.text_);
    }
    return *this;
  }

  ~Secret() { wipe(text_); }

  [[nodiscard]] std::string_view view() const { return text_; }

  // Overwrites and empties `text`, in a way the compiler keeps.
  static void wipe(std::string& text) noexcept;

 private:
  std::string text_;
};

}  // namespace mailreeve::store
