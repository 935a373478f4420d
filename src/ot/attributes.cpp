#include "ot/attributes.hpp"

#include <algorithm>

namespace tutti::ot {
namespace {

bool is_scalar(const Value& value) noexcept { return value.kind() < Value::Kind::array; }

// Walks two sorted maps together: visit(key, in_a, in_b), each pointer nullptr where the key is missing.
template <class Visit>
void walk(const Attributes& a, const Attributes& b, Visit visit) {
  const auto as = a.members();
  const auto bs = b.members();
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < as.size() || j < bs.size()) {
    const int order = i == as.size() ? 1 : j == bs.size() ? -1 : as[i].key.compare(bs[j].key);
    const Member* left = order <= 0 ? &as[i++] : nullptr;
    const Member* right = order >= 0 ? &bs[j++] : nullptr;
    visit((left ? left : right)->key, left ? &left->value : nullptr, right ? &right->value : nullptr);
  }
}

}  // namespace

Attributes::Attributes(std::vector<Member> members) {
  if (!members.empty()) object_ = Value::object(std::move(members));
}

Attributes::Attributes(Value object) {
  if (object.kind() == Value::Kind::object && !object.members().empty()) object_ = std::move(object);
}

std::span<const Member> Attributes::members() const noexcept {
  return empty() ? std::span<const Member>{} : object_.members();
}

const Value* Attributes::find(std::string_view key) const noexcept {
  const auto all = members();
  const auto found = std::lower_bound(all.begin(), all.end(), key,
                                      [](const Member& member, std::string_view k) { return member.key < k; });
  return found != all.end() && found->key == key ? &found->value : nullptr;
}

Attributes Attributes::without_nulls() const {
  const auto all = members();
  const auto is_null = [](const Member& member) { return member.value.is_null(); };
  if (std::ranges::none_of(all, is_null)) return *this;
  std::vector<Member> kept;
  std::ranges::remove_copy_if(all, std::back_inserter(kept), is_null);
  return Attributes(std::move(kept));
}

Attributes compose(const Attributes& a, const Attributes& b, Nulls nulls) {
  if (b.empty()) return a;
  if (a.empty()) return nulls == Nulls::keep ? b : b.without_nulls();
  std::vector<Member> result;
  walk(a, b, [&](const std::string& key, const Value* in_a, const Value* in_b) {
    const Value& value = in_b ? *in_b : *in_a;
    if (in_b && value.is_null() && nulls == Nulls::drop) return;
    result.push_back({key, value});
  });
  return Attributes(std::move(result));
}

Attributes keep_winner(const Attributes& winner, const Attributes& change) {
  if (winner.empty() || change.empty()) return change;
  std::vector<Member> result;
  walk(winner, change, [&](const std::string& key, const Value* won, const Value* changed) {
    if (!won) result.push_back({key, *changed});
  });
  return Attributes(std::move(result));
}

Attributes invert(const Attributes& change, const Attributes& base) {
  std::vector<Member> result;
  walk(change, base, [&](const std::string& key, const Value* changed, const Value* before) {
    if (!changed) return;
    if (!before) {
      result.push_back({key, Value()});
    } else if (!is_scalar(*before) || *changed != *before) {
      result.push_back({key, *before});
    }
  });
  return Attributes(std::move(result));
}

Attributes diff(const Attributes& from, const Attributes& to) {
  std::vector<Member> result;
  walk(from, to, [&](const std::string& key, const Value* before, const Value* after) {
    if (before && after && *before == *after) return;
    result.push_back({key, after ? *after : Value()});
  });
  return Attributes(std::move(result));
}

}  // namespace tutti::ot
