// One file of foreign test data, run: how many of its cases we pass.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mailreeve::conformance {

class Score {
 public:
  void count(bool passed, const std::string& label, const std::string& got) {
    ++total_;
    if (!passed) failures_.push_back(label + ": " + got);
  }

  [[nodiscard]] std::size_t total() const { return total_; }

  [[nodiscard]] const std::vector<std::string>& failures() const {
    return failures_;
  }

 private:
  std::size_t total_ = 0;
  std::vector<std::string> failures_;
};

// Each may throw for a file that is not of the form expected.
[[nodiscard]] Score runSpf(const std::filesystem::path& file);
[[nodiscard]] Score runDkim(const std::filesystem::path& file);
[[nodiscard]] Score runArcValidation(const std::filesystem::path& file);
[[nodiscard]] Score runArcSealing(const std::filesystem::path& file);
[[nodiscard]] Score runPsl(const std::filesystem::path& file);

}  // namespace mailreeve::conformance
