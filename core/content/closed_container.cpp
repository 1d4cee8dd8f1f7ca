#include "core/content/closed_container.h"

#include <algorithm>
#include <cstddef>

namespace mailreeve::content {

namespace {

using namespace std::string_view_literals;

constexpr auto kDisk = "application/x-disk-image"sv;
constexpr std::size_t kTrailer = 512;
constexpr std::size_t kBootMark = 510;

struct Magic {
  std::size_t at;
  std::string_view bytes;
  ClosedContainer is;
};

constexpr Magic kMagics[] = {
    {0, "conectix"sv, {"application/x-vhd", "a VHD image"}},
    {0, "vhdxfile"sv, {"application/x-vhdx", "a VHDX image"}},
    {0, "KDMV\1\0\0\0"sv, {"application/x-vmdk", "a VMDK image"}},
    {0, "KDMV\2\0\0\0"sv, {"application/x-vmdk", "a VMDK image"}},
    {0, "KDMV\3\0\0\0"sv, {"application/x-vmdk", "a VMDK image"}},
    {0, "COWD\1\0\0\0"sv, {"application/x-vmdk", "a VMDK image"}},
    {64, "\x7f\x10\xda\xbe"sv, {"application/x-virtualbox-vdi", "a VDI image"}},
    {0, "QFI\xfb"sv, {"application/x-qemu-disk", "a QCOW image"}},
    {0, "MSWIM\0\0\0"sv, {"application/x-ms-wim", "a WIM image"}},
    {0, "WLPWM\0\0\0"sv, {"application/x-ms-wim", "a WIM image"}},
    {512, "EFI PART"sv, {kDisk, "a disk image"}},
    {1024, "H+\0\4"sv, {kDisk, "an HFS+ image"}},
    {1024, "HX\0\5"sv, {kDisk, "an HFS+ image"}},
    {0, "ALZ\1"sv, {"application/x-alz", "an ALZip archive"}},
    {0, "EGGA\0\1"sv, {"application/x-egg", "an EGG archive"}},
    {0, "\x89LZO\0\r\n\x1a\n"sv, {"application/x-lzop", "an LZO archive"}},
    {0, "LRZI\0"sv, {"application/x-lrzip", "an lrzip archive"}},
    {0, "RZIP\2"sv, {"application/x-rzip", "an rzip archive"}},
    {0, "7kSt\xa0"sv, {"application/x-zpaq", "a ZPAQ archive"}},
    {0, "zPQ\1"sv, {"application/x-zpaq", "a ZPAQ archive"}},
    {0, "zPQ\2"sv, {"application/x-zpaq", "a ZPAQ archive"}},
    {20, "\xdc\xa7\xc4\xfd"sv, {"application/x-zoo", "a ZOO archive"}},
    {10, "rLau"sv, {"application/x-stuffit", "a StuffIt archive"}},
    {0, "StuffIt (c)"sv, {"application/x-stuffit", "a StuffIt archive"}},
    {0, "StuffIt!"sv, {"application/x-stuffit", "a StuffIt archive"}},
    {7, "**ACE**"sv, {"application/x-ace-compressed", "an ACE archive"}},
    {0, "ISc("sv, {"application/x-installshield", "an InstallShield cabinet"}},
    {0,
     "SZDD\x88\xf0\x27\x33"sv,
     {"application/x-ms-compress-szdd", "a file packed by COMPRESS"}},
    {0,
     "KWAJ\x88\xf0\x27\xd1"sv,
     {"application/x-ms-compress-kwaj", "a file packed by COMPRESS"}},
    {0, "\0\5\x16\0"sv, {"application/applefile", "an AppleSingle file"}},
    {0,
     "(This file must be converted with BinHex"sv,
     {"application/mac-binhex40", "a BinHex file"}},
    {0, "!BDN"sv, {"application/vnd.ms-outlook", "an Outlook mailbox"}},
};

bool has(std::string_view bytes, std::size_t at, std::string_view what) {
  return bytes.size() > at && bytes.substr(at).starts_with(what);
}

bool isSquashFs(std::string_view bytes) {
  return has(bytes, 0, "hsqs") && has(bytes, 28, "\4\0"sv);
}

// ECMA-167: from sector 16 on, one descriptor in each, until one is none.
bool isUdf(std::string_view bytes) {
  constexpr std::size_t kSector = 2048;
  constexpr std::size_t kMost = 64;
  for (std::size_t i = 16; i < 16 + kMost; ++i) {
    const auto at = i * kSector + 1;
    if (has(bytes, at, "NSR02") || has(bytes, at, "NSR03")) return true;
    if (!has(bytes, at, "CD001") && !has(bytes, at, "BEA01")) return false;
  }
  return true;
}

bool isFileSystem(std::string_view bytes) {
  return has(bytes, kBootMark, "\x55\xaa") &&
         (has(bytes, 3, "NTFS    ") || has(bytes, 3, "EXFAT   ") ||
          has(bytes, 54, "FAT12   ") || has(bytes, 54, "FAT16   ") ||
          has(bytes, 82, "FAT32   "));
}

// Four entries of 16 bytes: each is active or not, and at least one is used.
bool isPartitioned(std::string_view bytes) {
  if (!has(bytes, kBootMark, "\x55\xaa")) return false;
  bool used = false;
  for (std::size_t at = 446; at < kBootMark; at += 16) {
    const auto active = static_cast<unsigned char>(bytes[at]);
    if (active != 0 && active != 0x80) return false;
    used = used ||
           (bytes[at + 4] != 0 && bytes.substr(at + 12, 4) != "\0\0\0\0"sv);
  }
  return used;
}

}  // namespace

std::optional<ClosedContainer> closedContainer(std::string_view bytes) {
  const auto* known =
      std::find_if(std::begin(kMagics), std::end(kMagics), [&](const auto& m) {
        return has(bytes, m.at, m.bytes);
      });
  if (known != std::end(kMagics)) return known->is;
  if (bytes.size() >= kTrailer) {
    const auto trailer = bytes.substr(bytes.size() - kTrailer);
    if (trailer.starts_with("conectix"))
      return ClosedContainer{"application/x-vhd", "a VHD image"};
    if (trailer.starts_with("koly"))
      return ClosedContainer{"application/x-apple-diskimage", "a DMG image"};
  }
  if (isSquashFs(bytes))
    return ClosedContainer{"application/x-squashfs", "a SquashFS image"};
  if (isUdf(bytes))
    return ClosedContainer{"application/x-udf-image", "a UDF image"};
  if (isFileSystem(bytes) || isPartitioned(bytes))
    return ClosedContainer{kDisk, "a disk image"};
  return std::nullopt;
}

}  // namespace mailreeve::content
