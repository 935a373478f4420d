#include "documents/changes.hpp"
#include "documents/type.hpp"
#include "ot/diff.hpp"
#include "ot/rope.hpp"

namespace tutti::documents {
namespace {

class TextContent final : public Content {
 public:
  TextContent() = default;
  explicit TextContent(ot::Rope rope) : rope_(std::move(rope)) {}

  std::unique_ptr<Content> clone() const override { return std::make_unique<TextContent>(rope_); }
  std::size_t length() const override { return rope_.length_utf16(); }
  std::size_t size_bytes() const override { return rope_.size_bytes(); }
  bool has_pairs() const override { return rope_.length_utf16() != rope_.length_code_points(); }
  Result<void, ot::ChangeError> check(const Change& change) const override { return rope_.check(change); }
  Result<void, ot::ChangeError> apply(const Change& change) override { return rope_.apply(change); }
  Change invert(const Change& change) const override { return rope_.invert(change); }
  Change difference(const Content& wanted) const override {
    return ot::diff(rope_.to_string(), static_cast<const TextContent&>(wanted).rope_.to_string());
  }
  Change to_change() const override {
    if (rope_.empty()) return {};
    const ot::ChangeLimits limits{.text_bytes = rope_.size_bytes()};
    return *ot::ChangeBuilder(limits).insert(rope_.to_string()).build();
  }
  void write(codec::ValueWriter& writer) const override { writer.string(rope_.to_string()); }
  std::size_t memory_bytes() const override { return sizeof *this + rope_.memory_bytes(); }

 private:
  ot::Rope rope_;
};

class TextType final : public DocumentType {
 public:
  std::string_view name() const noexcept override { return "text"; }
  bool rich() const noexcept override { return false; }
  std::unique_ptr<Content> empty() const override { return std::make_unique<TextContent>(); }
  Result<std::unique_ptr<Content>, ot::ChangeError> load(const Change& document) const override {
    if (document.is_rich()) return ot::ChangeError::rich_in_text;
    if (!document.is_document()) return ot::ChangeError::beyond_end;
    return std::unique_ptr<Content>(std::make_unique<TextContent>(ot::Rope(document.inserted_text())));
  }
  void write_change(codec::ValueWriter& writer, const Change& change) const override {
    documents::write_change(writer, change);
  }
};

}  // namespace

const DocumentType& text_type() noexcept {
  static const TextType type;
  return type;
}

}  // namespace tutti::documents
