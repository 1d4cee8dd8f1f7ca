// Describes a vector of structs and an enumeration: what every description of
// nested settings needs.
#pragma once

#include <string_view>
#include <vector>

#include "core/config/describe.h"

namespace mailreeve::config {

template <class T>
class ListOf final : public ListAccess {
 public:
  using Describe = void (*)(Fields&, T&);

  ListOf(std::vector<T>& items, Describe describeItem)
      : items_(items), describe_(describeItem) {}

  [[nodiscard]] std::size_t size() const override { return items_.size(); }

  void append() override { items_.emplace_back(); }

  void describe(std::size_t index, Fields& fields) override {
    describe_(fields, items_.at(index));
  }

 private:
  std::vector<T>& items_;
  Describe describe_;
};

template <class T>
void listOf(Fields& fields,
            const Field& field,
            std::vector<T>& items,
            std::string_view element,
            void (*describeItem)(Fields&, T&)) {
  ListOf<T> access(items, describeItem);
  fields.list(field, access, element);
}

// An enumeration whose values, from 0 on, have these names.
template <class E>
void choiceOf(Fields& fields,
              const Field& field,
              E& value,
              const std::vector<std::string_view>& names) {
  auto index = static_cast<std::size_t>(value);
  fields.choice(field, index, names);
  value = static_cast<E>(index);
}

}  // namespace mailreeve::config
