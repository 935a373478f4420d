// server/access_rules.hpp: what the documents may ask of a visitor's token.
#pragma once

#include "documents/access.hpp"
#include "server/visitors.hpp"

namespace tutti::server {

// Thread-safe. A visitor that is not there any more may do nothing.
class VisitorAccess final : public documents::AccessRules {
 public:
  explicit VisitorAccess(const Visitors& visitors) : visitors_(visitors) {}

  documents::Access document(const documents::Peer& peer, std::string_view document) const override;
  bool room(const documents::Peer& peer, std::string_view room) const override;

 private:
  // Of a socket that is connected, or of an HTTP request (DocumentsApi puts it there).
  IdentityPtr identity_of(const documents::Peer& peer) const;

  const Visitors& visitors_;
};

documents::Access to_document_access(auth::Access access) noexcept;

}  // namespace tutti::server
