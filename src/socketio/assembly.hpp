// socketio/assembly.hpp: a binary packet of the JSON form while its attachments are coming in.
//
// Limits: the count stands in the header and was checked; text and attachments together at most packet_bytes_max.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tutti::socketio {

class Assembly {
 public:
  // `text` is a packet that PacketReader has accepted; it is read again when it is whole.
  Assembly(std::string_view text, unsigned attachments) : text_(text), missing_(attachments), bytes_(text.size()) {}

  // False: too large together.
  bool add(std::string_view bytes, std::size_t packet_bytes_max) {
    if (bytes.size() > packet_bytes_max || bytes_ > packet_bytes_max - bytes.size()) return false;
    bytes_ += bytes.size();
    --missing_;
    attachments_.emplace_back(bytes);
    return true;
  }
  bool whole() const noexcept { return missing_ == 0; }
  const std::string& text() const noexcept { return text_; }
  const std::vector<std::string>& attachments() const noexcept { return attachments_; }

 private:
  std::string text_;
  std::vector<std::string> attachments_;
  unsigned missing_;
  std::size_t bytes_;
};

}  // namespace tutti::socketio
