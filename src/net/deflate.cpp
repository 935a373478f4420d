#include "net/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace tutti::net {

namespace {

constexpr int kLevel = Z_DEFAULT_COMPRESSION;
constexpr std::string_view kMessageTail("\x00\x00\xff\xff", 4);

int window_bits(DeflateFormat format) {
  switch (format) {
    case DeflateFormat::gzip:
      return 15 + 16;
    case DeflateFormat::zlib:
      return 15;
    case DeflateFormat::message:
      return -15;
  }
  return 15;
}

class Deflater {
 public:
  explicit Deflater(DeflateFormat format) {
    TUTTI_ASSERT(deflateInit2(&stream_, kLevel, Z_DEFLATED, window_bits(format), 8, Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string run(std::string_view bytes, int flush) {
    deflateReset(&stream_);
    std::string out(deflateBound(&stream_, bytes.size()) + kMessageTail.size() + 1, '\0');
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream_, flush);
    TUTTI_ASSERT(stream_.avail_in == 0);
    out.resize(out.size() - stream_.avail_out);
    return out;
  }

 private:
  z_stream stream_{};
};

class Inflater {
 public:
  Inflater() { TUTTI_ASSERT(inflateInit2(&stream_, -15) == Z_OK); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  void reset() { inflateReset(&stream_); }
  InflateError run(std::string_view bytes, std::string& out, std::size_t bytes_max) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, 16 * 1024> piece;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = piece.size();
      const int result = ::inflate(&stream_, Z_SYNC_FLUSH);
      if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) return InflateError::malformed;
      out.append(piece.data(), piece.size() - stream_.avail_out);
      if (out.size() > bytes_max) return InflateError::too_large;
      if (result == Z_STREAM_END) {
        if (stream_.avail_in == 0) break;
        inflateReset(&stream_);  // a final block ended early; what follows is a block of its own
      }
    } while (stream_.avail_out == 0 || stream_.avail_in > 0);
    return InflateError::none;
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::string deflate(std::string_view bytes, DeflateFormat format) {
  if (format == DeflateFormat::message) {
    thread_local Deflater deflater(DeflateFormat::message);
    std::string out = deflater.run(bytes, Z_SYNC_FLUSH);
    TUTTI_ASSERT(out.size() >= kMessageTail.size());
    out.resize(out.size() - kMessageTail.size());
    return out;
  }
  return Deflater(format).run(bytes, Z_FINISH);
}

Inflated inflate_message(std::string_view bytes, std::size_t bytes_max) {
  thread_local Inflater inflater;
  inflater.reset();
  Inflated result;
  result.error = inflater.run(bytes, result.bytes, bytes_max);
  if (result.error == InflateError::none) result.error = inflater.run(kMessageTail, result.bytes, bytes_max);
  if (result.error != InflateError::none) result.bytes = {};
  return result;
}

}  // namespace tutti::net
