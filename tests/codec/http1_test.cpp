#include "codec/http1.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.hpp"

namespace tutti::codec {
namespace {

using Event = Http1Parser::Event;

struct Options {
  std::size_t body_max = 1000;
  Http1Limits limits = {};
};

// Feeds the bytes in pieces and tells all requests: "GET /a body=.. | POST /b … | !413", "+" if bytes are missing.
std::string read(std::string_view bytes, std::size_t piece, const Options& options = {}) {
  Http1Parser parser(options.limits);
  std::string out;
  while (!bytes.empty()) {
    const std::string exact(bytes.substr(0, piece));
    bytes.remove_prefix(exact.size());
    std::string_view left = exact;
    for (;;) {
      const auto step = parser.feed(left);
      if (!step.has_value()) return out + "!" + std::to_string(status_of(step.error()));
      left.remove_prefix(step->consumed);
      if (step->event == Event::need_more) {
        EXPECT_TRUE(left.empty());
        break;
      }
      if (step->event == Event::head) {
        parser.limit_body(options.body_max);
        out += parser.request().expects_continue ? "(100) " : "";
      } else {
        const Http1Request& request = parser.request();
        out += request.method + " " + request.target;
        for (const auto& [name, value] : request.headers) out += " " + name + "=" + value;
        if (!request.body.empty()) out += " body=" + request.body;
        if (!request.keep_alive) out += " close";
        if (request.upgrade) out += " upgrade";
        out += " | ";
        parser.next();
      }
    }
  }
  return out + (parser.idle() ? "" : "+");
}

void expect(std::string_view bytes, const std::string& result, const Options& options = {}) {
  EXPECT_EQ(read(bytes, bytes.size(), options), result) << bytes;
  for (std::size_t piece = 1; piece < std::min<std::size_t>(bytes.size(), 60); ++piece) {
    ASSERT_EQ(read(bytes, piece, options), result) << "in pieces of " << piece << "\n" << bytes;
  }
}

TEST(Http1Parser, ReadsARequest) {
  expect("GET /engine.io/?EIO=4 HTTP/1.1\r\nHost: h\r\nX-Y:  a b \r\n\r\n", "GET /engine.io/?EIO=4 host=h x-y=a b | ");
  expect("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / host=h connection=close close | ");
  expect("OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n", "OPTIONS * host= | ");
  expect("FOO / HTTP/1.1\r\nHost: h\r\nA: \xC3\xA9\r\n\r\n", "FOO / host=h a=\xC3\xA9 | ");
}

TEST(Http1Parser, ReadsHttp10) {
  expect("GET / HTTP/1.0\r\n\r\n", "GET / close | ");
  expect("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / connection=keep-alive | ");
}

TEST(Http1Parser, ReadsBodiesOfAGivenLength) {
  expect("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
         "POST / host=h content-length=5 body=hello | ");
  expect("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", "POST / host=h content-length=0 | ");
  expect("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel", "+");
}

TEST(Http1Parser, ReadsChunkedBodies) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string told = "POST / host=h transfer-encoding=chunked";
  expect(head + "0\r\n\r\n", told + " | ");
  expect(head + "5\r\nhello\r\n0\r\n\r\n", told + " body=hello | ");
  expect(head + "5;ext=\"a\"\r\nhello\r\nA\r\n world...!\r\n000\r\nTrailer: x\r\n\r\n",
         told + " body=hello world...! | ");
  expect(head + "5\r\nhello", "+");
  expect(head + "xyz\r\n", "!400");
  expect(head + "5\r\nhelloX\r\n0\r\n\r\n", "!400");
  expect(head + "fffffffffffffffff\r\n", "!400");
  expect(head + "5\nhello\r\n0\r\n\r\n", "!400");
}

TEST(Http1Parser, ReadsPipelinedRequests) {
  expect(
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi\r\nGET /c "
      "HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /a host=h | POST /b host=h content-length=2 body=hi | GET /c host=h | ");
}

TEST(Http1Parser, LeavesTheBytesBehindAnUpgrade) {
  Http1Parser parser;
  const std::string_view bytes =
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x80";
  auto step = parser.feed(bytes);
  ASSERT_TRUE(step.has_value());
  EXPECT_EQ(step->event, Event::head);
  EXPECT_TRUE(parser.request().upgrade);
  EXPECT_EQ(bytes.substr(step->consumed), "\x81\x80");
  step = parser.feed(bytes.substr(step->consumed));
  ASSERT_TRUE(step.has_value());
  EXPECT_EQ(step->event, Event::message);
  EXPECT_EQ(step->consumed, 0u);
}

TEST(Http1Parser, IgnoresTheWishToUpgradeWithABody) {
  expect("POST / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\nx",
         "POST / host=h connection=upgrade upgrade=h2c content-length=1 body=x | ");
}

TEST(Http1Parser, TellsWhoWaitsForContinue) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n";
  expect(head + "Content-Length: 1\r\n\r\nx", "(100) POST / host=h expect=100-Continue content-length=1 body=x | ");
  expect(head + "\r\n", "POST / host=h expect=100-Continue | ");
  expect("POST / HTTP/1.1\r\nHost: h\r\nExpect: cake\r\n\r\n", "!417");
  expect("POST / HTTP/1.0\r\nExpect: cake\r\n\r\n", "POST / expect=cake close | ");
}

TEST(Http1Parser, JoinsRepeatedFields) {
  expect("GET / HTTP/1.1\r\nHost: h\r\nX: 1\r\nx: 2\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n",
         "GET / host=h x=1, 2 cookie=a=1; b=2 | ");
}

TEST(Http1Parser, RefusesMalformedRequests) {
  for (const char* bytes :
       {"GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: h\n\n", "G@T / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : h\r\n\r\n", "GET / HTTP/1.1\r\n: h\r\n\r\n", "GET / HTTP/1.1\r\nHost h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\x01z\r\n\r\n", " GET / HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    const std::string result = read(bytes, 1000);
    EXPECT_TRUE(result == "!400" || result == "!505") << bytes << result;
    // Byte by byte it may wait for a proper end of a line.
    const std::string slowly = read(bytes, 1);
    EXPECT_TRUE(slowly == result || slowly == "+") << bytes << slowly;
  }
}

TEST(Http1Parser, DemandsOneHost) {
  expect("GET / HTTP/1.1\r\n\r\n", "!400");
  expect("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "!400");
}

// What two servers could frame differently is how requests are smuggled.
TEST(Http1Parser, RefusesAmbiguousFraming) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  expect(head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "!400");
  expect(head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "!400");
  expect(head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "!400");
  expect(head + "Content-Length: 5, 6\r\n\r\n", "!400");
  expect(head + "Content-Length: +5\r\n\r\n", "!400");
  expect(head + "Content-Length: -1\r\n\r\n", "!400");
  expect(head + "Content-Length: 0x5\r\n\r\n", "!400");
  expect(head + "Content-Length: 99999999999999999999\r\n\r\n", "!400");
  expect(head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "!400");
  expect("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "!400");
}

TEST(Http1Parser, RefusesOtherVersionsAndEncodings) {
  expect("GET / HTTP/2.0\r\nHost: h\r\n\r\n", "!505");
  expect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "!505");
  expect("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "!501");
  expect("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n", "!501");
  expect("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", "!501");
}

TEST(Http1Parser, LimitsTheHead) {
  const Options options{.limits = {.head_bytes_max = 200, .fields_max = 100}};
  const auto request = [](std::size_t size) {
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n";
    head.insert(head.size() - 4, std::string(size - head.size(), 'x'));
    return head;
  };
  EXPECT_TRUE(read(request(200), 1000, options).starts_with("GET"));
  EXPECT_TRUE(read(request(200), 1, options).starts_with("GET"));
  expect(request(201), "!431", options);
  expect(request(1000), "!431", options);
  expect("GET /" + std::string(1000, 'x'), "!431", options);
  expect(std::string(1000, 'G'), "!431", options);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 100; ++i) many += "A: b\r\n";
  expect(many + "\r\n", "!431");
}

TEST(Http1Parser, LimitsTheBodyBeforeTakingMemory) {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  expect(head + "Content-Length: 1001\r\n\r\n", "!413");
  expect(head + "Content-Length: 1000\r\n\r\n", "+");
  expect(head + "Content-Length: 9999999999999\r\n\r\n", "!413");
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  expect(chunked + "3e9\r\n", "!413");
  expect(chunked + "3e8\r\n", "+");
  expect(chunked + "5\r\nhello\r\n3e4\r\n", "!413");
  expect(chunked + "ffffffffffffffff\r\n", "!413");
  expect(head + "Content-Length: 1\r\n\r\nx", "!413", {.body_max = 0});
}

TEST(Http1Parser, LimitsWhatStandsBesideAChunkedBody) {
  const Options options{.limits = {.head_bytes_max = 200, .fields_max = 100}};
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect(head + "5;" + std::string(300, 'x'), "!400", options);
  expect(head + "0\r\nTrailer: " + std::string(300, 'x'), "!400", options);
}

TEST(Http1Parser, IsIdleOnlyBetweenRequests) {
  Http1Parser parser;
  EXPECT_TRUE(parser.idle());
  EXPECT_TRUE(parser.feed("\r\n").has_value());
  EXPECT_TRUE(parser.idle());
  EXPECT_TRUE(parser.feed("G").has_value());
  EXPECT_FALSE(parser.idle());
  EXPECT_LE(sizeof(Http1Parser), 24u);
}

RC_GTEST_PROP(Http1Parser, GivesTheSameForAnyPieces, (std::uint64_t seed)) {
  SeededRandom random(seed);
  std::string bytes;
  for (std::uint64_t requests = 1 + random.below(3); requests > 0; --requests) {
    const std::string body(random.below(80), 'b');
    bytes += "POST /" + std::string(random.below(20), 'p') + " HTTP/1.1\r\nHost: h\r\n";
    if (random.below(2) == 0) {
      bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else {
      bytes += "Transfer-Encoding: chunked\r\n\r\n";
      append_chunk(bytes, body);
      append_chunk(bytes, "tail");
      append_last_chunk(bytes);
    }
  }
  if (random.below(3) == 0) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
  const std::string whole = read(bytes, bytes.size());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1 + random.below(60)}}) {
    const std::string in_pieces = read(bytes, piece);
    // What is refused as a whole may, in pieces, still wait for the proper end of a head.
    const bool waits = in_pieces.ends_with("+") && whole.starts_with(in_pieces.substr(0, in_pieces.size() - 1)) &&
                       whole.find('!') != std::string::npos;
    RC_ASSERT(in_pieces == whole || waits);
  }
}

TEST(Http1Writer, WritesHeads) {
  std::string out;
  append_status_line(out, 404);
  append_header(out, "Content-Type", "text/plain");
  append_headers(out, HttpHeaders{{"A", "1"}, {"B", ""}});
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nA: 1\r\nB: \r\n");
  out.clear();
  append_status_line(out, 299);
  EXPECT_EQ(out, "HTTP/1.1 299 \r\n");
}

TEST(Http1Writer, LetsNoHeaderEndEarly) {
  std::string out;
  append_header(out, "X\r\nY", std::string_view("a\r\nSet-Cookie: b\0\tc", 19));
  EXPECT_EQ(out, "X  Y: a  Set-Cookie: b \tc\r\n");
}

TEST(Http1Writer, WritesChunks) {
  std::string out;
  append_chunk(out, "");
  append_chunk(out, std::string(26, 'x'));
  append_last_chunk(out);
  EXPECT_EQ(out, "1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace tutti::codec
