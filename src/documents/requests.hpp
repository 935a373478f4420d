// documents/requests.hpp: what clients ask, as checked values; from the payloads of the protocol (docs/PROTOCOL.md).
//
// Pure: payloads are read on the connection's shard, before the document is known. A field that is missing or of a
// wrong type is invalid_request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "codec/value.hpp"
#include "documents/errors.hpp"
#include "documents/limits.hpp"
#include "documents/messages.hpp"
#include "presence/stored_json.hpp"

namespace tutti::documents {

// 2^53 - 1: JavaScript counts no further.
inline constexpr std::uint64_t kNumberMax = (std::uint64_t{1} << 53) - 1;
inline constexpr std::size_t kIdBytes = 256;     // documents, rooms
inline constexpr std::size_t kClientBytes = 64;  // `client`

struct HelloRequest {
  std::int64_t protocol = 1;
  std::string agent{};
};

struct OpenRequest {
  std::string document{};
  const DocumentType* type = nullptr;  // null: whatever it is
  bool create = false;
  std::optional<std::uint64_t> version{};
  std::optional<std::string> epoch{};
  std::string client{};  // empty: none, read only
  presence::StoredJson profile{};
};

struct OperationRequest {
  std::string document{};
  std::uint64_t version = 0;
  std::optional<std::string> epoch{};
  std::string client{};
  std::uint64_t seq = 0;
  // A change that is refused is remembered with its error: other tests come first.
  Change change{};
  std::size_t base_length = 0;  // units walked over, trailing retains included
  std::optional<Error> refused{};
};

struct PresenceRequest {
  std::string document{};
  std::uint64_t version = 0;
  std::optional<Cursor> cursor{};
  presence::StoredJson data{};
};

struct HistoryRequest {
  std::string document{};
  std::optional<std::uint64_t> from{};
  std::optional<std::uint64_t> to{};
  std::size_t limit = 0;
};

struct SnapshotRequest {
  std::string document{};
  std::optional<std::uint64_t> version{};
};

struct RoomRequest {
  std::string room{};
  presence::StoredJson profile{};
};

struct RoomEmitRequest {
  std::string room{};
  std::string event{};
  codec::Value payload{};  // borrows from the message
  bool volatile_ = false;
};

template <class Request>
using Parsed = Result<Request, Error>;

Parsed<HelloRequest> parse_hello(const codec::Value& payload);
Parsed<OpenRequest> parse_open(const codec::Value& payload, const Limits& limits);
// With `document` given, the payload need not name it.
Parsed<OperationRequest> parse_operation(const codec::Value& payload, const Limits& limits,
                                         std::optional<std::string> document = std::nullopt);
Parsed<std::string> parse_close(const codec::Value& payload);
Parsed<PresenceRequest> parse_presence(const codec::Value& payload, const Limits& limits);
Parsed<HistoryRequest> parse_history(const codec::Value& payload, const Limits& limits);
Parsed<SnapshotRequest> parse_snapshot(const codec::Value& payload);
Parsed<RoomRequest> parse_room(const codec::Value& payload, const Limits& limits);
Parsed<RoomEmitRequest> parse_room_emit(const codec::Value& payload);

}  // namespace tutti::documents
