#include "core/mail/mime_tree.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/mail/header_block.h"

namespace mailreeve::mail {

bool MimeNode::isMultipart() const {
  return startsWithIgnoringCase(type, "multipart/");
}

std::string_view MimeNode::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

std::string_view describe(Defect defect) {
  switch (defect) {
    case Defect::DuplicateField:
      return "a Content-* field stands there twice";
    case Defect::OversizedField:
      return "a Content-* field is too long";
    case Defect::BadHeaderLine:
      return "a line of the header is no field";
    case Defect::BareReturn:
      return "a line of the header holds a bare CR";
    case Defect::TextBeforeHeader:
      return "a header begins with text";
    case Defect::InvalidType:
      return "the Content-Type cannot be read";
    case Defect::NoBoundary:
      return "a multipart names no boundary";
    case Defect::NoParts:
      return "a multipart has no parts";
    case Defect::MissingEndBoundary:
      return "a multipart does not end";
    case Defect::UnclearBoundary:
      return "a line may be a boundary, or not";
    case Defect::RepeatedBoundary:
      return "a boundary is used on two levels";
    case Defect::EncodedContainer:
      return "a multipart or message is encoded";
    case Defect::UnknownEncoding:
      return "the transfer encoding is unknown";
    case Defect::TooDeep:
      return "the parts are nested too deep";
    case Defect::TooManyParts:
      return "there are too many parts";
  }
  return "unknown";
}

bool MimeTree::has(Defect defect) const {
  return std::any_of(findings_.begin(),
                     findings_.end(),
                     [defect](const auto& f) { return f.defect == defect; });
}

bool isSmime(std::string_view type) {
  return type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime";
}

bool isSealed(const MimeNode& node) {
  return node.type == "multipart/signed" ||
         node.type == "multipart/encrypted" || isSmime(node.type) ||
         node.type == "application/pgp-encrypted" ||
         node.type == "application/pgp";
}

bool isSealed(const MimeTree& tree, std::size_t part) {
  return tree.anyAncestorOrSelf(
      part, [](const MimeNode& node) { return isSealed(node); });
}

std::string decode(const MimeNode& node, std::string_view bytes) {
  return decodeTransfer(node.body.of(bytes), node.encoding);
}

std::size_t decodedSize(const MimeNode& node, std::string_view bytes) {
  return decodedTransferSize(node.body.of(bytes), node.encoding);
}

std::optional<std::string> fieldValue(std::string_view bytes,
                                      const Range& headers,
                                      std::string_view name) {
  HeaderBlock block(bytes, headers.begin, headers.end);
  for (Field field; block.next(field);)
    if (equalsIgnoringCase(field.name, name)) return unfold(field.value);
  return std::nullopt;
}

}  // namespace mailreeve::mail
