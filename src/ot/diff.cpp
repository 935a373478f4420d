#include "ot/diff.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ot/change_writer.hpp"
#include "ot/component_cursor.hpp"
#include "ot/myers.hpp"
#include "ot/utf8.hpp"

namespace tutti::ot {
namespace {

// About a tenth of a second of looking for common parts, at the very most.
constexpr std::size_t kSteps = 8'000'000;
// Above this many bytes on both sides lines are compared first, and characters only inside what differs.
constexpr std::size_t kLinesFrom = 2048;

std::size_t common_prefix(std::string_view a, std::string_view b) noexcept {
  auto size = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  while (size > 0 && ((size < a.size() && is_continuation(a[size])) || (size < b.size() && is_continuation(b[size]))))
    --size;
  return size;
}

std::size_t common_suffix(std::string_view a, std::string_view b) noexcept {
  std::size_t size = 0;
  while (size < a.size() && size < b.size() && a[a.size() - 1 - size] == b[b.size() - 1 - size]) ++size;
  while (size > 0 && is_continuation(a[a.size() - size])) --size;
  return size;
}

// Above this many bytes of both sides together a stretch without common lines is replaced as a whole.
constexpr std::size_t kCharactersMax = 4 << 20;

// The pieces of a text, each with a number that equal pieces share.
struct Pieces {
  std::vector<std::string_view> texts;
  std::vector<std::uint32_t> symbols;
};

class Numbering {
 public:
  void add(std::string_view piece, Pieces& pieces) {
    const auto number = static_cast<std::uint32_t>(numbers_.size());
    pieces.texts.push_back(piece);
    pieces.symbols.push_back(numbers_.try_emplace(piece, number).first->second);
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

Pieces lines(std::string_view text, Numbering& numbering) {
  Pieces pieces;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::size_t size = newline == std::string_view::npos ? text.size() : newline + 1;
    numbering.add(text.substr(0, size), pieces);
    text.remove_prefix(size);
  }
  return pieces;
}

Pieces code_points(std::string_view text) {
  Pieces pieces;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && is_continuation(text[end])) ++end;
    std::uint32_t symbol = 0;  // its bytes
    for (const char byte : text.substr(begin, end - begin)) symbol = symbol << 8 | static_cast<unsigned char>(byte);
    pieces.texts.push_back(text.substr(begin, end - begin));
    pieces.symbols.push_back(symbol);
    begin = end;
  }
  return pieces;
}

Pieces whole(std::string_view text, std::uint32_t symbol) { return text.empty() ? Pieces() : Pieces{{text}, {symbol}}; }

// Writes what Myers finds as components. With `finer`, a stretch of lines that differs is not written but looked into.
class Writer final : public Myers::Sink {
 public:
  Writer(const Pieces& from, const Pieces& to, ChangeWriter& out) : from_(from), to_(to), out_(out) {}

  void keep(std::size_t count) override {
    flush();
    const std::string_view text = take(from_, from_at_, count);
    to_at_ += count;
    out_.retain(static_cast<std::uint32_t>(count_utf16(text)));
  }
  void erase(std::size_t count) override { erased_ = join(erased_, take(from_, from_at_, count)); }
  void insert(std::size_t count) override { inserted_ = join(inserted_, take(to_, to_at_, count)); }

  // Writes the stretch that differs so far.
  void flush() {
    if (finer && !erased_.empty() && !inserted_.empty()) {
      finer(erased_, inserted_);
    } else {
      if (!inserted_.empty()) out_.insert(inserted_, static_cast<std::uint32_t>(count_utf16(inserted_)), {});
      if (!erased_.empty()) out_.erase(static_cast<std::uint32_t>(count_utf16(erased_)));
    }
    erased_ = inserted_ = {};
  }

  std::function<void(std::string_view, std::string_view)> finer;

 private:
  // Neighbouring pieces of one text are one stretch of it.
  static std::string_view join(std::string_view a, std::string_view b) noexcept {
    return a.empty() ? b : std::string_view(a.data(), a.size() + b.size());
  }
  static std::string_view take(const Pieces& pieces, std::size_t& at, std::size_t count) noexcept {
    const std::string_view first = pieces.texts[at];
    const std::string_view last = pieces.texts[at + count - 1];
    at += count;
    return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
  }

  const Pieces& from_;
  const Pieces& to_;
  ChangeWriter& out_;
  std::size_t from_at_ = 0;
  std::size_t to_at_ = 0;
  std::string_view erased_;
  std::string_view inserted_;
};

void write_characters(std::string_view from, std::string_view to, std::size_t steps, ChangeWriter& out) {
  if (from.size() + to.size() > kCharactersMax) steps = 0;
  const Pieces a = steps > 0 ? code_points(from) : whole(from, 1);
  const Pieces b = steps > 0 ? code_points(to) : whole(to, 2);
  Writer writer(a, b, out);
  Myers(writer, steps).run(a.symbols, b.symbols);
  writer.flush();
}

void write_lines(std::string_view from, std::string_view to, ChangeWriter& out) {
  Numbering numbering;
  const Pieces a = lines(from, numbering);
  const Pieces b = lines(to, numbering);
  Writer writer(a, b, out);
  const std::size_t size = from.size() + to.size();
  writer.finer = [&](std::string_view erased, std::string_view inserted) {
    // Each stretch has its share of the work.
    const std::size_t share = kSteps / 2 * (erased.size() + inserted.size()) / size;
    write_characters(erased, inserted, share, out);
  };
  Myers(writer, kSteps / 2).run(a.symbols, b.symbols);
  writer.flush();
}

// The text of a document, an embed as U+FFFC.
std::string text_of(const Change& document) {
  std::string text;
  for (const Component& component : document)
    text += component.kind == Component::Kind::embed ? kObject : component.text;
  return text;
}

}  // namespace

Change diff(std::string_view from, std::string_view to) {
  const std::size_t prefix = common_prefix(from, to);
  ComponentBuffer result;
  ChangeWriter out(result);
  out.retain(static_cast<std::uint32_t>(count_utf16(from.substr(0, prefix))));
  from.remove_prefix(prefix);
  to.remove_prefix(prefix);
  const std::size_t suffix = common_suffix(from, to);
  from.remove_suffix(suffix);
  to.remove_suffix(suffix);
  if (std::min(from.size(), to.size()) >= kLinesFrom) {
    write_lines(from, to, out);
  } else {
    write_characters(from, to, kSteps, out);
  }
  out.chop();
  return ChangeAccess::make(std::move(result));
}

// Delta.diff: the difference of the texts, and where text stays, that of its attributes.
Change diff(const Change& from, const Change& to) {
  const std::string from_text = text_of(from);
  const std::string to_text = text_of(to);
  const Change texts = diff(from_text, to_text);
  ComponentBuffer result;
  ChangeWriter out(result);
  ComponentCursor a(ChangeAccess::buffer(from));
  ComponentCursor b(ChangeAccess::buffer(to));
  const auto keep = [&](std::uint32_t length) {
    const bool same = a.kind() == b.kind() && (a.kind() != RawComponent::Kind::embed || a.embed() == b.embed());
    if (same) {
      out.retain(length, diff(a.attributes(), b.attributes()));
      b.skip(length);
    } else {
      b.take_insert(length, b.attributes(), out);
      out.erase(length);
    }
    a.skip(length);
  };
  for (const Component& component : texts) {
    for (auto left = static_cast<std::uint32_t>(component.length); left > 0;) {
      std::uint32_t length = left;
      if (component.kind != Component::Kind::insert) length = std::min(length, a.left());
      if (component.kind != Component::Kind::erase) length = std::min(length, b.left());
      left -= length;
      if (component.kind == Component::Kind::retain) {
        keep(length);
      } else if (component.kind == Component::Kind::insert) {
        b.take_insert(length, b.attributes(), out);
      } else {
        a.skip(length);
        out.erase(length);
      }
    }
  }
  while (!a.done() && !b.done()) keep(std::min(a.left(), b.left()));  // behind the last difference of the texts
  out.chop();
  return ChangeAccess::make(std::move(result));
}

}  // namespace tutti::ot
