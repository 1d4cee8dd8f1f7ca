#include "core/auth/arc/chain.h"

#include <map>

#include "core/auth/tag_list.h"
#include "core/base/text.h"

namespace mailreeve::arc {

namespace {

using dkim::SignatureKind;

Error invalid(std::string what) {
  return Error{ErrorCode::Invalid, std::move(what)};
}

// "i=N;" in front of what is else an Authentication-Results field.
Result<unsigned> readResultsInstance(std::string_view value) {
  const auto end = value.find(';');
  const auto tags = auth::TagList::parse(value.substr(0, end));
  const auto instance = end == std::string_view::npos || !tags
                            ? std::nullopt
                            : dkim::parseInstance(tags->value("i"));
  if (!instance)
    return invalid("ARC-Authentication-Results does not begin with i=");
  return *instance;
}

// The number of the set the field belongs to; the signature is kept.
Result<unsigned> readSigned(const auth::HeaderField& field,
                            SignatureKind kind,
                            dkim::Signature& signature) {
  auto read = dkim::readSignature(field.value(), kind, signature);
  if (!read) return std::move(read).error().within(std::string(field.name));
  return signature.instance;
}

Result<Done> addField(const auth::HeaderField& field,
                      std::map<unsigned, Set>& sets) {
  dkim::Signature signature;
  Result<unsigned> instance = 0U;
  std::string_view Set::*slot = nullptr;
  dkim::Signature Set::*parsed = nullptr;
  if (equalsIgnoringCase(field.name, "ARC-Authentication-Results")) {
    slot = &Set::results;
    instance = readResultsInstance(field.value());
  } else if (equalsIgnoringCase(field.name, "ARC-Message-Signature")) {
    slot = &Set::message;
    parsed = &Set::messageSignature;
    instance = readSigned(field, SignatureKind::ArcMessage, signature);
  } else if (equalsIgnoringCase(field.name, "ARC-Seal")) {
    slot = &Set::seal;
    parsed = &Set::sealSignature;
    instance = readSigned(field, SignatureKind::ArcSeal, signature);
  } else {
    return Done{};
  }
  if (!instance) return std::move(instance).error();

  Set& set = sets[*instance];
  if (!(set.*slot).empty())
    return invalid("set " + std::to_string(*instance) + " has two " +
                   std::string(field.name));
  set.*slot = field.raw;
  if (parsed != nullptr) set.*parsed = std::move(signature);
  return Done{};
}

}  // namespace

Result<std::vector<Set>> readChain(const auth::MessageView& message) {
  std::map<unsigned, Set> sets;
  for (const auto& field : message.fields) {
    auto added = addField(field, sets);
    if (!added) return std::move(added).error();
  }
  std::vector<Set> chain;
  for (auto& [number, set] : sets) {
    if (number != chain.size() + 1)
      return invalid("set " + std::to_string(chain.size() + 1) + " is missing");
    if (set.results.empty() || set.message.empty() || set.seal.empty())
      return invalid("set " + std::to_string(number) + " is not complete");
    chain.push_back(std::move(set));
  }
  return chain;
}

}  // namespace mailreeve::arc
