#include "documents/type.hpp"

namespace tutti::documents {

const DocumentType* find_type(std::string_view name) noexcept {
  for (const DocumentType* type : {&text_type(), &rich_text_type()}) {
    if (type->name() == name) return type;
  }
  return nullptr;
}

}  // namespace tutti::documents
