#include "ot/run_tree.hpp"

namespace tutti::ot {
namespace {

constexpr auto kLength = &Run::Summary::length;

Run::Summary difference(std::size_t length, std::size_t runs) noexcept {
  return {static_cast<std::uint32_t>(length), static_cast<std::uint32_t>(runs)};
}

}  // namespace

void RunTree::insert(std::uint32_t position, Run run) {
  const std::uint32_t length = run.length;
  auto [leaf, index, offset] = tree_.seek<kLength>(position, Edge::ending);
  const std::size_t before = leaf->count;
  if (index < leaf->count && leaf->items[index].joins(run)) {
    leaf->items[index].length += length;
  } else {
    if (index < leaf->count && offset > 0) {
      if (offset < leaf->items[index].length) leaf->cut_at(index, offset);
      ++index;
    }
    leaf->insert_at(index, std::move(run));
    leaf->join_back(index + 1);
  }
  tree_.changed(*leaf, difference(length, leaf->count - before));
}

template <class Edit>
void RunTree::edit(std::uint32_t position, std::uint32_t length, Edit edit) {
  while (length > 0) {
    auto [leaf, index, offset] = tree_.seek<kLength>(position, Edge::beginning);
    const std::size_t before = leaf->count;
    if (offset > 0) leaf->cut_at(index++, offset);
    if (length < leaf->items[index].length) leaf->cut_at(index, length);
    const std::uint32_t here = leaf->items[index].length;
    const std::uint32_t kept = edit(*leaf, index);
    leaf->join_back(index + 1);
    leaf->join_back(index);
    tree_.changed(*leaf, difference(kept - here, leaf->count - before));
    if (leaf->count < before) tree_.tidy();
    length -= here;
    position += kept;
  }
}

void RunTree::erase(std::uint32_t position, std::uint32_t length) {
  edit(position, length, [](auto& leaf, std::size_t index) {
    leaf.erase_at(index);
    return 0u;
  });
}

void RunTree::format(std::uint32_t position, std::uint32_t length, const Attributes& attributes) {
  edit(position, length, [&](auto& leaf, std::size_t index) {
    Run& run = leaf.items[index];
    run.attributes = compose(run.attributes, attributes, Nulls::drop);
    return run.length;
  });
}

}  // namespace tutti::ot
