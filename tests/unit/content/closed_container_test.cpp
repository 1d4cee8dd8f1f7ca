#include "core/content/closed_container.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/content/type_group.h"

namespace mailreeve::content {

namespace {

std::string at(std::size_t place, const std::string& magic) {
  return std::string(place, '\0') + magic + std::string(600, '\0');
}

// From sector 16 on, what each says it is.
std::string volume(const std::vector<std::string>& descriptors) {
  std::string out(32768, '\0');
  for (const auto& name : descriptors) {
    auto sector = std::string(1, '\0') + name;
    sector.resize(2048, '\0');
    out += sector;
  }
  return out;
}

std::string bootSector(std::size_t place, const std::string& name) {
  auto out = std::string(510, '\0') + "\x55\xaa" + std::string(600, '\0');
  return out.replace(place, name.size(), name);
}

}  // namespace

TEST_CASE("what holds files and is not opened is known by its bytes") {
  struct Row {
    std::string label;
    std::string bytes;
    std::string what;   // Empty: nothing of the kind.
    std::string group;  // Which rules know it by.
  };

  const std::string disk = "disk_image";
  const std::string archive = "archive";
  std::string footer(2000, 'x');
  const std::string partition("\x80\1\1\0\7\xfe\xff\xff\x3f\0\0\0\0\1\0\0", 16);
  const Row rows[] = {
      {"nothing", "", "", ""},
      {"words", "The conectix of a koly, MSWIM", "", ""},
      {"words that begin with a magic", "RZIP is a program", "", ""},
      {"a VHD that grows", at(0, "conectix"), "a VHD image", disk},
      {"a VHD of one size",
       footer + "conectix" + std::string(504, 'x'),
       "a VHD image",
       disk},
      {"VHDX", at(0, "vhdxfile"), "a VHDX image", disk},
      {"VMDK", at(0, std::string("KDMV\1\0\0\0", 8)), "a VMDK image", disk},
      {"VDI", at(64, "\x7f\x10\xda\xbe"), "a VDI image", disk},
      {"QCOW", at(0, "QFI\xfb"), "a QCOW image", disk},
      {"DMG", footer + "koly" + std::string(508, 'x'), "a DMG image", disk},
      {"WIM", at(0, "MSWIM"), "a WIM image", disk},
      {"UDF", volume({"BEA01", "NSR02", "TEA01"}), "a UDF image", disk},
      {"UDF beside ISO 9660",
       volume({"CD001", "CD001", "BEA01", "NSR03", "TEA01"}),
       "a UDF image",
       disk},
      {"ISO 9660 alone", volume({"CD001", "CD001", ""}), "", ""},
      {"FAT", bootSector(54, "FAT16   "), "a disk image", disk},
      {"NTFS", bootSector(3, "NTFS    "), "a disk image", disk},
      {"partitions", bootSector(446, partition), "a disk image", disk},
      {"a boot sector with none", bootSector(0, ""), "", ""},
      {"the other kind of them", at(512, "EFI PART"), "a disk image", disk},
      {"HFS+", at(1024, std::string("H+\0\4", 4)), "an HFS+ image", disk},
      {"SquashFS",
       at(0, "hsqs" + std::string(24, '\1') + "\4"),
       "a SquashFS image",
       disk},
      {"ALZip", at(0, "ALZ\1"), "an ALZip archive", archive},
      {"EGG", at(0, std::string("EGGA\0\1", 6)), "an EGG archive", archive},
      {"LZO",
       at(0, std::string("\x89LZO\0\r\n\x1a\n", 9)),
       "an LZO archive",
       archive},
      {"ZPAQ", at(0, "zPQ\1"), "a ZPAQ archive", archive},
      {"ZOO", at(20, "\xdc\xa7\xc4\xfd"), "a ZOO archive", archive},
      {"StuffIt", at(10, "rLau"), "a StuffIt archive", archive},
      {"ACE", at(7, "**ACE**"), "an ACE archive", archive},
      {"an Outlook mailbox", at(0, "!BDN"), "an Outlook mailbox", "message"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.label);
    const auto found = closedContainer(row.bytes);
    REQUIRE(found.has_value() == !row.what.empty());
    if (!found) continue;
    CHECK(found->what == row.what);
    CHECK(isInGroup(found->type, row.group));
  }
}

}  // namespace mailreeve::content
