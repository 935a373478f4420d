// codec/msgpack.hpp: MessagePack as notepack.io 2.2 and 3.0 write it (shared/protocol: msgpack parser, Redis adapter),
// and any standard form. Pure.
//
// Private forms that are read: fixext1 type 0 = undefined, ext type 0 = bytes, fixext8 type 0 = Date; timestamp ext -1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/value.hpp"
#include "codec/writer.hpp"

namespace tutti::codec {

enum class MsgpackError : std::uint8_t { truncated, invalid, too_deep, trailing_bytes, key_not_string };
std::string_view to_string(MsgpackError error);

struct MsgpackLimits {
  unsigned depth_max = 128;
};

// Decodes one whole message. Strings and binaries are borrowed from `bytes`. A declared length is checked against the
// bytes that are left before memory is taken. Map keys that are numbers, booleans or nil become the text that
// JavaScript makes of them; an unknown extension becomes [type, bytes], as notepack reads it.
Result<Value, MsgpackError> parse_msgpack(std::string_view bytes, Arena& arena, MsgpackLimits limits = {});

// Length of the first value in `bytes`, checked, nothing built.
Result<std::size_t, MsgpackError> skip_msgpack(std::string_view bytes, MsgpackLimits limits = {});

// How dates and undefined are written: notepack 2.2 peers (socket.io-msgpack-parser) know private forms only; for
// others (notepack 3) dates are timestamps and undefined is nil.
enum class DateForm : std::uint8_t { notepack2, timestamp };

class MsgpackWriter final : public ValueWriter {
 public:
  explicit MsgpackWriter(std::string& out, DateForm dates = DateForm::notepack2) : out_(out), dates_(dates) {}
  Form form() const noexcept override { return Form::msgpack; }
  void undefined() override;
  void null() override;
  void boolean(bool value) override;
  void integer(std::int64_t value) override;
  void unsigned_integer(std::uint64_t value) override;
  void number(double value) override;
  void date(double milliseconds) override;
  void string(std::string_view text) override;
  void binary(std::string_view bytes) override;
  void begin_array(std::size_t size) override;
  void end_array() override {}
  void begin_object(std::size_t size) override;
  void key(std::string_view text) override { string(text); }
  void end_object() override {}
  void value(const Value& value) override;
  void raw(std::string_view encoded) override { out_.append(encoded); }

 private:
  std::string& out_;
  DateForm dates_;
};

}  // namespace tutti::codec
