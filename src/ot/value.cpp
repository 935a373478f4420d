#include "ot/value.hpp"

#include <algorithm>
#include <atomic>

namespace tutti::ot {

struct Value::Node {
  std::atomic<std::uint32_t> references{1};
};

struct Value::StringNode : Node {
  explicit StringNode(std::string_view utf8) : text(utf8) {}
  std::string text;
};

struct Value::ArrayNode : Node {
  explicit ArrayNode(std::vector<Value> values) : items(std::move(values)) {}
  std::vector<Value> items;
};

struct Value::ObjectNode : Node {
  explicit ObjectNode(std::vector<Member> sorted) : members(std::move(sorted)) {}
  std::vector<Member> members;
};

Value::Value(std::string_view utf8) : Value(Kind::string, new StringNode(utf8)) {}

Value Value::array(std::vector<Value> items) { return Value(Kind::array, new ArrayNode(std::move(items))); }

Value Value::object(std::vector<Member> members) {
  const auto by_key = [](const Member& a, const Member& b) { return a.key < b.key; };
  if (!std::is_sorted(members.begin(), members.end(), by_key)) {
    std::stable_sort(members.begin(), members.end(), by_key);
  }
  // Of equal keys keep the last: unique from the back keeps the first it meets there.
  const auto same_key = [](const Member& a, const Member& b) { return a.key == b.key; };
  const auto kept = std::unique(members.rbegin(), members.rend(), same_key);
  members.erase(members.begin(), kept.base());
  return Value(Kind::object, new ObjectNode(std::move(members)));
}

std::string_view Value::string() const noexcept { return static_cast<const StringNode*>(as_.node)->text; }
std::span<const Value> Value::items() const noexcept { return static_cast<const ArrayNode*>(as_.node)->items; }
std::span<const Member> Value::members() const noexcept { return static_cast<const ObjectNode*>(as_.node)->members; }

void Value::acquire_node() const noexcept { as_.node->references.fetch_add(1, std::memory_order_relaxed); }

void Value::release_node() noexcept {
  if (as_.node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  switch (kind_) {
    case Kind::string:
      delete static_cast<StringNode*>(as_.node);
      break;
    case Kind::array:
      delete static_cast<ArrayNode*>(as_.node);
      break;
    default:
      delete static_cast<ObjectNode*>(as_.node);
      break;
  }
}

bool operator==(const Value& a, const Value& b) noexcept {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Value::Kind::null:
      return true;
    case Value::Kind::boolean:
      return a.as_.boolean == b.as_.boolean;
    case Value::Kind::number:
      return a.as_.number == b.as_.number;
    default:
      break;
  }
  if (a.as_.node == b.as_.node) return true;
  switch (a.kind_) {
    case Value::Kind::string:
      return a.string() == b.string();
    case Value::Kind::array:
      return std::ranges::equal(a.items(), b.items());
    default:
      return std::ranges::equal(a.members(), b.members());
  }
}

}  // namespace tutti::ot
