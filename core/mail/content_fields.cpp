#include "core/mail/content_fields.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include <gmime/gmime.h>

#include "core/base/text.h"
#include "core/mail/charset.h"
#include "core/mail/gmime_start.h"

namespace mailreeve::mail {

namespace {

struct Unref {
  void operator()(void* object) const { ::g_object_unref(object); }
};

// Parameters of one part above this number are not kept.
constexpr int kMaxParameters = 50;

// GMime falls back to guesses for raw bytes; what is then still no UTF-8 is
// read byte by byte, so that a name is never lost.
std::string asUtf8(const char* text) {
  const std::string raw = text == nullptr ? "" : text;
  if (isValidUtf8(raw)) return raw;
  std::string out;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0U | (byte >> 6U));
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return out;
}

// `only` names the one parameter that counts; empty: all do.
void readParameters(GMimeParamList* list,
                    std::string_view only,
                    MimeNode& node) {
  const int count = std::min(::g_mime_param_list_length(list), kMaxParameters);
  for (int i = 0; i < count; ++i) {
    GMimeParam* parameter = ::g_mime_param_list_get_parameter_at(list, i);
    std::string name = lower(asUtf8(::g_mime_param_get_name(parameter)));
    if (!only.empty() && name != only) continue;
    if (!node.parameter(name).empty()) continue;
    node.parameters.emplace_back(std::move(name),
                                 asUtf8(::g_mime_param_get_value(parameter)));
  }
}

// RFC 2045 section 5.1: both halves are tokens.
bool isToken(std::string_view text) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > 32 && c < 127 && kSpecials.find(c) == std::string_view::npos;
  });
}

bool looksLikeType(std::string_view value) {
  const auto type = trim(value.substr(0, value.find(';')));
  const auto slash = type.find('/');
  if (slash == std::string_view::npos) return false;
  const auto subtype = trim(type.substr(slash + 1));
  return isToken(trim(type.substr(0, slash))) &&
         isToken(subtype.substr(0, subtype.find_first_of(" \t(")));
}

}  // namespace

bool readContentType(const std::string& value, MimeNode& node) {
  if (!looksLikeType(value)) {
    // Whoever reads it all the same reads parts.
    const auto parameters = value.find(';');
    if (parameters != std::string::npos &&
        lower(value).find("boundary") != std::string::npos)
      static_cast<void>(
          readContentType("multipart/mixed" + value.substr(parameters), node));
    return false;
  }
  startGMime();
  const std::unique_ptr<GMimeContentType, Unref> parsed(
      ::g_mime_content_type_parse(nullptr, value.c_str()));
  node.type =
      lower(asUtf8(::g_mime_content_type_get_media_type(parsed.get()))) + "/" +
      lower(asUtf8(::g_mime_content_type_get_media_subtype(parsed.get())));
  readParameters(::g_mime_content_type_get_parameters(parsed.get()), {}, node);
  return true;
}

void readDisposition(const std::string& value, MimeNode& node) {
  startGMime();
  const std::unique_ptr<GMimeContentDisposition, Unref> parsed(
      ::g_mime_content_disposition_parse(nullptr, value.c_str()));
  if (!parsed) return;
  node.disposition =
      lower(asUtf8(::g_mime_content_disposition_get_disposition(parsed.get())));
  node.disposition = std::string(trim(node.disposition));
  // A charset or boundary here means nothing to a mail program.
  readParameters(::g_mime_content_disposition_get_parameters(parsed.get()),
                 "filename",
                 node);
}

void finishContentFields(const std::vector<std::string>& others,
                         std::vector<std::string> standIns,
                         MimeNode& node) {
  node.charset = lower(trim(node.parameter("charset")));
  const auto add = [&node](std::string_view name) {
    if (!name.empty() &&
        std::find(node.names.begin(), node.names.end(), name) ==
            node.names.end())
      node.names.emplace_back(name);
  };
  add(node.parameter("filename"));
  add(node.parameter("name"));
  for (const auto& name : others) add(name);
  if (node.names.empty())
    node.standInNames = std::move(standIns);
  else
    node.filename = node.names.front();
}

}  // namespace mailreeve::mail
