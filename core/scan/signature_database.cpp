#include "core/scan/signature_database.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <sys/stat.h>

#include "core/base/text.h"

namespace mailreeve::scan {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHead = 512;
constexpr std::string_view kMagic = "ClamAV-VDB";
constexpr std::array<std::string_view, 20> kEndings = {
    ".cvd", ".cld", ".cud", ".hdb", ".hdu", ".hsb", ".hsu",
    ".mdb", ".mdu", ".msb", ".msu", ".ndb", ".ndu", ".ldb",
    ".ldu", ".fp",  ".pdb", ".gdb", ".cdb", ".yara"};

bool isSignatureFile(const fs::path& path) {
  const auto ending = path.extension().string();
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

// The three kinds that have a head.
bool isContainer(const fs::path& path) {
  const auto ending = path.extension().string();
  return std::find(kEndings.begin(), kEndings.begin() + 3, ending) !=
         kEndings.begin() + 3;
}

std::string headOf(const fs::path& path) {
  std::string head(kHead, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(
      static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return head;
}

std::int64_t number(std::string_view text) {
  const auto value = parseNumber(trim(text));
  return value && *value <= INT64_MAX ? static_cast<std::int64_t>(*value) : 0;
}

}  // namespace

Result<Done> parseSignatureHead(std::string_view head,
                                SignatureDatabase& into) {
  const auto parts = split(head.substr(0, kHead), ':');
  if (parts.size() < 4 || parts[0] != kMagic)
    return Error{ErrorCode::Invalid, into.name + ": no head of a database"};
  into.built = printable(trim(parts[1]));
  into.version = number(parts[2]);
  into.signatures = number(parts[3]);
  return Done{};
}

Result<std::vector<SignatureDatabase>> listSignatures(
    const fs::path& directory) {
  std::vector<SignatureDatabase> all;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(directory, problem)) {
    if (!isSignatureFile(entry.path())) continue;

    struct stat status {};

    if (::stat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode))
      continue;
    SignatureDatabase database;
    database.name = entry.path().filename().string();
    database.bytes = status.st_size;
    database.changed = std::chrono::system_clock::from_time_t(status.st_mtime);
    // One that says nothing of itself is listed all the same.
    if (isContainer(entry.path()))
      (void)parseSignatureHead(headOf(entry.path()), database);
    all.push_back(std::move(database));
  }
  if (problem)
    return Error{ErrorCode::NotFound,
                 directory.string() + ": " + problem.message()};
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.name < b.name;
  });
  return all;
}

}  // namespace mailreeve::scan
