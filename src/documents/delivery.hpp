// documents/delivery.hpp: makes deliveries, each once for all who stand at the same version.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "documents/authors.hpp"
#include "documents/bridge.hpp"
#include "documents/messages.hpp"
#include "documents/window.hpp"

namespace tutti::documents {

class DeliveryMaker {
 public:
  explicit DeliveryMaker(Name document) : document_(std::move(document)) {}

  // From `from` to window.version(). window.first() <= from.
  UpdatePtr update(const Window& window, std::uint64_t from);
  // The same for an author whose newest operation is behind `from`.
  Acknowledgement acknowledgement(const Window& window, std::uint64_t from, const AuthorEntry& author);

  // The same for one member, from bridge.from; bridge.to is in the window.
  UpdatePtr update(const Window& window, const Bridge& bridge) const;
  Acknowledgement acknowledgement(const Window& window, const Bridge& bridge, const AuthorEntry& author) const;

  // The window is another one: what is kept is about versions that are no more.
  void clear();

 private:
  void forget_older(std::uint64_t version);

  const Name document_;
  std::uint64_t version_ = 0;  // that the kept ones lead to
  std::vector<UpdatePtr> updates_;
  std::vector<FramePtr> frames_;
};

}  // namespace tutti::documents
