#include "documents/delivery.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "ot/algebra.hpp"

namespace tutti::documents {
namespace {

Acknowledgement place(FramePtr frame, const AuthorEntry& author) {
  const auto& operations = frame->revision->operations;
  const Author& own = *author.state.author;
  const auto is_own = [&](const Operation& it) {
    return it.seq == author.newest() && (it.author == author.state.author || *it.author == own);
  };
  std::size_t index = author.index;
  if (index >= operations.size() || !is_own(operations[index])) {
    index = static_cast<std::size_t>(std::find_if(operations.begin(), operations.end(), is_own) - operations.begin());
  }
  TUTTI_ASSERT(index < operations.size());
  const std::uint64_t seq = operations[index].seq;
  return {std::move(frame), seq, static_cast<std::uint32_t>(index)};
}

}  // namespace

void DeliveryMaker::forget_older(std::uint64_t version) {
  if (version == version_) return;
  clear();
  version_ = version;
}

void DeliveryMaker::clear() {
  version_ = 0;
  updates_.clear();
  frames_.clear();
}

UpdatePtr DeliveryMaker::update(const Window& window, std::uint64_t from) {
  forget_older(window.version());
  for (const UpdatePtr& kept : updates_) {
    if (kept->from == from) return kept;
  }
  auto made =
      std::make_shared<Update>(Update{document_, from, window.version(), window.span(from, window.version()), nullptr});
  made->by = window.sole_author(from, window.version());
  updates_.push_back(std::move(made));
  return updates_.back();
}

Acknowledgement DeliveryMaker::acknowledgement(const Window& window, std::uint64_t from, const AuthorEntry& author) {
  forget_older(window.version());
  const std::uint64_t own = author.state.version;
  for (const FramePtr& kept : frames_) {
    if (kept->from == from && kept->revision->version == own) return place(kept, author);
  }
  frames_.push_back(std::make_shared<Frame>(Frame{document_, from, window.version(), window.span(from, own - 1),
                                                  window.revision(own), window.span(own, window.version())}));
  return place(frames_.back(), author);
}

UpdatePtr DeliveryMaker::update(const Window& window, const Bridge& bridge) const {
  return std::make_shared<Update>(Update{document_, bridge.from, window.version(),
                                         ot::compose(bridge.whole(), window.span(bridge.to, window.version())),
                                         nullptr});
}

Acknowledgement DeliveryMaker::acknowledgement(const Window& window, const Bridge& bridge,
                                               const AuthorEntry& author) const {
  Frame frame{document_, bridge.from, window.version(), bridge.before, bridge.own, {}};
  if (bridge.own) {
    frame.after = ot::compose(bridge.after, window.span(bridge.to, window.version()));
  } else {
    const std::uint64_t own = author.state.version;
    frame.before = ot::compose(bridge.before, window.span(bridge.to, own - 1));
    frame.revision = window.revision(own);
    frame.after = window.span(own, window.version());
  }
  return place(std::make_shared<Frame>(std::move(frame)), author);
}

}  // namespace tutti::documents
