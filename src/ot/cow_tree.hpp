// ot/cow_tree.hpp: a copy-on-write B+tree of leaves with summed measures: the shape of the rope, of runs and of a
// batch.
//
// Internal to ot/. A copy shares all nodes; an edit first makes the path to its leaf its own. The leaf edited last is
// kept as the finger, with its path: an edit near the one before finds it without a walk from the root, and the sums
// above it are brought up to date only when the finger moves.
//
// Leaf is a block with an intrusive count (derived from TreeNode) and
//   Summary           measures, a struct of std::uint32_t with += and -=
//   summary() const   its measures
//   clone() const     a copy with one reference
//   destroy(Leaf*)    frees it
// One object is edited by one thread, and not read by others meanwhile; one that was not edited since it was copied may
// be read and copied on several. Nodes may be shared with objects on other threads.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/assert.hpp"

namespace tutti::ot {

struct TreeNode {
  explicit TreeNode(std::uint16_t node_level) noexcept : level(node_level) {}
  TreeNode(const TreeNode& other) noexcept : level(other.level) {}
  TreeNode& operator=(const TreeNode&) = delete;

  bool shared() const noexcept { return references.load(std::memory_order_acquire) != 1; }

  std::atomic<std::uint32_t> references{1};
  std::uint16_t level;  // 0 is a leaf
  std::uint16_t count = 0;
};

// At a place between two leaves: the one that ends there, or the one that begins there.
enum class Edge : bool { ending, beginning };

template <class Leaf>
class CowTree {
  static constexpr std::size_t kFanout = 16;
  static constexpr std::size_t kDepthMax = 12;  // holds more leaves than 32-bit measures can count

 public:
  using Summary = typename Leaf::Summary;
  using Measure = std::uint32_t Summary::*;

  CowTree() noexcept = default;
  CowTree(const CowTree& other) : root_(other.root_), total_(other.total_) {
    if (other.finger_) {  // its path is shared now
      other.settle();
      other.depth_ = 0;
      other.finger_ = nullptr;
    }
    if (root_) acquire(root_);
  }
  CowTree(CowTree&& other) noexcept { take(other); }
  CowTree& operator=(CowTree other) noexcept {
    if (root_) release(root_);
    take(other);
    return *this;
  }
  ~CowTree() {
    if (root_) release(root_);
  }

  const Summary& total() const noexcept { return total_; }
  bool empty() const noexcept { return root_ == nullptr; }
  bool same_root(const CowTree& other) const noexcept { return root_ == other.root_; }

  // Reading: the leaf that holds `position`, and the measures of all before it. Not on an empty tree.
  struct Found {
    const Leaf* leaf;
    Summary before;
  };
  template <Measure measure>
  Found find(std::uint32_t position, Edge edge) const;

  // Walks the leaves in order, from the first or from the one that `find` gives.
  class Walk {
   public:
    explicit Walk(const CowTree& tree);
    template <Measure measure>
    static Walk at(const CowTree& tree, std::uint32_t position, Edge edge);

    const Leaf* leaf() const noexcept { return leaf_; }         // nullptr behind the last
    const Summary& before() const noexcept { return before_; }  // measures before the leaf
    void next();

   private:
    Walk() noexcept = default;
    void down(const TreeNode* node);

    std::array<std::pair<const TreeNode*, std::uint32_t>, kDepthMax> path_;
    std::size_t depth_ = 0;
    const Leaf* leaf_ = nullptr;
    Summary before_{};
  };

  // Editing. The finger is a leaf that only this tree holds; `seek` moves it. Not on an empty tree.
  template <Measure measure>
  Leaf* seek(std::uint32_t position, Edge edge);
  Leaf* last();  // seeks the last leaf
  Leaf* finger() const noexcept { return finger_; }
  const Summary& before() const noexcept { return before_; }
  // Whether the finger is on the leaf that an edit of [begin, end] stays inside of.
  template <Measure measure>
  bool holds(std::uint32_t begin, std::uint32_t end) const noexcept {
    return finger_ && begin >= before_.*measure && end <= before_.*measure + finger_->summary().*measure;
  }

  // The finger's leaf was edited in place; unsigned wrap-around stands for less.
  void changed(const Summary& difference) noexcept {
    total_ += difference;
    pending_ += difference;
  }
  // `fresh` takes the place of the finger's leaf, with the same measures.
  void replace_finger(Leaf* fresh) noexcept;
  // `fresh` goes behind the finger's leaf (or is the first). The finger is lost.
  void insert_after(Leaf* fresh);
  // Takes the finger's leaf away. The finger is lost.
  void remove();
  // Neighbours of the finger under the same parent, nullptr if there is none.
  const Leaf* next_sibling() const noexcept { return sibling(+1); }
  const Leaf* previous_sibling() const noexcept { return sibling(-1); }
  void move_to_next_sibling() noexcept { move_to_sibling(+1); }
  void move_to_previous_sibling() noexcept { move_to_sibling(-1); }

  // A tree of these leaves, packed.
  static CowTree build(std::span<Leaf* const> leaves);
  std::size_t memory_bytes() const { return root_ ? memory_of(root_) : 0; }

 private:
  struct Inner : TreeNode {
    explicit Inner(std::uint16_t node_level) noexcept : TreeNode(node_level) {}
    Inner(const Inner& other) noexcept : TreeNode(other) {
      count = other.count;
      std::copy_n(other.sums, count, sums);
      std::copy_n(other.children, count, children);
      for (std::size_t i = 0; i < count; ++i) acquire(children[i]);
    }
    Summary total() const noexcept {
      Summary all{};
      for (std::size_t i = 0; i < count; ++i) all += sums[i];
      return all;
    }
    void insert(std::size_t index, TreeNode* child, const Summary& sum) noexcept {
      std::move_backward(sums + index, sums + count, sums + count + 1);
      std::move_backward(children + index, children + count, children + count + 1);
      sums[index] = sum;
      children[index] = child;
      ++count;
    }
    void erase(std::size_t index) noexcept {
      std::move(sums + index + 1, sums + count, sums + index);
      std::move(children + index + 1, children + count, children + index);
      --count;
    }

    Summary sums[kFanout];
    TreeNode* children[kFanout];
  };
  struct Step {
    Inner* node;
    std::uint32_t index;  // of the child the path goes through
    Summary start;        // measures before `node`
  };

  static void acquire(TreeNode* node) noexcept { node->references.fetch_add(1, std::memory_order_relaxed); }
  static void release(TreeNode* node) noexcept {
    if (node->references.load(std::memory_order_acquire) != 1 &&
        node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) {
      return;
    }
    if (node->level == 0) return Leaf::destroy(static_cast<Leaf*>(node));
    auto* const inner = static_cast<Inner*>(node);
    for (std::size_t i = 0; i < inner->count; ++i) release(inner->children[i]);
    delete inner;
  }
  static Summary measures(const TreeNode* node) noexcept {
    return node->level == 0 ? static_cast<const Leaf*>(node)->summary() : static_cast<const Inner*>(node)->total();
  }
  // The same node if only we hold it, else a copy in its place.
  static TreeNode* own(TreeNode*& place) {
    if (!place->shared()) return place;
    TreeNode* copy = place->level == 0 ? static_cast<TreeNode*>(static_cast<Leaf*>(place)->clone())
                                       : new Inner(*static_cast<Inner*>(place));
    release(place);
    return place = copy;
  }
  static std::size_t memory_of(const TreeNode* node) {
    if (node->level == 0) return static_cast<const Leaf*>(node)->memory_bytes();
    const auto* const inner = static_cast<const Inner*>(node);
    std::size_t all = sizeof(Inner);
    for (std::size_t i = 0; i < inner->count; ++i) all += memory_of(inner->children[i]);
    return all;
  }

  // The child of `inner` that holds `position`, counted from the start of `inner`; `before` grows by what is before it.
  template <Measure measure>
  static std::size_t child_at(const Inner& inner, std::uint32_t position, Edge edge, Summary& before) noexcept {
    const std::uint32_t bias = edge == Edge::ending ? 0 : 1;
    std::size_t i = 0;
    for (const std::size_t last = inner.count - 1u; i < last; ++i) {
      const Summary& sum = inner.sums[i];
      if (position + bias <= before.*measure + sum.*measure) break;
      before += sum;
    }
    return i;
  }

  // Brings the sums on the finger's path up to date.
  void settle() const noexcept {
    if (pending_ == Summary{}) return;
    for (std::size_t i = 0; i < depth_; ++i) path_[i].node->sums[path_[i].index] += pending_;
    pending_ = {};
  }
  void drop_finger() noexcept {
    depth_ = 0;
    finger_ = nullptr;
  }
  TreeNode*& place_of_finger() noexcept {
    return depth_ == 0 ? root_ : path_[depth_ - 1].node->children[path_[depth_ - 1].index];
  }
  const Leaf* sibling(int direction) const noexcept {
    if (depth_ == 0) return nullptr;
    const Step& step = path_[depth_ - 1];
    const std::size_t index = step.index + static_cast<std::size_t>(direction);
    return index < step.node->count ? static_cast<const Leaf*>(step.node->children[index]) : nullptr;
  }
  void move_to_sibling(int direction) noexcept;
  void fix_sums(std::size_t depth) noexcept;
  void shrink_root() noexcept;
  void take(CowTree& other) noexcept {
    root_ = std::exchange(other.root_, nullptr);
    total_ = std::exchange(other.total_, Summary{});
    before_ = other.before_;
    pending_ = std::exchange(other.pending_, Summary{});
    finger_ = std::exchange(other.finger_, nullptr);
    depth_ = std::exchange(other.depth_, 0);
    std::copy_n(other.path_.begin(), depth_, path_.begin());
  }

  TreeNode* root_ = nullptr;
  Summary total_{};
  Summary before_{};                // before the finger's leaf
  mutable Summary pending_{};       // what the sums on the path do not count yet
  mutable Leaf* finger_ = nullptr;  // nullptr: no finger; else the whole path is ours alone
  mutable std::size_t depth_ = 0;   // steps of the path
  std::array<Step, kDepthMax> path_;
};

}  // namespace tutti::ot

#include "ot/cow_tree_impl.hpp"
