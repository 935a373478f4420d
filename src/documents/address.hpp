// documents/address.hpp: what a Connection number says: where its answers go, and in which form.
//
//   bit 63  a guest: an HTTP request, answered by a callback     bits 46-61  worker
//   bit 62  MessagePack                                          bits 0-45   number on that worker
#pragma once

#include <cstdint>

#include "codec/writer.hpp"
#include "documents/identity.hpp"

namespace tutti::documents {

struct Address {
  std::uint32_t worker = 0;
  std::uint64_t number = 0;  // on that worker, not 0
  codec::Form form = codec::Form::json;
  bool guest = false;

  Connection connection() const noexcept {
    return std::uint64_t{guest} << 63 | std::uint64_t{form == codec::Form::msgpack} << 62 |
           std::uint64_t{worker} << kNumberBits | number;
  }
  static Address of(Connection connection) noexcept {
    return {static_cast<std::uint32_t>(connection >> kNumberBits & 0xFFFF),
            connection & ((std::uint64_t{1} << kNumberBits) - 1),
            (connection >> 62 & 1) != 0 ? codec::Form::msgpack : codec::Form::json, (connection >> 63) != 0};
  }

 private:
  static constexpr unsigned kNumberBits = 46;
};

}  // namespace tutti::documents
