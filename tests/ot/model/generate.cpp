#include "ot/model/generate.hpp"

#include <algorithm>
#include <vector>

#include "base/assert.hpp"
#include "ot/change_builder.hpp"

namespace tutti::ot_model {
namespace {

using ot::Attributes;
using ot::ChangeBuilder;
using ot::Member;
using ot::Value;

constexpr const char* kNarrow[] = {"a", "b", "c", "x", "Y", " ", "\n", "é", "ß", "\xD8\xA7", "漢", "\xEF\xBF\xBF"};
constexpr const char* kWide[] = {"😀", "𝒳", "\xF4\x8F\xBF\xBF", "\xF0\x90\x80\x80"};

Value random_embed(Chooser& choose) {
  switch (choose.below(3)) {
    case 0:
      return Value::object({{"image", Value("a.png")}});
    case 1:
      return Value::object({{"video", Value::object({{"src", Value("v")}, {"w", Value(3)}})}});
    default:
      return Value::object({{"mention", Value::array({Value(true), Value()})}});
  }
}

Value random_value(Chooser& choose) {
  switch (choose.below(5)) {
    case 0:
      return Value(true);
    case 1:
      return Value("red");
    case 2:
      return Value(1.5);
    case 3:
      return Value::object({{"k", Value(1)}});
    default:
      return Value(2);
  }
}

bool splits(const Cells& document, std::size_t position) {
  return position < document.size() && (document[position].unit & 0xFC00) == 0xDC00;
}

}  // namespace

std::string random_text(Chooser& choose, std::size_t characters_max, const Shape& shape) {
  std::string text;
  for (std::size_t left = 1 + choose.below(characters_max); left > 0; --left) {
    text += shape.astral && choose.one_in(5) ? kWide[choose.below(std::size(kWide))]
                                             : kNarrow[choose.below(std::size(kNarrow))];
  }
  return text;
}

Attributes random_attributes(Chooser& choose, bool nulls) {
  std::vector<Member> members;
  for (const char* key : {"bold", "color", "font"}) {
    if (!choose.one_in(3)) continue;
    members.push_back({key, nulls && choose.one_in(3) ? Value() : random_value(choose)});
  }
  return Attributes(std::move(members));
}

ot::Change random_document(Chooser& choose, const Shape& shape) {
  ChangeBuilder builder;
  for (std::size_t left = choose.below(shape.pieces_max + 1); left > 0; --left) {
    const Attributes attributes = shape.rich && choose.one_in(2) ? random_attributes(choose, false) : Attributes();
    if (shape.rich && choose.one_in(4)) {
      builder.insert_embed(random_embed(choose), attributes);
    } else {
      builder.insert(random_text(choose, shape.piece_max, shape), attributes);
    }
  }
  auto document = builder.build();
  TUTTI_ASSERT(document.has_value());
  return std::move(*document);
}

ot::Change random_change(Chooser& choose, const Cells& document, const Shape& shape) {
  ChangeBuilder builder;
  std::size_t position = 0;
  // Up to `most` units further, to a place that is no middle of a pair.
  const auto step = [&](std::size_t most) {
    std::size_t end = std::min(document.size(), position + choose.below(most + 1));
    if (splits(document, end)) ++end;
    position = end;
  };
  for (std::size_t left = choose.below(shape.pieces_max) + 1; left > 0; --left) {
    const std::size_t from = position;
    step(1 + document.size() / 2);
    if (position > from) builder.retain(position - from);
    const Attributes attributes = shape.rich && choose.one_in(3) ? random_attributes(choose, false) : Attributes();
    const std::size_t begin = position;
    switch (choose.below(shape.rich ? 6 : 4)) {
      case 0:
      case 1:
        builder.insert(random_text(choose, shape.piece_max, shape), attributes);
        break;
      case 2:
        step(shape.piece_max);
        if (position > begin) builder.erase(position - begin);
        break;
      case 3:
        step(shape.piece_max);
        if (position > begin) builder.erase(position - begin);
        builder.insert(random_text(choose, shape.piece_max, shape), attributes);
        break;
      case 4:
        builder.insert_embed(random_embed(choose), attributes);
        break;
      default:
        step(shape.piece_max);
        if (position > begin) builder.retain(position - begin, random_attributes(choose, true));
    }
  }
  auto change = builder.build_for(document.size());
  TUTTI_ASSERT(change.has_value());
  return std::move(*change);
}

}  // namespace tutti::ot_model
