#include "ot/rich_text.hpp"

#include "ot/change_writer.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {

Result<RichText, ChangeError> RichText::from_document(const Change& document) {
  RichText text;
  if (auto fits = text.apply(document); !fits) return fits.error();
  return text;
}

Result<void, ChangeError> RichText::check(const Change& change) const {
  if (auto fits = text_.check_lengths(change); !fits) return fits;
  if (!text_.splits_no_pair(change)) return ChangeError::split_surrogate;
  return {};
}

Result<void, ChangeError> RichText::apply(const Change& change) {
  if (auto fits = check(change); !fits) return fits;
  text_.apply_checked(change);
  const ComponentBuffer& buffer = ChangeAccess::buffer(change);
  std::uint32_t position = 0;
  for (const RawComponent& component : buffer.components()) {
    const Attributes& attributes = buffer.attributes(component.attributes());
    switch (component.kind()) {
      case RawComponent::Kind::erase:
        runs_.erase(position, component.length);
        continue;
      case RawComponent::Kind::retain:
        if (!attributes.empty()) runs_.format(position, component.length, attributes);
        break;
      case RawComponent::Kind::insert:
        runs_.insert(position, {component.length, attributes, {}});
        break;
      case RawComponent::Kind::embed:
        runs_.insert(position, {1, attributes, buffer.embed(component.payload)});
        break;
    }
    position += component.length;
  }
  return {};
}

void RichText::write(std::size_t begin, std::size_t end, ChangeWriter& out) const {
  std::size_t position = begin;
  runs_.visit(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
              [&](const Run& run, std::uint32_t length) {
                if (run.is_embed()) {
                  out.embed(run.embed, run.attributes);
                } else {
                  for (const std::string_view chunk : text_.chunks(position, position + length)) {
                    out.insert(chunk, static_cast<std::uint32_t>(count_utf16(chunk)), run.attributes);
                  }
                }
                position += length;
              });
}

Change RichText::slice(std::size_t begin, std::size_t end) const {
  ComponentBuffer result;
  ChangeWriter out(result);
  write(std::min(begin, length_utf16()), std::min(end, length_utf16()), out);
  return ChangeAccess::make(std::move(result));
}

Change RichText::to_document() const { return slice(0, length_utf16()); }

Change RichText::invert(const Change& change) const {
  ComponentBuffer result;
  ChangeWriter out(result);
  std::size_t position = 0;
  const ComponentBuffer& buffer = ChangeAccess::buffer(change);
  for (const RawComponent& component : buffer.components()) {
    const std::size_t end = position + component.length;
    const Attributes& attributes = buffer.attributes(component.attributes());
    if (component.inserts()) {
      out.erase(component.length);
      continue;
    }
    if (component.kind() == RawComponent::Kind::erase) {
      write(position, end, out);
    } else if (attributes.empty()) {
      out.retain(component.length);
    } else {
      runs_.visit(
          static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(end),
          [&](const Run& run, std::uint32_t length) { out.retain(length, ot::invert(attributes, run.attributes)); });
    }
    position = end;
  }
  out.chop();
  return ChangeAccess::make(std::move(result));
}

bool operator==(const RichText& a, const RichText& b) {
  return a.text_ == b.text_ && a.to_document() == b.to_document();
}

}  // namespace tutti::ot
