// CMS for tests, written by hand.
#pragma once

#include <string>

namespace mailreeve::content {

inline std::string element(int tag, const std::string& content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    out += "\x83";
    for (const int shift : {16, 8, 0})
      out += static_cast<char>(content.size() >> shift & 0xffU);
  }
  return out + content;
}

// Its length is not told.
inline std::string openElement(int tag, const std::string& content) {
  return std::string{static_cast<char>(tag), '\x80'} + content +
         std::string(2, '\0');
}

inline std::string pkcs7Oid(int number) {
  return element(0x06,
                 "\x2a\x86\x48\x86\xf7\x0d\x01\x07" +
                     std::string(1, static_cast<char>(number)));
}

inline std::string cmsOf(int number, const std::string& content) {
  return element(0x30, pkcs7Oid(number) + element(0xa0, content));
}

// `enclosed`: the content's type, and the content.
inline std::string signedData(const std::string& enclosed) {
  return element(0x30,
                 element(0x02, "\1") + element(0x31, "") +
                     element(0x30, enclosed) + element(0x31, ""));
}

// Signed, in one piece.
inline std::string signedMail(const std::string& entity) {
  return cmsOf(2,
               signedData(pkcs7Oid(1) + element(0xa0, element(0x04, entity))));
}

}  // namespace mailreeve::content
