#include "ot/model/reference.hpp"

#include <algorithm>

namespace tutti::ot_model {
namespace {

using ot::Component;

Format format_of(const ot::Attributes& attributes) {
  Format format;
  for (const ot::Member& member : attributes.members()) format[member.key] = member.value;
  return format;
}

std::u16string utf16_of(std::string_view utf8) {
  std::u16string units;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(utf8[i + n]); };
    const auto tail = [&](std::size_t n) { return static_cast<char32_t>(byte(n) & 0x3F); };
    char32_t code;
    if (byte(0) < 0x80) {
      code = byte(0), i += 1;
    } else if (byte(0) < 0xE0) {
      code = static_cast<char32_t>(byte(0) & 0x1F) << 6 | tail(1), i += 2;
    } else if (byte(0) < 0xF0) {
      code = static_cast<char32_t>(byte(0) & 0x0F) << 12 | tail(1) << 6 | tail(2), i += 3;
    } else {
      code = static_cast<char32_t>(byte(0) & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), i += 4;
    }
    if (code < 0x10000) {
      units += static_cast<char16_t>(code);
    } else {
      units += static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  return units;
}

Format overlay(const Format& below, const Format& above, bool keep_null) {
  Format all = below;
  for (const auto& [key, value] : above) all[key] = value;
  if (!keep_null) std::erase_if(all, [](const auto& entry) { return entry.second.is_null(); });
  return all;
}

}  // namespace

Cells cells_of(std::string_view utf8) {
  Cells cells;
  for (const char16_t unit : utf16_of(utf8)) cells.push_back({unit, {}, {}});
  return cells;
}

Cells cells_of(const ot::Change& document) { return apply_to({}, Model::of(document)); }

std::string text_of(const Cells& cells) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    char32_t code = cells[i].unit;
    if (code >= 0xD800 && code < 0xDC00) code = 0x10000 + ((code - 0xD800) << 10) + (cells[++i].unit - 0xDC00u);
    const auto put = [&](char32_t bits) { text += static_cast<char>(bits); };
    const auto tail = [&](int shift) { put(0x80 | (code >> shift & 0x3F)); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6), tail(0);
    } else if (code < 0x10000) {
      put(0xE0 | code >> 12), tail(6), tail(0);
    } else {
      put(0xF0 | code >> 18), tail(12), tail(6), tail(0);
    }
  }
  return text;
}

Model Model::of(const ot::Change& change) {
  Model model;
  for (const Component& component : change) {
    const Format format = format_of(*component.attributes);
    switch (component.kind) {
      case Component::Kind::insert:
        for (Cell& cell : cells_of(component.text)) model.inserts.back().push_back({cell.unit, {}, format});
        break;
      case Component::Kind::embed:
        model.inserts.back().push_back({0, *component.embed, format});
        break;
      default:
        for (std::size_t i = 0; i < component.length; ++i) {
          model.fates.push_back({component.kind == Component::Kind::erase, format});
          model.inserts.emplace_back();
        }
    }
  }
  return model;
}

void Model::extend(std::size_t length) {
  if (fates.size() >= length) return;
  fates.resize(length);
  inserts.resize(length + 1);
}

// Retains at the end go; what stands among deleted units moves to the first of them.
void Model::trim() {
  while (!fates.empty() && fates.back() == Fate{} && inserts.back().empty()) {
    fates.pop_back();
    inserts.pop_back();
  }
  for (std::size_t i = fates.size(); i-- > 0;) {
    if (!fates[i].erased) continue;
    inserts[i].insert(inserts[i].end(), inserts[i + 1].begin(), inserts[i + 1].end());
    inserts[i + 1].clear();
  }
  while (!fates.empty() && fates.back() == Fate{} && inserts.back().empty()) {
    fates.pop_back();
    inserts.pop_back();
  }
}

Cells apply_to(const Cells& document, Model change) {
  change.extend(document.size());
  Cells result;
  for (std::size_t i = 0; i <= document.size(); ++i) {
    result.insert(result.end(), change.inserts[i].begin(), change.inserts[i].end());
    if (i == document.size() || change.fates[i].erased) continue;
    Cell cell = document[i];
    cell.format = overlay(cell.format, change.fates[i].format, false);
    result.push_back(cell);
  }
  return result;
}

Model compose(Model first, Model second) {
  std::size_t target = 0;
  for (const Cells& cells : first.inserts) target += cells.size();
  for (const Fate& fate : first.fates) target += !fate.erased;
  if (second.fates.size() > target) first.extend(first.fates.size() + second.fates.size() - target);
  second.extend(target);
  Model both;
  std::size_t at = 0;  // in the result of `first`
  const auto before = [&] {
    both.inserts.back().insert(both.inserts.back().end(), second.inserts[at].begin(), second.inserts[at].end());
  };
  for (std::size_t i = 0; i <= first.fates.size(); ++i) {
    for (Cell cell : first.inserts[i]) {
      before();
      const Fate& fate = second.fates[at++];
      cell.format = overlay(cell.format, fate.format, false);
      if (!fate.erased) both.inserts.back().push_back(cell);
    }
    if (i == first.fates.size()) break;
    Fate fate = first.fates[i];
    if (!fate.erased) {
      before();
      const Fate& then = second.fates[at++];
      fate = then.erased ? Fate{true, {}} : Fate{false, overlay(fate.format, then.format, true)};
    }
    both.fates.push_back(fate);
    both.inserts.emplace_back();
  }
  before();
  both.trim();
  return both;
}

Model transform(Model change, Model over, bool over_first) {
  const std::size_t length = std::max(change.fates.size(), over.fates.size());
  change.extend(length);
  over.extend(length);
  Model moved;
  const auto retain = [&](std::size_t count) {
    for (; count > 0; --count) {
      moved.fates.emplace_back();
      moved.inserts.emplace_back();
    }
  };
  for (std::size_t i = 0; i <= length; ++i) {
    if (over_first) retain(over.inserts[i].size());
    moved.inserts.back().insert(moved.inserts.back().end(), change.inserts[i].begin(), change.inserts[i].end());
    if (!over_first) retain(over.inserts[i].size());
    if (i == length || over.fates[i].erased) continue;
    Fate fate = change.fates[i];
    if (over_first)
      std::erase_if(fate.format, [&](const auto& entry) { return over.fates[i].format.contains(entry.first); });
    moved.fates.push_back(fate);
    moved.inserts.emplace_back();
  }
  moved.trim();
  return moved;
}

Model invert(const Cells& document, Model change) {
  change.extend(document.size());
  Model back;
  for (std::size_t i = 0; i <= document.size(); ++i) {
    for (std::size_t n = change.inserts[i].size(); n > 0; --n) {
      back.fates.push_back({true, {}});
      back.inserts.emplace_back();
    }
    if (i == document.size()) break;
    if (change.fates[i].erased) {
      back.inserts.back().push_back(document[i]);
      continue;
    }
    Format format;
    for (const auto& [key, value] : change.fates[i].format) {
      const auto old = document[i].format.find(key);
      if (old == document[i].format.end()) {
        format[key] = ot::Value();
      } else if (old->second != value || value.kind() >= ot::Value::Kind::array) {
        format[key] = old->second;
      }
    }
    back.fates.push_back({false, format});
    back.inserts.emplace_back();
  }
  back.trim();
  return back;
}

std::size_t transform_position(const Model& change, std::size_t position, bool pushed) {
  std::size_t moved = 0;
  for (std::size_t i = 0; i < change.inserts.size() && i <= position; ++i) {
    if (i < position || pushed) moved += change.inserts[i].size();
    if (i < position) moved += i < change.fates.size() ? !change.fates[i].erased : position - i;
  }
  return moved;
}

bool is_canonical(const ot::Change& change) {
  const Component* before = nullptr;
  Component last{};
  for (const Component& component : change) {
    if (component.length == 0) return false;
    if (component.kind == Component::Kind::insert && component.text.empty()) return false;
    if (before) {
      const bool inserts = component.kind == Component::Kind::insert || component.kind == Component::Kind::embed;
      if (last.kind == Component::Kind::erase && (inserts || component.kind == Component::Kind::erase)) return false;
      const bool joinable = component.kind == Component::Kind::insert || component.kind == Component::Kind::retain;
      if (joinable && last.kind == component.kind && *last.attributes == *component.attributes) return false;
    }
    last = component;
    before = &last;
  }
  return !before || last.kind != Component::Kind::retain || !last.attributes->empty();
}

}  // namespace tutti::ot_model
