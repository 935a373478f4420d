// ot/spot.hpp: a change at a single place, the shape of nearly all typing: text inserted and units deleted at one
// position.
//
// Internal to ot/. Moving such a change past another one is a shift of its retain, in place.
#pragma once

#include <cstdint>
#include <optional>

#include "ot/component_buffer.hpp"

namespace tutti::ot {

struct Spot {
  std::uint32_t position = 0;
  std::uint32_t inserted = 0;
  std::uint32_t erased = 0;

  std::uint32_t end() const noexcept { return position + erased; }

  // Nullopt if the change is no spot: more places, attributes, embeds, or nothing at all.
  static std::optional<Spot> of(const ComponentBuffer& change) noexcept;
};

inline std::optional<Spot> Spot::of(const ComponentBuffer& change) noexcept {
  using Kind = RawComponent::Kind;
  const auto components = change.components();
  Spot spot;
  std::size_t i = 0;
  const std::size_t size = components.size();
  if (size == 0 || size > 3) return std::nullopt;
  // A tag without attributes is its kind.
  const auto is_plain = [&](Kind kind) {
    return i < size && components[i].kind_and_attributes == static_cast<std::uint32_t>(kind);
  };
  if (is_plain(Kind::retain)) spot.position = components[i++].length;
  if (is_plain(Kind::insert)) spot.inserted = components[i++].length;
  if (is_plain(Kind::erase)) spot.erased = components[i++].length;
  if (i != size) return std::nullopt;
  return spot;
}

}  // namespace tutti::ot
