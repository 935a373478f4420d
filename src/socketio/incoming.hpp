// socketio/incoming.hpp: an event packet on its way to a handler: nothing is decoded before it is asked for.
#pragma once

#include <string>
#include <vector>

#include "socketio/native.hpp"
#include "socketio/packet.hpp"

namespace tutti::socketio {

// Puts the attachments in the places of {"_placeholder":true,"num":k}, in a tree of `arena`. False: a placeholder has
// no attachment.
bool fill_placeholders(std::span<const codec::Value> values, const std::vector<std::string>& attachments);

// Decodes slices that PacketReader has checked. nullopt: a placeholder has no attachment.
std::optional<std::span<const codec::Value>> decode_arguments(Form form, std::span<const std::string_view> slices,
                                                              const std::vector<std::string>& attachments,
                                                              codec::Arena& arena);

class Incoming final : public IncomingEvent {
 public:
  // Borrows everything for its lifetime.
  Incoming(Form form, const Packet& packet, const PacketReader& reader, const std::vector<std::string>& attachments)
      : form_(form), packet_(packet), reader_(reader), attachments_(attachments) {}

  // False: a placeholder has no attachment; such a packet is a parse error.
  bool check_attachments();

  bool has_name() const noexcept { return reader_.name().has_value(); }
  Form form() const noexcept { return form_; }
  std::size_t size() const noexcept override { return reader_.arguments().size(); }
  std::string_view name() const noexcept override { return reader_.name().value_or(std::string_view()); }
  std::span<const codec::Value> arguments() override;
  std::string_view raw_argument(std::size_t index) override;
  std::optional<AckId> ack_id() const noexcept override { return packet_.id; }

 private:
  Form form_;
  const Packet& packet_;
  const PacketReader& reader_;
  const std::vector<std::string>& attachments_;
  codec::Arena arena_;
  std::optional<std::span<const codec::Value>> arguments_;
};

}  // namespace tutti::socketio
