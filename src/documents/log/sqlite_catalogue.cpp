#include "documents/log/sqlite_catalogue.hpp"

namespace tutti::documents {

std::optional<StoredDocument> Catalogue::copy(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return std::nullopt;
  return *found->second;
}

StoredDocument* Catalogue::find(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

StoredDocument* Catalogue::find_number(std::int64_t number) {
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? nullptr : found->second;
}

StoredDocument& Catalogue::insert(StoredDocument document) {
  const std::lock_guard lock(mutex_);
  auto stored = std::make_unique<StoredDocument>(std::move(document));
  StoredDocument& inserted = *stored;
  by_number_[inserted.number] = &inserted;
  by_id_[inserted.id] = std::move(stored);
  return inserted;
}

void Catalogue::change(const std::function<void()>& change) {
  const std::lock_guard lock(mutex_);
  change();
}

void Catalogue::remove(StoredDocument& document) {
  const std::lock_guard lock(mutex_);
  by_number_.erase(document.number);
  by_id_.erase(by_id_.find(document.id));
}

void Catalogue::forget(std::size_t most) {
  if (by_id_.size() <= most) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(by_id_, [this](const auto& item) {
    const StoredDocument& document = *item.second;
    if (!document.tail.empty() || document.appending > 0 || document.waits_to_settle) return false;
    by_number_.erase(document.number);
    return true;
  });
}

}  // namespace tutti::documents
