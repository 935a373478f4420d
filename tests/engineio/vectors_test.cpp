// tests/vectors/protocol/engineio-http.json: 83 raw HTTP exchanges of Node's engine.io; the 78
// that are not Socket.IO's are replayed one after the other.
//
// Equal means: the same status and reason, the same fields (order, Date and the framing of the body aside), the same
// body, ids aside. What we do differently on purpose is in kDifferent, with the reason.
#include <zlib.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "engineio/fixture.hpp"

namespace tutti::test {
namespace {

using nlohmann::json;

// Ours instead of Node's: status, what the answer contains, whether the connection ends.
struct Different {
  unsigned status;
  const char* text;
  bool closed;
};
const std::map<std::string, Different> kDifferent = {
    {"origin-with-nonlatin-bytes", {400, "", true}},  // the HTTP parser refuses it here too, with more fields
    {"jsonp-handshake-j0", {200, "\r\n\r\n0{\"sid\":", false}},           // JSONP is no part of v4
    {"ws-upgrade-bad-EIO", {400, "Unsupported protocol version", true}},  // before 101 instead of after it
    {"ws-upgrade-transport-polling", {400, "Bad request", true}},         // instead of 101 and a close frame
    {"ws-upgrade-wrong-path", {404, "", false}},  // the host's answer; Node lets the client wait a second
    {"ws-version-8", {426, "Sec-WebSocket-Version: 13", true}},    // RFC 6455, section 4.2.2
    {"ws-upgrade-on-websocket-sid", {101, "\r\n\r\n\x88", true}},  // no second WebSocket for a session
};

// Not Engine.IO's but Socket.IO's or the host's.
bool of_another_layer(const std::string& name) { return name.starts_with("socketio-") || name.starts_with("connect-"); }

class EngineVectors : public EngineTest {
 protected:
  void SetUp() override {
    std::ifstream file(TUTTI_SOURCE_DIR "/tests/vectors/protocol/engineio-http.json");
    vectors_ = json::parse(file);
    app_.echo = true;
  }

  // The server as each group of cases had it.
  static engineio::Options options_for(const std::string& name) {
    engineio::Options options;
    if (name.starts_with("cors-star")) {
      options.cors.origins = {"*"};
      options.cookie.emplace();
      options.cookie->name = "sticky";
      options.cookie->path = "/x";
      options.cookie->http_only = false;
      options.cookie->secure = true;
      options.cookie->same_site = "Strict";
      options.cookie->max_age = std::chrono::seconds(86400);
    } else if (name.starts_with("cors-") || name.starts_with("allowRequest-") || name == "error-with-cors" ||
               name == "cookie-on-ws-handshake") {
      options.cors.origins = {"http://a.example"};
      options.cors.methods = "GET,POST";
      options.cors.credentials = true;
      options.cookie.emplace();
      options.allow_request = [](const net::HttpRequest& asked, engineio::Decision decide) {
        if (asked.has_header("x-deny")) return decide(engineio::Refusal{"go away", 403, std::nullopt});
        decide(std::nullopt);
      };
    } else if (name.starts_with("polling-only-")) {
      options.allow_websocket = false;
    } else if (name.starts_with("ping-") || name == "after-ping-timeout") {
      options.ping_interval = 200ms;
      options.ping_timeout = 150ms;
    }
    return options;
  }
  static std::string group_of(const std::string& name) {
    const engineio::Options options = options_for(name);
    return (options.cors.enabled() ? options.cors.origins[0] : "") + (options.allow_websocket ? "" : "polling") +
           (options.ping_interval == 200ms ? "ping" : "");
  }
  void use_server_of(const std::string& name) {
    if (group_of(name) == group_ && !workers_.empty()) return;
    group_ = group_of(name);
    workers_.clear();
    shards_.clear();
    start(options_for(name));
  }

  // Our id for the captured one; sessions that were opened off the record are opened now.
  std::string ours(const std::string& captured) {
    const auto known = ids_.find(captured);
    if (known != ids_.end()) return known->second;
    if (captured.size() != 20) return captured;
    if (captured == kWebSocketSid) {
      open_websocket();
      return ids_[captured] = last().sid;
    }
    return ids_[captured] = open_polling();
  }

  std::string request_text(const json& one) {
    std::string text;
    for (const char c : one["request"]["text"].get<std::string>()) text += c;
    text = latin1(text);
    if (const auto cut = text.find("\xe2\x80\xa6("); cut != std::string::npos || text.ends_with(" bytes)")) {
      const auto body = text.find("\r\n\r\n") + 4;
      const char fill = text[body + 1];
      const auto length = text.find("Content-Length: ") + 16;
      const std::size_t size = std::stoul(text.substr(length));
      text = text.substr(0, body) + "4" + std::string(size - 1, fill);
    }
    if (const auto at = text.find("&sid="); at != std::string::npos) {
      const auto end = text.find_first_of(" &", at + 5);
      text.replace(at + 5, end - at - 5, ours(text.substr(at + 5, end - at - 5)));
    }
    return text;
  }

  // The file's text is latin1 of the bytes, read here as UTF-8.
  static std::string latin1(const std::string& utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      const auto c = static_cast<unsigned char>(utf8[i]);
      if (c == 0xe2) {  // the ellipsis of a shortened body
        out += utf8.substr(i, 3);
        i += 2;
      } else if (c >= 0xc2 && c <= 0xc3) {
        out += static_cast<char>((c & 3) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3f));
      } else {
        out += static_cast<char>(c);
      }
    }
    return out;
  }

  static std::string unhex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
  }

  static std::string gunzip(const std::string& bytes) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 32);
    std::string out(100'000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
  }

  // Replaces ids (20 characters after "sid":" or in a cookie) and remembers which of ours the captured one is.
  void align_ids(std::string& theirs, std::string& mine) {
    for (const char* mark : {"\"sid\":\"", "\\\"sid\\\":\\\"", "Set-Cookie: io=", "Set-Cookie: sticky="}) {
      const auto a = theirs.find(mark);
      const auto b = mine.find(mark);
      if (a == std::string::npos || b == std::string::npos) continue;
      const std::size_t length = std::string_view(mark).size();
      ids_[theirs.substr(a + length, 20)] = mine.substr(b + length, 20);
      mine.replace(b + length, 20, theirs, a + length, 20);
    }
  }

  static std::multimap<std::string, std::string> compared_fields(const HttpAnswer& answer) {
    auto fields = answer.fields;
    fields.erase("date");
    fields.erase("transfer-encoding");
    fields.erase("content-length");
    return fields;
  }

  void compare(const std::string& name, std::string theirs, MemoryStream& stream, bool closed) {
    std::string mine = stream.take_sent();
    if (const auto different = kDifferent.find(name); different != kDifferent.end()) {
      EXPECT_EQ(mine.substr(9, 3), std::to_string(different->second.status));
      EXPECT_NE(mine.find(different->second.text), std::string::npos) << mine;
      EXPECT_EQ(stream.ended(), different->second.closed);
      return;
    }
    align_ids(theirs, mine);
    EXPECT_EQ(stream.ended(), closed);
    if (theirs.empty() || theirs.starts_with("HTTP/1.1 101")) {
      EXPECT_EQ(mine, theirs);
      return;
    }
    const bool head_only = name == "head-handshake";
    const auto expected = take_answer(theirs, head_only);
    const auto got = take_answer(mine, head_only);
    ASSERT_TRUE(expected && got);
    EXPECT_EQ(got->status, expected->status);
    EXPECT_EQ(got->reason, expected->reason);
    EXPECT_EQ(compared_fields(*got), compared_fields(*expected));
    if (got->has("content-encoding")) {
      EXPECT_EQ(gunzip(got->body), gunzip(expected->body));
    } else {
      EXPECT_EQ(got->body, expected->body);
    }
    EXPECT_EQ(mine, "") << "more than one answer";
  }

  // The layer above was told the same reasons, in the same order. (The last four of the file are sessions that ended
  // with the recording.)
  void expect_reasons() {
    const json& reasons = case_named("server-close-reasons-observed")["reasons"];
    std::vector<std::string> expected;
    for (std::size_t i = 0; i + 4 < reasons.size(); ++i) {
      const json& reason = reasons[i];
      expected.push_back(reason[0].get<std::string>() +
                         (reason[1].is_null() ? "" : ": " + reason[1].get<std::string>()));
    }
    ASSERT_GT(app_.closes.size(), expected.size());
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), app_.closes.begin()));
    EXPECT_EQ(case_named("ping-server-close-reasons")["reasons"][0][0], "ping timeout");
    EXPECT_EQ(app_.closes.back(), "ping timeout");
  }

  const json& case_named(const std::string& name) {
    for (const json& one : vectors_["cases"]) {
      if (one["name"] == name) return one;
    }
    throw std::runtime_error(name);
  }
  // The connection on which a case was sent before its turn in the file came.
  std::shared_ptr<MemoryStream> send_ahead(const std::string& name) {
    const auto stream = connect();
    deliver(*stream, request_text(case_named(name)));
    return stream;
  }

  static constexpr const char* kWebSocketSid = "vTZ6iA1m8DTvxXHRAAAT";
  json vectors_;
  std::string group_;
  std::map<std::string, std::string> ids_;
};

TEST_F(EngineVectors, EveryExchangeOfNode) {
  // These were on the wire before the case named first.
  const std::map<std::string, std::string> ahead = {{"close-post", "pending-get-when-close-posted"},
                                                    {"second-of-two-gets", "first-of-two-gets"},
                                                    {"second-of-two-posts", "first-of-two-posts-incomplete"}};
  std::map<std::string, std::shared_ptr<MemoryStream>> waiting;
  std::size_t replayed = 0;
  for (const json& one : vectors_["cases"]) {
    const std::string name = one["name"];
    if (of_another_layer(name) || !one.contains("request")) continue;
    SCOPED_TRACE(name);
    use_server_of(name);
    if (const auto first = ahead.find(name); first != ahead.end()) waiting[first->second] = send_ahead(first->second);
    if (name == "ping-poll") advance(199ms);
    if (name == "ping-pong") advance(200ms);

    auto stream = waiting[name];
    if (!stream) {
      stream = connect();
      deliver(*stream, request_text(one));
    }
    if (name == "ping-poll") advance(1ms);
    compare(name, unhex(one["response"].value("bytes", "")), *stream, one["response"]["connectionClosed"]);
    if (name == "get-hangs-when-no-data") {
      stream->peer_closes();
      turn();
    }
    ++replayed;
  }
  EXPECT_EQ(replayed, 78u);
  expect_reasons();
}

}  // namespace
}  // namespace tutti::test
