#include "net/deflate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

namespace tutti::net {
namespace {

std::string unpack(std::string_view bytes, int window_bits) {
  z_stream stream{};
  inflateInit2(&stream, window_bits);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

RC_GTEST_PROP(Deflate, MessagesComeBack, (const std::string& bytes)) {
  const Inflated inflated = inflate_message(deflate(bytes, DeflateFormat::message), bytes.size());
  RC_ASSERT(inflated.error == InflateError::none);
  RC_ASSERT(inflated.bytes == bytes);
}

TEST(Deflate, WritesGzipAndZlib) {
  const std::string bytes(3000, 'z');
  EXPECT_EQ(unpack(deflate(bytes, DeflateFormat::gzip), 15 + 16), bytes);
  EXPECT_EQ(unpack(deflate(bytes, DeflateFormat::zlib), 15), bytes);
}

TEST(Deflate, ReadsTheExampleOfTheRfc) {
  // RFC 7692, section 7.2.3.1: "Hello".
  EXPECT_EQ(inflate_message(std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7), 100).bytes, "Hello");
  // Section 7.2.3.4: a block with BFINAL set.
  EXPECT_EQ(inflate_message(std::string("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8), 100).bytes, "Hello");
}

TEST(Deflate, StopsAtTheLimit) {
  const std::string bomb = deflate(std::string(10'000'000, 'x'), DeflateFormat::message);
  EXPECT_EQ(inflate_message(bomb, 1000).error, InflateError::too_large);
  EXPECT_EQ(inflate_message(deflate("12345", DeflateFormat::message), 5).error, InflateError::none);
  EXPECT_EQ(inflate_message(deflate("123456", DeflateFormat::message), 5).error, InflateError::too_large);
}

TEST(Deflate, RefusesGarbage) {
  EXPECT_EQ(inflate_message("\xff\xff\xff\xff", 1000).error, InflateError::malformed);
  EXPECT_EQ(inflate_message(deflate("after garbage all is well", DeflateFormat::message), 1000).bytes,
            "after garbage all is well");
}

}  // namespace
}  // namespace tutti::net
