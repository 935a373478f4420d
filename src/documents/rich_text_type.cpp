#include "documents/changes.hpp"
#include "documents/type.hpp"
#include "ot/diff.hpp"
#include "ot/rich_text.hpp"

namespace tutti::documents {
namespace {

class RichContent final : public Content {
 public:
  RichContent() = default;
  explicit RichContent(ot::RichText text) : text_(std::move(text)) {}

  std::unique_ptr<Content> clone() const override { return std::make_unique<RichContent>(text_); }
  std::size_t length() const override { return text_.length_utf16(); }
  std::size_t size_bytes() const override { return text_.size_bytes(); }
  bool has_pairs() const override { return text_.length_utf16() != text_.text().length_code_points(); }
  Result<void, ot::ChangeError> check(const Change& change) const override { return text_.check(change); }
  Result<void, ot::ChangeError> apply(const Change& change) override { return text_.apply(change); }
  Change invert(const Change& change) const override { return text_.invert(change); }
  Change difference(const Content& wanted) const override {
    return ot::diff(to_change(), static_cast<const RichContent&>(wanted).to_change());
  }
  Change to_change() const override { return text_.to_document(); }
  void write(codec::ValueWriter& writer) const override { write_change(writer, to_change()); }
  std::size_t memory_bytes() const override { return sizeof *this + text_.memory_bytes(); }

 private:
  ot::RichText text_;
};

class RichTextType final : public DocumentType {
 public:
  std::string_view name() const noexcept override { return "rich-text"; }
  bool rich() const noexcept override { return true; }
  std::unique_ptr<Content> empty() const override { return std::make_unique<RichContent>(); }
  Result<std::unique_ptr<Content>, ot::ChangeError> load(const Change& document) const override {
    auto text = ot::RichText::from_document(document);
    if (!text.has_value()) return text.error();
    return std::unique_ptr<Content>(std::make_unique<RichContent>(std::move(*text)));
  }
  void write_change(codec::ValueWriter& writer, const Change& change) const override {
    documents::write_change(writer, change);
  }
};

}  // namespace

const DocumentType& rich_text_type() noexcept {
  static const RichTextType type;
  return type;
}

}  // namespace tutti::documents
