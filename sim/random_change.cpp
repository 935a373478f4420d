#include "random_change.hpp"

#include <vector>

#include "ot/change_builder.hpp"

namespace tutti::sim {
namespace {

// The lengths of the characters of a document, in UTF-16 units: 1, or 2 for a pair.
std::vector<std::size_t> character_lengths(const ot::Change& document) {
  std::vector<std::size_t> lengths;
  for (const ot::Component& component : document) {
    if (component.kind == ot::Component::Kind::embed) lengths.push_back(1);
    for (const char byte : component.text) {
      if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80)
        lengths.push_back(static_cast<unsigned char>(byte) >= 0xF0 ? 2 : 1);
    }
  }
  return lengths;
}

std::string some_text(Loop& loop) {
  static constexpr const char* kTexts[] = {"a", "b", "xy", "é", "word ", "\n", "😀", "日本"};
  return kTexts[loop.below(std::size(kTexts))];
}

ot::Attributes some_attributes(Loop& loop, bool retain) {
  switch (loop.below(4)) {
    case 0:
      return ot::Attributes({{"bold", ot::Value(true)}});
    case 1:
      return ot::Attributes({{"color", ot::Value(loop.chance(0.5) ? "red" : "blue")}});
    case 2:
      return retain ? ot::Attributes({{"bold", ot::Value()}}) : ot::Attributes();
    default:
      return {};
  }
}

}  // namespace

ot::Change random_change(Loop& loop, const ot::Change& document, bool rich) {
  const auto lengths = character_lengths(document);
  ot::ChangeBuilder builder;
  std::size_t at = 0;
  const auto walk = [&](std::size_t characters) {
    std::size_t units = 0;
    for (; characters > 0 && at < lengths.size(); --characters) units += lengths[at++];
    return units;
  };
  for (std::uint64_t edits = 1 + loop.below(3); edits > 0; --edits) {
    if (const std::size_t units = walk(loop.below(lengths.size() - at + 1))) builder.retain(units);
    const std::uint64_t dice = loop.below(10);
    if (dice < 5 || at == lengths.size()) {
      if (rich && loop.chance(0.1)) {
        builder.insert_embed(ot::Value::object({{"image", ot::Value("i")}}));
      } else {
        builder.insert(some_text(loop), rich ? some_attributes(loop, false) : ot::Attributes());
      }
    } else if (dice < 8 || !rich) {
      if (const std::size_t units = walk(1 + loop.below(4))) builder.erase(units);
    } else if (const std::size_t units = walk(1 + loop.below(4))) {
      builder.retain(units, some_attributes(loop, true));
    }
  }
  return *builder.build();
}

}  // namespace tutti::sim
