// Archives for tests, made by libarchive itself.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace mailreeve::content {

using Members = std::vector<std::pair<std::string, std::string>>;

inline std::string pack(
    const Members& members,
    int (*format)(archive*),
    int (*filter)(archive*) = ::archive_write_add_filter_none,
    const char* passphrase = nullptr) {
  std::string out(std::size_t{8} << 20U, '\0');
  std::size_t used = 0;
  archive* writer = ::archive_write_new();
  format(writer);
  filter(writer);
  ::archive_write_set_bytes_in_last_block(writer, 1);
  if (passphrase != nullptr) {
    ::archive_write_set_options(writer, "zip:encryption=traditional");
    ::archive_write_set_passphrase(writer, passphrase);
  }
  ::archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const auto& [name, content] : members) {
    archive_entry* entry = ::archive_entry_new();
    ::archive_entry_set_pathname(entry, name.c_str());
    const bool directory = name.back() == '/';
    ::archive_entry_set_filetype(entry, directory ? AE_IFDIR : AE_IFREG);
    ::archive_entry_set_perm(entry, 0644);
    ::archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    ::archive_write_header(writer, entry);
    ::archive_write_data(writer, content.data(), content.size());
    ::archive_entry_free(entry);
  }
  ::archive_write_close(writer);
  ::archive_write_free(writer);
  out.resize(used);
  return out;
}

inline std::string zip(const Members& members) {
  return pack(members, ::archive_write_set_format_zip);
}

inline std::string lockedZip(const Members& members) {
  return pack(members,
              ::archive_write_set_format_zip,
              ::archive_write_add_filter_none,
              "secret");
}

inline std::string sevenZip(const Members& members) {
  return pack(members, ::archive_write_set_format_7zip);
}

inline std::string iso(const Members& members) {
  return pack(members, ::archive_write_set_format_iso9660);
}

inline std::string tarGz(const Members& members) {
  return pack(members,
              ::archive_write_set_format_ustar,
              ::archive_write_add_filter_gzip);
}

inline std::string gz(const std::string& content) {
  return pack({{"data", content}},
              ::archive_write_set_format_raw,
              ::archive_write_add_filter_gzip);
}

// The start of a Windows program, as far as anybody looks.
inline std::string program() {
  std::string bytes("MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", 16);
  return bytes + std::string(200, '\0');
}

}  // namespace mailreeve::content
