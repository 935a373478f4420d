// documents/identity.hpp: the names of presence/peer.hpp, which documents share.
#pragma once

#include "presence/peer.hpp"

namespace tutti::documents {

using presence::Connection;
using presence::kAnonymous;
using presence::Peer;
using presence::PeerPtr;
using presence::ReplyTo;

}  // namespace tutti::documents
