#include "server/access_rules.hpp"

namespace tutti::server {

documents::Access to_document_access(auth::Access access) noexcept {
  switch (access) {
    case auth::Access::none:
      return documents::Access::none;
    case auth::Access::read:
      return documents::Access::read;
    case auth::Access::write:
      return documents::Access::write;
  }
  return documents::Access::none;
}

documents::Access VisitorAccess::document(const documents::Peer& peer, std::string_view document) const {
  const IdentityPtr identity = identity_of(peer);
  return identity ? to_document_access(identity->documents.access(document)) : documents::Access::none;
}

bool VisitorAccess::room(const documents::Peer& peer, std::string_view) const { return identity_of(peer) != nullptr; }

IdentityPtr VisitorAccess::identity_of(const documents::Peer& peer) const {
  if (peer.credentials) return std::static_pointer_cast<const auth::Identity>(peer.credentials);
  return visitors_.find(peer.socket_id);
}

}  // namespace tutti::server
