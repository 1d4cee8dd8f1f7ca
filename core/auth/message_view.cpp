#include "core/auth/message_view.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/mail/header_block.h"

namespace mailreeve::auth {

namespace {

std::string_view withoutLineEnd(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view HeaderField::value() const {
  const auto colon = raw.find(':');
  return colon == std::string_view::npos ? std::string_view{}
                                         : raw.substr(colon + 1);
}

std::size_t MessageView::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      fields.begin(), fields.end(), [name](const HeaderField& field) {
        return equalsIgnoringCase(field.name, name);
      }));
}

MessageView viewOf(std::string_view bytes) {
  MessageView view;
  mail::HeaderBlock block(bytes, 0, bytes.size());
  for (mail::Field field; block.next(field);)
    view.fields.push_back(
        {field.name,
         withoutLineEnd(bytes.substr(field.begin, field.end - field.begin))});
  view.body = bytes.substr(block.end());
  return view;
}

MessageView viewOf(const mail::Message& message) {
  auto view = viewOf(message.bytes().substr(0, message.bodyOffset()));
  view.body = message.body();
  return view;
}

}  // namespace mailreeve::auth
