#include <algorithm>
#include <vector>

#include "ot/model/check.hpp"
#include "ot/model/reference.hpp"
#include "ot/rope.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot_model {
namespace {

#define CHECK(condition)                 \
  do {                                   \
    if (!(condition)) return #condition; \
  } while (false)

// The text as code points: what the rope must equal, held in the plainest way.
using Plain = std::u32string;

std::string utf8_of(const Plain& text) {
  std::string out;
  for (const char32_t code : text) {
    Cells cells;
    if (code < 0x10000) {
      cells.push_back({static_cast<char16_t>(code), {}, {}});
    } else {
      cells.push_back({static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10)), {}, {}});
      cells.push_back({static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FF)), {}, {}});
    }
    out += text_of(cells);
  }
  return out;
}

Plain plain_of(std::string_view utf8) {
  Plain text;
  const Cells cells = cells_of(utf8);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    char32_t code = cells[i].unit;
    if (code >= 0xD800 && code < 0xDC00) code = 0x10000 + ((code - 0xD800) << 10) + (cells[++i].unit - 0xDC00u);
    text += code;
  }
  return text;
}

std::size_t units_of(std::u32string_view text) {
  std::size_t units = text.size();
  for (const char32_t code : text) units += code > 0xFFFF;
  return units;
}

std::string check_reads(const ot::Rope& rope, const Plain& text, Chooser& choose) {
  CHECK(rope.length_code_points() == text.size());
  CHECK(rope.length_utf16() == units_of(text));
  CHECK(rope.newlines() == static_cast<std::size_t>(std::ranges::count(text, U'\n')));
  const std::size_t at = choose.below(text.size() + 1);
  const std::size_t units = units_of(std::u32string_view(text).substr(0, at));
  CHECK(rope.utf16_from_code_points(at) == units);
  CHECK(rope.code_points_from_utf16(units) == at);
  const bool wide = at < text.size() && text[at] > 0xFFFF;
  CHECK(rope.splits_pair(units + 1) == wide);
  if (wide) CHECK(rope.code_points_from_utf16(units + 1) == at);
  const std::size_t bytes = utf8_of(text.substr(0, at)).size();
  CHECK(rope.bytes_from_utf16(units) == bytes && rope.utf16_from_bytes(bytes) == units);
  const auto lines =
      static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), U'\n'));
  CHECK(rope.line_of(units) == lines);
  const std::size_t start = lines == 0 ? 0 : text.rfind(U'\n', at - 1) + 1;
  CHECK(rope.line_start(lines) == units_of(std::u32string_view(text).substr(0, start)));
  const std::size_t end = at + choose.below(text.size() + 1 - at);
  CHECK(rope.slice(units, units + units_of(std::u32string_view(text).substr(at, end - at))) ==
        utf8_of(text.substr(at, end - at)));
  return {};
}

}  // namespace

std::string check_rope(Chooser& choose, std::size_t edits, std::size_t text_max) {
  const Shape shape{.rich = false, .astral = !choose.one_in(3)};
  Plain text = choose.one_in(2) ? Plain() : plain_of(random_text(choose, text_max, shape));
  ot::Rope rope(utf8_of(text));
  std::vector<std::pair<ot::Rope, Plain>> snapshots;
  std::size_t at = 0;
  for (; edits > 0; --edits) {
    // Mostly near the edit before, as typing is.
    if (at > text.size() || choose.one_in(3)) at = choose.below(text.size() + 1);
    const std::size_t most = choose.one_in(20) ? text.size() - at : std::min<std::size_t>(text.size() - at, 3);
    const std::size_t erased = choose.one_in(2) ? choose.below(most + 1) : 0;
    const std::string inserted = choose.one_in(3) ? "" : random_text(choose, choose.one_in(20) ? text_max : 3, shape);
    const std::size_t position = units_of(std::u32string_view(text).substr(0, at));
    const std::size_t length = units_of(std::u32string_view(text).substr(at, erased));
    switch (choose.below(3)) {
      case 0:
        CHECK(rope.replace_code_points(at, erased, inserted));
        break;
      case 1:
        CHECK(rope.replace(position, length, inserted));
        break;
      default: {
        ot::ChangeBuilder builder;
        if (position > 0) builder.retain(position);
        if (!inserted.empty()) builder.insert(inserted);
        if (length > 0) builder.erase(length);
        const auto change = builder.build();
        const ot::Change back = rope.invert(*change);
        CHECK(rope.apply(*change).has_value());
        ot::Rope undone = rope;
        CHECK(undone.apply(back).has_value() && undone == utf8_of(text));
      }
    }
    text.replace(at, erased, plain_of(inserted));
    at += plain_of(inserted).size();
    // What does not fit is refused and changes nothing.
    if (position + 1 < units_of(text) && rope.splits_pair(position + 1)) {
      CHECK(!rope.replace(position + 1, 0, "x") && !rope.replace(position, 1, "x"));
    }
    CHECK(!rope.replace(rope.length_utf16() + 1, 0, "x") && !rope.replace_code_points(0, text.size() + 1, ""));
    if (choose.one_in(8)) {
      if (snapshots.size() == 4) snapshots.erase(snapshots.begin());
      snapshots.emplace_back(rope, text);
    }
    if (auto wrong = check_reads(rope, text, choose); !wrong.empty()) return wrong;
    if (edits % 16 == 1) {
      CHECK(rope == utf8_of(text) && rope.to_string() == utf8_of(text));
      for (const auto& [old_rope, old_text] : snapshots) {
        CHECK(old_rope == utf8_of(old_text) && (old_rope == rope) == (old_text == text));
      }
    }
  }
  return {};
}

}  // namespace tutti::ot_model
