#include "ot/change.hpp"

namespace tutti::ot {

bool operator==(const Component& a, const Component& b) noexcept {
  if (a.kind != b.kind || a.length != b.length || a.text != b.text) return false;
  return (a.embed == b.embed || *a.embed == *b.embed) && *a.attributes == *b.attributes;
}

bool Change::is_rich() const noexcept {
  if (!buffer_.has_tables()) return false;
  for (const RawComponent& component : buffer_.components()) {
    if (component.attributes() != 0 || component.kind() == RawComponent::Kind::embed) return true;
  }
  return false;
}

bool Change::is_document() const noexcept { return base_length() == 0; }

bool operator==(const Change& a, const Change& b) noexcept {
  const auto as = a.buffer_.components();
  const auto bs = b.buffer_.components();
  if (as.size() != bs.size() || a.buffer_.text() != b.buffer_.text()) return false;
  for (std::size_t i = 0; i < as.size(); ++i) {
    const RawComponent& x = as[i];
    const RawComponent& y = bs[i];
    if (x.kind() != y.kind() || x.length != y.length || x.text_bytes() != y.text_bytes()) return false;
    if (x.kind() == RawComponent::Kind::embed && a.buffer_.embed(x.payload) != b.buffer_.embed(y.payload)) return false;
    if (a.buffer_.attributes(x.attributes()) != b.buffer_.attributes(y.attributes())) return false;
  }
  return true;
}

}  // namespace tutti::ot
