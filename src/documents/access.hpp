// documents/access.hpp: who may do what, and what the server may change: hooks of the application.
//
// Called on any shard, at any time, and must not block.
#pragma once

#include <optional>
#include <string_view>

#include "documents/messages.hpp"

namespace tutti::documents {

class AccessRules {
 public:
  virtual ~AccessRules() = default;
  // none: open, history and snapshot are forbidden. read: operations are. Creating needs write.
  virtual Access document(const Peer& peer, std::string_view document) const = 0;
  virtual bool room(const Peer& peer, std::string_view room) const = 0;
};

// Everybody may do everything.
class OpenAccess final : public AccessRules {
 public:
  Access document(const Peer&, std::string_view) const override { return Access::write; }
  bool room(const Peer&, std::string_view) const override { return true; }
};

class OperationHook {
 public:
  virtual ~OperationHook() = default;
  // `change` is about to be committed behind `version` revisions and the earlier operations of its flush. A change that
  // is returned takes its place (an empty one drops the edit); it must fit the document like the one it replaces, else
  // it counts as empty. nullopt: as it is.
  virtual std::optional<Change> before_commit(std::string_view document, const Author& author,
                                              const Change& change) = 0;
};

}  // namespace tutti::documents
