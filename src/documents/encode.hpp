// documents/encode.hpp: the messages of documents and rooms as payloads (docs/PROTOCOL.md), in either wire form. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/writer.hpp"
#include "documents/limits.hpp"
#include "documents/messages.hpp"

namespace tutti::documents {

using codec::ValueWriter;

// The operations of a revision as they stand in every acknowledgement of it, encoded once for each form.
class EncodedOperations {
 public:
  std::string_view of(const RevisionPtr& revision, codec::Form form);

 private:
  RevisionPtr revision_;
  std::string encoded_[2];  // by Form; empty: not yet
};

// {ok: false, error: {...}}
void write_error(ValueWriter& writer, const Error& error);
// The same with the content beside it.
void write_stale(ValueWriter& writer, const Error& error, const Whole& whole);
void write_ok(ValueWriter& writer);
void write_opened(ValueWriter& writer, const Opened& opened, const Limits& limits, EncodedOperations& operations);
// As an acknowledgement (with ok), or as the event (with document).
enum class Carrier : std::uint8_t { answer, event };
void write_acknowledgement(ValueWriter& writer, const Acknowledgement& acknowledgement, Carrier carrier,
                           std::string_view operations);
void write_duplicate(ValueWriter& writer, std::uint64_t version, std::uint64_t seq);
void write_history(ValueWriter& writer, const History& history);
void write_snapshot(ValueWriter& writer, const Whole& whole);
void write_stored(ValueWriter& writer, std::string_view epoch, std::uint64_t version);

void write_update(ValueWriter& writer, const Update& update);
void write_presence(ValueWriter& writer, const PresenceNews& news);
void write_closed(ValueWriter& writer, std::string_view document, CloseReason reason);

void write_limits(ValueWriter& writer, const Limits& limits);
struct ServerName {
  std::string_view server;  // "name/version"
  std::string_view id;
};
void write_hello(ValueWriter& writer, const ServerName& name, const Limits& limits);

}  // namespace tutti::documents
