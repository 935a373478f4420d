// HTTP/1.1 requests: the same requests however the bytes are cut. What is refused as a whole may, in pieces, still wait
// for the end of a head.
#include "codec/http1.hpp"

#include "fuzz.hpp"

namespace codec = tutti::codec;

namespace {

constexpr std::size_t kBodyMax = 200;

std::string read(std::string_view bytes, std::size_t piece) {
  codec::Http1Parser parser({.head_bytes_max = 512, .fields_max = 8});
  std::string told;
  tutti::fuzz::in_pieces(bytes, piece, [&](std::string& part) {
    for (std::string_view left = part;;) {
      const auto step = parser.feed(left);
      if (!step.has_value()) {
        told += "!" + std::to_string(codec::status_of(step.error()));
        return false;
      }
      FUZZ_CHECK(step->consumed <= left.size());
      left.remove_prefix(step->consumed);
      switch (step->event) {
        case codec::Http1Parser::Event::need_more:
          FUZZ_CHECK(left.empty());
          return true;
        case codec::Http1Parser::Event::head:
          parser.limit_body(kBodyMax);
          break;
        case codec::Http1Parser::Event::message:
          const auto& request = parser.request();
          FUZZ_CHECK(request.body.size() <= kBodyMax);
          told += request.method + " " + request.target + " ";
          for (const auto& [name, value] : request.headers) told += name + "=" + value + ";";
          told += request.body + (request.keep_alive ? "" : " close") + "|";
          parser.next();
          break;
      }
    }
  });
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const tutti::fuzz::Input input(data, size);
  const std::string whole = read(input.bytes, size);
  const std::string in_pieces = read(input.bytes, 1 + input.choice % 64);
  FUZZ_CHECK(in_pieces == whole || (whole.starts_with(in_pieces) && whole.find('!') != std::string::npos));
  return 0;
}
