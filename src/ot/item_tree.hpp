// ot/item_tree.hpp: a CowTree whose leaves are short arrays of items: attribute runs, segments of a batch.
//
// Internal to ot/. Item is a value with
//   Summary          its measures, and summary() const
//   cut(length)      keeps the first `length` units (of whatever the item is measured in) and returns the rest
//   joins(next)      whether `next` continues it; join(next) then takes it in
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ot/cow_tree.hpp"

namespace tutti::ot {

template <class Item, std::size_t kMaxItems>
struct ItemLeaf : TreeNode {
  using Summary = typename Item::Summary;
  static constexpr std::size_t kMax = kMaxItems;

  ItemLeaf() noexcept : TreeNode(0) {}
  ItemLeaf* clone() const {
    auto* const copy = new ItemLeaf;
    copy->append(items, count);
    return copy;
  }
  static void destroy(ItemLeaf* leaf) noexcept { delete leaf; }
  const Summary& summary() const noexcept { return sum; }
  std::size_t memory_bytes() const noexcept { return sizeof(ItemLeaf); }

  void append(const Item* from, std::size_t size) {
    std::copy_n(from, size, items + count);
    count = static_cast<std::uint16_t>(count + size);
    for (std::size_t i = 0; i < size; ++i) sum += from[i].summary();
  }
  // These keep `count`, not `sum`: splitting and joining change no measure.
  void insert_at(std::size_t index, Item item) {
    std::move_backward(items + index, items + count, items + count + 1);
    items[index] = std::move(item);
    ++count;
  }
  void erase_at(std::size_t index) {
    std::move(items + index + 1, items + count, items + index);
    items[--count] = Item{};
  }
  void cut_at(std::size_t index, std::uint32_t length) {
    Item rest = items[index].cut(length);
    insert_at(index + 1, std::move(rest));
  }
  // Joins the item with the one before it, if it continues that. Whether it did.
  bool join_back(std::size_t index) {
    if (index == 0 || index >= count || !items[index - 1].joins(items[index])) return false;
    items[index - 1].join(items[index]);
    erase_at(index);
    return true;
  }

  Summary sum{};
  Item items[kMaxItems];
};

template <class Item, std::size_t kMaxItems = 32>
class ItemTree {
 public:
  using Leaf = ItemLeaf<Item, kMaxItems>;
  using Tree = CowTree<Leaf>;
  using Summary = typename Item::Summary;
  using Measure = typename Tree::Measure;

  const Summary& total() const noexcept { return tree_.total(); }
  bool empty() const noexcept { return tree_.empty(); }
  const Tree& tree() const noexcept { return tree_; }

  // The item around a position: it ends there (Edge::ending) or begins there or before and goes on (Edge::beginning).
  // Its leaf is the finger and has room for two more items.
  struct Place {
    Leaf* leaf;
    std::size_t index;     // leaf->count if the position is behind the last item
    std::uint32_t offset;  // of the position in the item
  };
  template <Measure measure>
  Place seek(std::uint32_t position, Edge edge);

  // For editing at a place: the caller has changed the leaf's items and tells by how much the measures differ.
  void changed(Leaf& leaf, const Summary& difference) noexcept {
    leaf.sum += difference;
    tree_.changed(difference);
  }
  // Call after items were erased: joins or drops a leaf that has become small. The finger may be lost.
  void tidy();

  void push_back(Item item);
  std::size_t memory_bytes() const { return tree_.memory_bytes(); }

 private:
  void split_finger();

  Tree tree_;
};

template <class Item, std::size_t kMaxItems>
template <typename ItemTree<Item, kMaxItems>::Measure measure>
typename ItemTree<Item, kMaxItems>::Place ItemTree<Item, kMaxItems>::seek(std::uint32_t position, Edge edge) {
  if (tree_.empty()) tree_.insert_after(new Leaf);
  Leaf* leaf = tree_.template seek<measure>(position, edge);
  if (leaf->count + 2u > kMaxItems) {
    split_finger();
    leaf = tree_.template seek<measure>(position, edge);
  }
  const std::uint32_t bias = edge == Edge::ending ? 0 : 1;
  std::uint32_t offset = position - tree_.before().*measure;
  std::size_t index = 0;
  for (; index < leaf->count; ++index) {
    const std::uint32_t length = leaf->items[index].summary().*measure;
    if (offset + bias <= length) break;
    offset -= length;
  }
  return {leaf, index, offset};
}

template <class Item, std::size_t kMaxItems>
void ItemTree<Item, kMaxItems>::split_finger() {
  Leaf* const left = tree_.finger();
  auto* const right = new Leaf;
  const std::size_t kept = left->count / 2u;
  right->append(left->items + kept, left->count - kept);
  while (left->count > kept) left->erase_at(left->count - 1u);
  left->sum -= right->sum;
  Summary less{};
  tree_.changed(less -= right->sum);
  tree_.insert_after(right);
}

template <class Item, std::size_t kMaxItems>
void ItemTree<Item, kMaxItems>::tidy() {
  Leaf* leaf = tree_.finger();
  if (leaf->count == 0) return tree_.remove();
  const auto fits = [&](const Leaf* other) {
    return other && leaf->count + other->count <= static_cast<int>(kMaxItems / 2);
  };
  if (leaf->count >= kMaxItems / 4) return;
  if (fits(tree_.previous_sibling())) {
    tree_.move_to_previous_sibling();
  } else if (!fits(tree_.next_sibling())) {
    return;
  }
  leaf = tree_.finger();
  const Leaf* const right = tree_.next_sibling();
  leaf->append(right->items, right->count);
  tree_.changed(right->summary());
  tree_.move_to_next_sibling();
  tree_.remove();
}

template <class Item, std::size_t kMaxItems>
void ItemTree<Item, kMaxItems>::push_back(Item item) {
  if (tree_.empty()) tree_.insert_after(new Leaf);
  Leaf* leaf = tree_.last();
  if (leaf->count == kMaxItems) {
    tree_.insert_after(new Leaf);
    leaf = tree_.last();
  }
  const Summary sum = item.summary();
  leaf->items[leaf->count++] = std::move(item);
  changed(*leaf, sum);
}

}  // namespace tutti::ot
