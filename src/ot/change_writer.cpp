#include "ot/change_writer.hpp"

namespace tutti::ot {

std::uint32_t ChangeWriter::add_attributes(const Attributes& attributes) {
  if (attributes.empty()) return 0;
  if (!out_.tables_) out_.tables_ = std::make_unique<ComponentBuffer::Tables>();
  auto& table = out_.tables_->attributes;
  if (table.empty() || table.back() != attributes) table.push_back(attributes);
  return static_cast<std::uint32_t>(table.size());
}

void ChangeWriter::retain(std::uint32_t length, const Attributes& attributes) {
  if (attributes.empty()) return retain(length);
  if (length == 0) return;
  out_.base_length_ += length;
  out_.target_length_ += length;
  RawComponent* const end = last();
  if (end && end->kind() == Kind::retain && has_attributes(*end, attributes)) {
    end->length += length;
  } else {
    push({Kind::retain, length, 0, add_attributes(attributes)});
  }
}

// Places an insert or embed: before a delete at the end, or behind everything.
void ChangeWriter::push_insert(const RawComponent& component) {
  const RawComponent* const end = last();
  if (order_ == Order::canonical && end && end->kind() == Kind::erase) {
    const RawComponent erased = *end;
    push(erased);
    out_.raw()[out_.size_ - 2] = component;
  } else {
    push(component);
  }
}

void ChangeWriter::insert(std::string_view utf8, std::uint32_t length, const Attributes& attributes) {
  if (length == 0) return;
  out_.target_length_ += length;
  append_text(utf8);  // at the end in any case: the delete it may be placed before has no text
  RawComponent* before = last();
  if (order_ == Order::canonical && before && before->kind() == Kind::erase)
    before = out_.size_ > 1 ? before - 1 : nullptr;
  if (before && before->kind() == Kind::insert && has_attributes(*before, attributes)) {
    before->length += length;
    before->payload += static_cast<std::uint32_t>(utf8.size());
  } else {
    push_insert({Kind::insert, length, static_cast<std::uint32_t>(utf8.size()), add_attributes(attributes)});
  }
}

void ChangeWriter::embed(const Value& value, const Attributes& attributes) {
  out_.target_length_ += 1;
  const std::uint32_t index = add_attributes(attributes);
  if (!out_.tables_) out_.tables_ = std::make_unique<ComponentBuffer::Tables>();
  auto& embeds = out_.tables_->embeds;
  embeds.push_back(value);
  push_insert({Kind::embed, 1, static_cast<std::uint32_t>(embeds.size() - 1), index});
}

void ChangeWriter::insert_from(const ComponentBuffer& from, const RawComponent& component, std::string_view text) {
  const Attributes& attributes = from.attributes(component.attributes());
  if (component.kind() == Kind::embed) {
    embed(from.embed(component.payload), attributes);
  } else {
    insert(text, component.length, attributes);
  }
}

void ChangeWriter::append_rest(const ComponentBuffer& from, std::size_t index, const char* text) {
  const auto components = from.components();
  const char* const text_end = from.text().data() + from.text().size();
  // The first may join what is here (and, in canonical order, a second one a delete that is here): these go the long
  // way. Once one stands on its own behind a component that is no delete, the rest is as canonical here as it was
  // there.
  for (; index < components.size(); ++index) {
    const RawComponent& component = components[index];
    const RawComponent* const end = last();
    if (!from.has_tables() && end && end->kind() == Kind::retain && component.kind() != Kind::retain) break;
    const std::string_view own(text, component.text_bytes());
    switch (component.kind()) {
      case Kind::retain:
        retain(component.length, from.attributes(component.attributes()));
        break;
      case Kind::erase:
        erase(component.length);
        break;
      default:
        insert_from(from, component, own);
        break;
    }
    text += own.size();
  }
  if (index == components.size()) return;
  const std::size_t count = components.size() - index;
  if (out_.size_ + count > out_.component_capacity_) out_.reserve(out_.size_ + count, out_.text_capacity_);
  std::memcpy(static_cast<void*>(out_.raw() + out_.size_), components.data() + index, count * sizeof(RawComponent));
  out_.size_ += static_cast<std::uint32_t>(count);
  append_text({text, static_cast<std::size_t>(text_end - text)});
  for (const RawComponent& component : components.subspan(index)) {
    if (component.kind() != Kind::erase) out_.target_length_ += component.length;
    if (!component.inserts()) out_.base_length_ += component.length;
  }
}

void ChangeWriter::chop() noexcept {
  const RawComponent* const end = last();
  if (!end || end->kind_and_attributes != 0) return;
  out_.base_length_ -= end->length;
  out_.target_length_ -= end->length;
  --out_.size_;
}

}  // namespace tutti::ot
