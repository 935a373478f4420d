// documents/limits.hpp: every limit and interval of documents and rooms, with its default (docs/OPERATIONS.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "limits/token_bucket.hpp"

namespace tutti::documents {

using namespace std::chrono_literals;

struct Limits {
  // Told to clients (`limits` of hello and document:open).
  std::size_t payload_bytes = 1'000'000;     // one message of the transport
  std::size_t operation_bytes = 256 * 1024;  // `changes` as compact JSON in UTF-8: too-large
  std::size_t document_bytes = 16 << 20;     // UTF-8 text of a document: too-large
  std::size_t users = 100;                   // of a `users` list; larger rooms are not announced one by one
  std::size_t history = 1000;                // revisions in one answer of document:history

  std::size_t components = 10'000;               // of one change: too-large
  std::size_t attribute_depth = 8;               // invalid-operation
  std::size_t profile_bytes = 4 * 1024;          // `profile` as compact JSON: invalid-request
  std::size_t presence_bytes = 1024;             // `data` of document:presence as compact JSON: dropped
  std::size_t members = 20'000;                  // connections in one document: unavailable
  std::size_t rooms_per_connection = 256;        // documents and rooms together: too-large
  std::size_t queued_operations = 50'000;        // of one document, waiting for a flush: unavailable
  std::size_t queued_requests = 10'000;          // of one document, waiting for the log: unavailable
  std::size_t member_buffer_bytes = 256 * 1024;  // unsent bytes from which a member gets no deliveries until it drains
  limits::Rate operations_per_member{0, 0};      // rate-limited; 0: no limit
  limits::Rate operations_per_document{0, 0};

  std::chrono::milliseconds batch_interval = 50ms;       // longest time between two flushes that the members cause
  std::chrono::microseconds interval_per_member = 20us;  // what one member to be told adds to it
  std::chrono::milliseconds user_count_interval = 1000ms;
  std::chrono::milliseconds retry_after = 1000ms;  // told with `unavailable`

  std::uint64_t log_window_revisions = 10'000;   // what the log keeps at least ...
  std::chrono::hours log_window_age = 24h;       // ... or all that is not older than this
  std::uint64_t snapshot_every = 256;            // revisions
  std::chrono::hours client_age = 24h * 7;       // how long an author's newest `seq` is remembered
  std::size_t memory_revisions = 2048;           // newest revisions of an open document that are kept in memory ...
  std::size_t memory_operations = 100'000;       // ... and their operations
  std::chrono::milliseconds unload_after = 60s;  // a document without members
  std::size_t presence_entries = 100;            // cursors in one presence message, newest first
};

}  // namespace tutti::documents
