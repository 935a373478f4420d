// api/event_source.hpp: where the arguments of a public Event come from: the packet that came in, or values of our own.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "codec/writer.hpp"
#include "socketio/native.hpp"
#include "socketio/ref.hpp"
#include "tutti/event.h"

namespace tutti::detail {

class EventSource {
 public:
  virtual std::string_view name() const noexcept = 0;
  virtual std::size_t size() const noexcept = 0;
  virtual json value(std::size_t index) = 0;  // null beyond the end
  virtual void write(codec::ValueWriter& writer, std::size_t index) = 0;
  virtual Ack ack() = 0;
  virtual bool from_client() const noexcept = 0;

 protected:
  ~EventSource() = default;
};

// The right to answer one event.
struct AckState {
  socketio::SocketRef socket;
  socketio::AckId id;
  std::atomic<bool> used{false};
};

// An event as it came in; lives during its dispatch.
class PacketSource final : public EventSource {
 public:
  PacketSource(socketio::Peer& peer, socketio::IncomingEvent& event) : peer_(peer), event_(event) {}
  std::string_view name() const noexcept override { return event_.name(); }
  std::size_t size() const noexcept override { return event_.size(); }
  json value(std::size_t index) override;
  void write(codec::ValueWriter& writer, std::size_t index) override;
  Ack ack() override;
  bool from_client() const noexcept override { return true; }

 private:
  socketio::Peer& peer_;
  socketio::IncomingEvent& event_;
  Ack ack_;
};

// An event of the server's own, or one that has to outlive its packet.
class OwnedSource final : public EventSource {
 public:
  OwnedSource(std::string name, std::vector<json> values) : name_(std::move(name)), values_(std::move(values)) {}
  explicit OwnedSource(EventSource& other);
  std::string_view name() const noexcept override { return name_; }
  std::size_t size() const noexcept override { return values_.size(); }
  json value(std::size_t index) override { return index < values_.size() ? values_[index] : json(); }
  void write(codec::ValueWriter& writer, std::size_t index) override;
  Ack ack() override { return ack_; }
  bool from_client() const noexcept override { return from_client_; }

 private:
  std::string name_;
  std::vector<json> values_;
  Ack ack_;
  bool from_client_ = false;
};

}  // namespace tutti::detail
