// ot/cow_tree_impl.hpp: the bodies of CowTree.
#pragma once

#include "ot/cow_tree.hpp"

namespace tutti::ot {

template <class Leaf>
template <typename CowTree<Leaf>::Measure measure>
typename CowTree<Leaf>::Found CowTree<Leaf>::find(std::uint32_t position, Edge edge) const {
  settle();
  Summary before{};
  const TreeNode* node = root_;
  while (node->level > 0) {
    const auto* const inner = static_cast<const Inner*>(node);
    node = inner->children[child_at<measure>(*inner, position, edge, before)];
  }
  return {static_cast<const Leaf*>(node), before};
}

template <class Leaf>
template <typename CowTree<Leaf>::Measure measure>
Leaf* CowTree<Leaf>::seek(std::uint32_t position, Edge edge) {
  settle();
  const std::uint32_t bias = edge == Edge::ending ? 0 : 1;
  // Up the finger's path to the first node around the position; then down.
  std::size_t depth = finger_ ? depth_ : 0;
  while (depth > 1) {
    const Step& above = path_[depth - 2];
    const std::uint32_t start = path_[depth - 1].start.*measure;
    const std::uint32_t length = above.node->sums[above.index].*measure;
    if (position >= start + (1 - bias) && position + bias <= start + length) break;
    --depth;
  }
  TreeNode* node;
  Summary before{};
  if (depth > 0) {
    node = path_[depth - 1].node;
    before = path_[depth - 1].start;
    --depth;
  } else {
    node = own(root_);
  }
  while (node->level > 0) {
    auto* const inner = static_cast<Inner*>(node);
    Step& step = path_[depth++];
    step.node = inner;
    step.start = before;
    step.index = static_cast<std::uint32_t>(child_at<measure>(*inner, position, edge, before));
    TreeNode*& child = inner->children[step.index];
    if constexpr (requires { Leaf::prefetch(child, before, position); }) {
      if (inner->level == 1) Leaf::prefetch(child, inner->sums[step.index], position - before.*measure);
    }
    node = own(child);
  }
  depth_ = depth;
  before_ = before;
  return finger_ = static_cast<Leaf*>(node);
}

template <class Leaf>
Leaf* CowTree<Leaf>::last() {
  settle();
  before_ = total_;
  depth_ = 0;
  TreeNode* node = own(root_);
  Summary start{};
  while (node->level > 0) {
    auto* const inner = static_cast<Inner*>(node);
    path_[depth_++] = {inner, inner->count - 1u, start};
    for (std::size_t i = 0; i + 1 < inner->count; ++i) start += inner->sums[i];
    node = own(inner->children[inner->count - 1]);
  }
  before_ -= static_cast<Leaf*>(node)->summary();
  return finger_ = static_cast<Leaf*>(node);
}

template <class Leaf>
void CowTree<Leaf>::replace_finger(Leaf* fresh) noexcept {
  Leaf::destroy(finger_);
  place_of_finger() = fresh;
  finger_ = fresh;
}

template <class Leaf>
void CowTree<Leaf>::move_to_sibling(int direction) noexcept {
  settle();
  Step& step = path_[depth_ - 1];
  if (direction < 0) before_ -= step.node->sums[step.index - 1];
  if (direction > 0) before_ += step.node->sums[step.index];
  step.index += static_cast<std::uint32_t>(direction);
  finger_ = static_cast<Leaf*>(own(step.node->children[step.index]));
}

// The sums that count the nodes of the path at `depth` and above, from below.
template <class Leaf>
void CowTree<Leaf>::fix_sums(std::size_t depth) noexcept {
  for (; depth > 0; --depth) path_[depth - 1].node->sums[path_[depth - 1].index] = path_[depth].node->total();
}

template <class Leaf>
void CowTree<Leaf>::insert_after(Leaf* fresh) {
  Summary sum = fresh->summary();
  total_ += sum;
  if (!root_) {
    root_ = fresh;
    return;
  }
  TUTTI_ASSERT(finger_ != nullptr);
  settle();
  TreeNode* added = fresh;
  std::size_t depth = depth_;
  while (depth > 0) {
    Step& step = path_[depth - 1];
    Inner& inner = *step.node;
    if (inner.count < kFanout) {
      inner.insert(step.index + 1, added, sum);
      added = nullptr;
      break;
    }
    // Appending leaves the full node as it is, else the upper half moves out.
    const std::size_t kept = step.index + 1 == kFanout ? kFanout : kFanout / 2;
    auto* const right = new Inner(inner.level);
    right->count = static_cast<std::uint16_t>(kFanout - kept);
    std::copy_n(inner.sums + kept, right->count, right->sums);
    std::copy_n(inner.children + kept, right->count, right->children);
    inner.count = static_cast<std::uint16_t>(kept);
    if (step.index + 1 <= kept && kept < kFanout) {
      inner.insert(step.index + 1, added, sum);
    } else {
      right->insert(step.index + 1 - kept, added, sum);
    }
    added = right;
    sum = right->total();
    if (depth > 1) path_[depth - 2].node->sums[path_[depth - 2].index] = inner.total();
    --depth;
  }
  if (depth > 0) {
    fix_sums(depth - 1);
  } else if (added) {
    auto* const root = new Inner(static_cast<std::uint16_t>(root_->level + 1));
    root->insert(0, root_, measures(root_));
    root->insert(1, added, sum);
    root_ = root;
  }
  drop_finger();
}

template <class Leaf>
void CowTree<Leaf>::remove() {
  settle();
  total_ -= finger_->summary();
  TreeNode* gone = finger_;
  std::size_t depth = depth_;
  while (true) {
    release(gone);
    if (depth == 0) {
      root_ = nullptr;
      break;
    }
    Step& step = path_[--depth];
    step.node->erase(step.index);
    if (step.node->count > 0) break;
    gone = step.node;
  }
  if (root_) {
    fix_sums(depth);
    // A node that has become small is joined with a neighbour under the same parent.
    if (depth > 0 && path_[depth].node->count < kFanout / 4) {
      Inner& parent = *path_[depth - 1].node;
      const std::size_t index = path_[depth - 1].index;
      const std::size_t left = index + 1 < parent.count ? index : index - 1;
      if (parent.count > 1) {
        const auto* const a = static_cast<const Inner*>(parent.children[left]);
        const auto* const b = static_cast<const Inner*>(parent.children[left + 1]);
        if (a->count + b->count <= static_cast<int>(kFanout)) {
          auto* const into = static_cast<Inner*>(own(parent.children[left]));
          const auto* const from = static_cast<const Inner*>(parent.children[left + 1]);
          for (std::size_t i = 0; i < from->count; ++i) {
            acquire(from->children[i]);
            into->insert(into->count, from->children[i], from->sums[i]);
          }
          parent.sums[left] += parent.sums[left + 1];
          release(parent.children[left + 1]);
          parent.erase(left + 1);
        }
      }
    }
  }
  shrink_root();
  drop_finger();
}

template <class Leaf>
void CowTree<Leaf>::shrink_root() noexcept {
  while (root_ && root_->level > 0 && root_->count == 1) {
    TreeNode* const child = static_cast<Inner*>(root_)->children[0];
    acquire(child);
    release(root_);
    root_ = child;
  }
}

template <class Leaf>
CowTree<Leaf> CowTree<Leaf>::build(std::span<Leaf* const> leaves) {
  CowTree tree;
  if (leaves.empty()) return tree;
  std::vector<TreeNode*> nodes(leaves.begin(), leaves.end());
  for (std::uint16_t level = 1; nodes.size() > 1; ++level) {
    std::vector<TreeNode*> above;
    // As few nodes as possible, evenly filled.
    const std::size_t parents = (nodes.size() + kFanout - 1) / kFanout;
    for (std::size_t p = 0; p < parents; ++p) {
      auto* const inner = new Inner(level);
      const std::size_t end = nodes.size() * (p + 1) / parents;
      for (std::size_t i = nodes.size() * p / parents; i < end; ++i)
        inner->insert(inner->count, nodes[i], measures(nodes[i]));
      above.push_back(inner);
    }
    nodes = std::move(above);
  }
  tree.root_ = nodes.front();
  tree.total_ = measures(tree.root_);
  return tree;
}

template <class Leaf>
CowTree<Leaf>::Walk::Walk(const CowTree& tree) {
  tree.settle();
  if (tree.root_) down(tree.root_);
}

template <class Leaf>
template <typename CowTree<Leaf>::Measure measure>
typename CowTree<Leaf>::Walk CowTree<Leaf>::Walk::at(const CowTree& tree, std::uint32_t position, Edge edge) {
  Walk walk;
  tree.settle();
  if (!tree.root_) return walk;
  const TreeNode* node = tree.root_;
  while (node->level > 0) {
    const auto* const inner = static_cast<const Inner*>(node);
    const std::size_t index = child_at<measure>(*inner, position, edge, walk.before_);
    walk.path_[walk.depth_++] = {node, static_cast<std::uint32_t>(index)};
    node = inner->children[index];
  }
  walk.leaf_ = static_cast<const Leaf*>(node);
  return walk;
}

template <class Leaf>
void CowTree<Leaf>::Walk::down(const TreeNode* node) {
  while (node->level > 0) {
    path_[depth_++] = {node, 0};
    node = static_cast<const Inner*>(node)->children[0];
  }
  leaf_ = static_cast<const Leaf*>(node);
}

template <class Leaf>
void CowTree<Leaf>::Walk::next() {
  before_ += leaf_->summary();
  leaf_ = nullptr;
  while (depth_ > 0) {
    auto& [node, index] = path_[depth_ - 1];
    const auto* const inner = static_cast<const Inner*>(node);
    if (++index < inner->count) return down(inner->children[index]);
    --depth_;
  }
}

}  // namespace tutti::ot
