// sim/client_model.hpp: the client half of the document protocol (docs/PROTOCOL.md, "The client"), as a value: at most
// one operation in flight, one composed buffer behind it, and the log's word against the client's guess.
//
// Pure: what comes in are decoded payloads, what must be sent is asked for. Any break of the protocol is thrown as
// ProtocolBreak.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/value.hpp"
#include "ot/change.hpp"

namespace tutti::sim {

struct ProtocolBreak : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ClientModel {
 public:
  explicit ClientModel(std::string client) : client_(std::move(client)) {}

  // ---- what the user does
  // `change` stands on content().
  void edit(const ot::Change& change);
  const ot::Change& content() const noexcept { return content_; }
  bool has_content() const noexcept { return known_; }

  // ---- the connection
  void disconnected() noexcept { open_ = opening_ = in_flight_sent_ = waits_to_retry_ = false; }
  std::string open_payload();  // to send after every connect; JSON
  enum class Then : std::uint8_t {
    nothing,
    open_again,
    retry_later,  // the server cannot commit or open now
    end,          // this client is no more (replaced)
  };
  Then opened(const codec::Value& answer);
  Then operation_answered(std::uint64_t seq, const codec::Value& answer);
  Then update(const codec::Value& event);
  Then acknowledged(const codec::Value& event);
  Then closed(const codec::Value& event);

  // The operation to send now, as JSON; nullopt: nothing, or it is on its way.
  std::optional<std::string> operation_payload();
  // The operation was answered with "later", and was not sent since: now is later.
  void retry() noexcept {
    if (std::exchange(waits_to_retry_, false)) in_flight_sent_ = false;
  }

  // ---- for checks
  bool is_open() const noexcept { return open_; }
  bool settled() const noexcept { return open_ && !in_flight_ && !buffer_; }
  std::uint64_t version() const noexcept { return version_; }
  std::uint64_t seq() const noexcept { return seq_; }
  const ot::Change& committed() const noexcept { return committed_; }
  const std::string& client() const noexcept { return client_; }
  const std::vector<std::uint64_t>& refused() const noexcept { return refused_; }
  std::uint64_t corrections() const noexcept { return corrections_; }
  std::uint64_t acknowledgements() const noexcept { return acknowledgements_; }
  std::uint64_t wholes() const noexcept { return wholes_; }
  std::uint64_t refused_and_committed() const noexcept { return refused_and_committed_; }

 private:
  ot::Change read(const codec::Value& changes, std::size_t* base_length = nullptr) const;
  void next(ot::Change change);
  void settle();
  Then take_delivery(const codec::Value& payload);
  void take_own(const codec::Value& payload);
  void take_whole(const codec::Value& payload);
  void apply_remote(ot::Change remote);
  void rebase_buffer(ot::Change remote);
  void undo_in_flight();

  const std::string client_;
  bool known_ = false;
  bool open_ = false;
  bool opening_ = false;
  std::string epoch_;
  std::uint64_t version_ = 0;
  ot::Change committed_;  // the content at version_, without own unacknowledged changes
  ot::Change content_;    // what the user sees: committed_, then in_flight_, then buffer_
  std::optional<ot::Change> in_flight_;
  bool in_flight_sent_ = false;
  bool waits_to_retry_ = false;
  std::optional<ot::Change> buffer_;
  std::uint64_t seq_ = 0;
  std::vector<std::uint64_t> refused_;
  std::uint64_t corrections_ = 0;
  std::uint64_t acknowledgements_ = 0;
  std::uint64_t wholes_ = 0;
  std::uint64_t refused_and_committed_ = 0;
};

}  // namespace tutti::sim
