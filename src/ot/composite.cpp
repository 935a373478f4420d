#include "ot/composite.hpp"

#include <algorithm>

#include "ot/change_writer.hpp"
#include "ot/component_cursor.hpp"
#include "ot/compose_buffers.hpp"
#include "ot/transform_over.hpp"

namespace tutti::ot {

Composite::Composite(ComponentBuffer buffer) : buffer_(std::move(buffer)) {
  buffer_.shrink();
  index_.reserve(buffer_.size() + 1);
  Start at{0, 0};
  for (const RawComponent& component : buffer_.components()) {
    index_.push_back(at);
    if (!component.inserts()) at.base += component.length;
    if (component.kind() != RawComponent::Kind::erase) at.target += component.length;
  }
  index_.push_back(at);
}

Composite::Composite(const Change& change) : Composite(ComponentBuffer(ChangeAccess::buffer(change))) {}

Composite::Composite(const Change& first, const Change& second)
    : Composite(compose_buffers(ChangeAccess::buffer(first), ChangeAccess::buffer(second), Order::kept)) {}

Composite::Composite(const Composite& first, const Composite& second)
    : Composite(compose_buffers(first.buffer_, second.buffer_, Order::kept)) {}

Composite Composite::of(std::span<const Change> changes) {
  std::vector<const Change*> pointers;
  for (const Change& change : changes) pointers.push_back(&change);
  return of(pointers);
}

template <class Part>
Composite Composite::of_parts(std::span<const Part* const> parts) {
  if (parts.empty()) return {};
  if (parts.size() == 1) return Composite(*parts[0]);
  if (parts.size() == 2) return Composite(*parts[0], *parts[1]);
  const std::size_t half = parts.size() / 2;
  return Composite(of_parts(parts.first(half)), of_parts(parts.subspan(half)));
}

Composite Composite::of(std::span<const Change* const> changes) { return of_parts(changes); }
Composite Composite::of(std::span<const Composite* const> parts) { return of_parts(parts); }

Change Composite::to_change() const {
  ComponentBuffer result;
  result.reserve(buffer_.size(), buffer_.text().size());
  ChangeWriter out(result);
  for (ComponentCursor at(buffer_); !at.done();) at.take_one(out);
  out.chop();
  return ChangeAccess::make(std::move(result));
}

Change Composite::transform(const Change& change) const {
  const auto components = buffer_.components();
  std::size_t here = 0;  // no piece asked for later begins before this component
  return transform_over(change, [&](std::uint32_t base) -> SequencePiece {
    // The last component that begins at or before `base`: behind all inserts there. Looked for in growing steps from
    // here.
    std::size_t step = 1;
    while (here + step < index_.size() && index_[here + step].base <= base) {
      here += step;
      step *= 2;
    }
    const auto first = index_.begin() + static_cast<std::ptrdiff_t>(here);
    const auto last = index_.begin() + static_cast<std::ptrdiff_t>(std::min(here + step, index_.size()));
    const auto behind =
        std::upper_bound(first, last, base, [](std::uint32_t b, const Start& start) { return b < start.base; });
    here = static_cast<std::size_t>(behind - index_.begin()) - 1;
    const Start& start = index_[here];
    const std::uint32_t offset = base - start.base;
    if (here == components.size())
      return {start.target + offset, ComponentCursor::kEndless, false, &buffer_.attributes(0)};
    const RawComponent& component = components[here];
    const bool erased = component.kind() == RawComponent::Kind::erase;
    return {start.target + (erased ? 0 : offset), component.length - offset, erased,
            &buffer_.attributes(component.attributes())};
  });
}

}  // namespace tutti::ot
