#include "api/listeners.hpp"

#include <algorithm>

namespace tutti::api {

void Listeners::add(std::string_view name, Listener listener, bool once) {
  ListenerList& list = by_name_[std::string(name)];
  auto next = list ? std::make_shared<std::vector<std::shared_ptr<ListenerEntry>>>(*list)
                   : std::make_shared<std::vector<std::shared_ptr<ListenerEntry>>>();
  next->push_back(std::make_shared<ListenerEntry>(ListenerEntry{std::move(listener), once, false}));
  list = std::move(next);
}

void Listeners::off(std::string_view name) {
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return;
  for (const auto& entry : *at->second) entry->removed = true;
  by_name_.erase(at);
}

ListenerList Listeners::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : at->second;
}

bool Listeners::take_once(std::string_view name, ListenerEntry& entry) {
  if (entry.removed) return false;
  if (!entry.once) return true;
  entry.removed = true;
  const auto at = by_name_.find(name);
  if (at == by_name_.end()) return true;
  auto next = std::make_shared<std::vector<std::shared_ptr<ListenerEntry>>>(*at->second);
  std::erase_if(*next, [](const auto& other) { return other->removed; });
  if (next->empty()) {
    by_name_.erase(at);
  } else {
    at->second = std::move(next);
  }
  return true;
}

}  // namespace tutti::api
