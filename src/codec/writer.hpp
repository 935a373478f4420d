// codec/writer.hpp: one way to write a value in either wire form. Whoever encodes a payload writes it once against
// ValueWriter; JSON and MessagePack implement it (codec/json.hpp, codec/msgpack.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/value.hpp"

namespace tutti::codec {

enum class Form : std::uint8_t { json, msgpack };

// Sizes of arrays and objects are told in front (MessagePack needs them) and must be kept.
class ValueWriter {
 public:
  virtual ~ValueWriter() = default;
  virtual Form form() const noexcept = 0;

  virtual void undefined() = 0;  // JSON: null
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(std::int64_t value) = 0;
  virtual void unsigned_integer(std::uint64_t value) = 0;
  virtual void number(double value) = 0;       // JSON: not finite becomes null, as JSON.stringify
  virtual void date(double milliseconds) = 0;  // JSON: the ISO string of toJSON
  virtual void string(std::string_view text) = 0;
  // JSON: a placeholder {"_placeholder":true,"num":k}; the bytes are appended to the writer's attachments.
  virtual void binary(std::string_view bytes) = 0;
  virtual void begin_array(std::size_t size) = 0;
  virtual void end_array() = 0;
  virtual void begin_object(std::size_t size) = 0;
  virtual void key(std::string_view text) = 0;
  virtual void end_object() = 0;
  // One value that is encoded in this writer's form already.
  virtual void raw(std::string_view encoded) = 0;

  virtual void value(const Value& value);  // a whole tree; members that are undefined are left out
  // Shorthands for objects.
  void field(std::string_view name, std::string_view text) { key(name), string(text); }
  void field(std::string_view name, const char* text) { key(name), string(text); }
  void field(std::string_view name, bool flag) { key(name), boolean(flag); }
  void field(std::string_view name, std::int64_t number) { key(name), integer(number); }
  void field(std::string_view name, const Value& tree) { key(name), value(tree); }
};

}  // namespace tutti::codec
