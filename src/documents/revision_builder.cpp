#include "documents/revision_builder.hpp"

#include "documents/changes.hpp"

namespace tutti::documents {
namespace {

// Keeps a copy of the content that the batch is applied to, but only where a change could split a surrogate pair: in
// most documents there is none, and lengths alone are held by the algebra.
class PairGuard {
 public:
  explicit PairGuard(const Content& content) : content_(content), pairs_(content.has_pairs()) {}

  Result<void, ot::ChangeError> check(const Change& change, const Revision& so_far) {
    if (!pairs_) return {};
    if (!copy_) {
      copy_ = content_.clone();
      for (const Operation& operation : so_far.operations) (void)copy_->apply(operation.change);
    }
    return copy_->check(change);
  }
  void added(const Change& change) {
    if (copy_) (void)copy_->apply(change);
    pairs_ = pairs_ || inserts_pairs(change);
  }

 private:
  // A pair is a character of four bytes in UTF-8; their first byte is F0 or above.
  static bool inserts_pairs(const Change& change) {
    for (const char byte : change.inserted_text()) {
      if (static_cast<unsigned char>(byte) >= 0xF0) return true;
    }
    return false;
  }

  const Content& content_;
  bool pairs_;
  std::unique_ptr<Content> copy_;
};

}  // namespace

Change RevisionBuilder::hooked(const std::string& document, const Author& author, Change change, BuiltRevision& built) {
  if (hook_ == nullptr) return change;
  auto replaced = hook_->before_commit(document, author, change);
  if (!replaced || *replaced == change) return change;
  ++built.hook_changes;
  return std::move(*replaced);
}

BuiltRevision RevisionBuilder::build(const std::string& document, std::span<const Pending> pending,
                                     const Window& window, const Content& content, std::int64_t time_ms) {
  BuiltRevision built;
  auto revision = std::make_shared<Revision>();
  revision->version = window.version() + 1;
  revision->time_ms = time_ms;
  revision->operations.reserve(pending.size());
  batch_.clear();
  PairGuard guard(content);
  std::size_t length = content.length();
  std::size_t size_bytes = content.size_bytes();

  for (const Pending& operation : pending) {
    if (operation.author->waiting_seq != operation.seq) continue;
    const auto refuse = [&](Error error) {
      built.refused.push_back({operation.author, operation.seq, std::move(error)});
    };
    const bool current = operation.base == window.version();
    Change moved = batch_.transform(current ? operation.change : window.rebase(operation.change, operation.base));
    if (hook_ != nullptr) {
      moved = hooked(document, *operation.author->state.author, std::move(moved), built);
      if (moved.base_length() > length) moved = {};
    }
    if (const auto fits = guard.check(moved, *revision); !fits.has_value()) {
      refuse(change_error(fits.error()));
      continue;
    }
    // What the same flush deletes is not subtracted: a document may be refused a little early, never late.
    const std::size_t inserted = moved.inserted_text().size();
    if (inserted > 0 && size_bytes + inserted > limits_.document_bytes) {
      refuse({ErrorCode::too_large, "the document would become too large"});
      continue;
    }
    size_bytes += inserted;
    length += static_cast<std::size_t>(moved.length_difference());
    batch_.push(moved);
    guard.added(moved);
    revision->operations.push_back({operation.author->state.author, operation.seq, std::move(moved)});
  }
  if (revision->operations.empty()) return built;
  revision->composed = revision->operations.size() == 1 ? revision->operations.front().change : batch_.composed();
  built.revision = std::move(revision);
  return built;
}

}  // namespace tutti::documents
