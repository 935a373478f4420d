// The whole program in this process, over loopback.
#include "server/app.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

#include "auth/jwt.hpp"
#include "server/option_table.hpp"
#include "support/http_client.hpp"
#include "support/temporary_directory.hpp"

namespace tutti::server {
namespace {

using testing::HasSubstr;
using tutti::tests::HttpClient;

class AppTest : public testing::Test {
 protected:
  AppTest() {
    log::configure(log::Level::off, log::Format::text);
    settings_.port = 0;
    settings_.workers = 2;
    settings_.data = directory_.path();
    settings_.durability = Durability::normal;
  }
  void start() {
    auto app = App::start(settings_);
    ASSERT_TRUE(app.has_value()) << app.error().message;
    app_ = std::move(*app);
    client_.emplace(app_->address());
  }

  tutti::tests::TemporaryDirectory directory_;
  Settings settings_;
  std::unique_ptr<App> app_;
  std::optional<HttpClient> client_;
};

std::string read_text(const std::string& path) {
  std::ifstream file(std::string(TUTTI_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(AppTest, IsReadyUntilItIsToldToStop) {
  start();
  EXPECT_EQ(client_->get("/healthz").status, 200u);
  EXPECT_EQ(client_->get("/readyz").status, 200u);
  app_->announce_stop();
  EXPECT_EQ(client_->get("/readyz").status, 503u);
  EXPECT_EQ(client_->get("/healthz").status, 200u);
  app_->stop();
  EXPECT_EQ(client_->get("/healthz").status, 0u) << "the port is closed";
}

TEST_F(AppTest, APortInUseIsAnErrorThatNamesIt) {
  start();
  Settings second = settings_;
  tutti::tests::TemporaryDirectory other;
  second.data = other.path();
  second.port = static_cast<std::uint16_t>(std::stoi(app_->address().substr(app_->address().rfind(':') + 1)));
  const auto app = App::start(second);
  ASSERT_FALSE(app.has_value());
  EXPECT_THAT(app.error().message, HasSubstr("127.0.0.1:" + std::to_string(second.port)));
}

TEST_F(AppTest, AStoreThatCannotBeOpenedIsAnError) {
  settings_.data = "/proc/no-such-place";
  EXPECT_THAT(App::start(settings_).error().message, HasSubstr("/proc/no-such-place"));
}

TEST_F(AppTest, AKeyFileThatIsMissingIsAnError) {
  settings_.auth_key_file = "/no/such/key";
  EXPECT_THAT(App::start(settings_).error().message, HasSubstr("/no/such/key"));
}

TEST_F(AppTest, DocumentsAreThereAgainAfterARestart) {
  start();
  EXPECT_EQ(client_->send("PUT", "/api/documents/a", R"({"content":"kept"})").status, 200u);
  app_->stop();
  app_.reset();
  start();
  EXPECT_THAT(client_->get("/api/documents/a").body, HasSubstr(R"("content":"kept")"));
}

TEST_F(AppTest, ManyConnectionsWriteManyDocumentsOnAllWorkers) {
  start();
  constexpr int kThreads = 4, kOperations = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      const HttpClient client(app_->address());
      const std::string path = "/api/documents/doc" + std::to_string(t);
      EXPECT_EQ(client.send("PUT", path, R"({"content":""})").status, 200u);
      for (int i = 1; i <= kOperations; ++i) {
        const std::string body = R"({"version":0,"client":"c)" + std::to_string(t) + R"(","seq":)" + std::to_string(i) +
                                 R"(,"changes":["x"]})";
        // Its own earlier operation is newer than base 0: only the first is valid.
        EXPECT_EQ(client.send("POST", path + "/operations", body).status, i == 1 ? 200u : 400u);
        EXPECT_EQ(client.send("POST", "/api/documents/shared/operations", body).status, 404u);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(client_->get("/api/documents").body, HasSubstr("doc3"));
}

TEST_F(AppTest, ThePagesAreServedUnlessTurnedOff) {
  start();
  EXPECT_THAT(client_->get("/").head, HasSubstr("Content-Security-Policy"));
  EXPECT_EQ(client_->get("/missing.js").status, 404u);
  app_.reset();
  settings_.web = false;
  settings_.metrics = false;
  start();
  EXPECT_EQ(client_->get("/").status, 404u);
  EXPECT_EQ(client_->get("/metrics").status, 404u);
  EXPECT_EQ(client_->get("/socket.io/socket.io.js").status, 400u) << "no bundle: Engine.IO's answer";
}

TEST_F(AppTest, AForeignPageMayNeitherConnectNorUseTheApi) {
  start();
  const HttpClient::Fields evil{{"Origin", "http://evil.example"}};
  EXPECT_EQ(client_->get("/socket.io/?EIO=4&transport=polling", evil).status, 403u);
  EXPECT_EQ(client_->get("/api/documents", evil).status, 403u);
  HttpClient::Fields socket = evil;
  for (const auto& field : HttpClient::Fields{{"Upgrade", "websocket"},
                                              {"Sec-WebSocket-Version", "13"},
                                              {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}}) {
    socket.push_back(field);
  }
  socket.emplace_back("Connection", "Upgrade");
  EXPECT_EQ(client_->get("/socket.io/?EIO=4&transport=websocket", socket).status, 400u);
  const HttpClient::Fields own{{"Origin", "http://" + app_->address()}};
  EXPECT_EQ(client_->get("/socket.io/?EIO=4&transport=polling", own).status, 200u);
}

TEST_F(AppTest, ListedOriginsMayConnectAndGetTheirCorsFields) {
  settings_.client_url = {"https://app.example"};
  start();
  const HttpClient::Fields listed{{"Origin", "https://app.example"}};
  const auto answer = client_->get("/socket.io/?EIO=4&transport=polling", listed);
  EXPECT_EQ(answer.status, 200u);
  EXPECT_THAT(answer.head, HasSubstr("Access-Control-Allow-Origin: https://app.example"));
  EXPECT_THAT(client_->get("/api/documents", listed).head, HasSubstr("Access-Control-Allow-Origin"));
  EXPECT_EQ(client_->send("OPTIONS", "/api/documents/a", "", listed).status, 204u);
  EXPECT_EQ(client_->get("/socket.io/?EIO=4&transport=polling", {{"Origin", "https://evil.example"}}).status, 403u);
}

TEST_F(AppTest, TheApiAsksForATokenAndKeepsToWhatItAllows) {
  settings_.auth_key = "secret";
  start();
  const auto denied = client_->get("/api/documents");
  EXPECT_EQ(denied.status, 401u);
  EXPECT_THAT(denied.head, HasSubstr("WWW-Authenticate: Bearer"));
  auth::JwtOptions options;
  options.key = "secret";
  const std::string token = *auth::make_token(
      options, {"ann", 0, {{"mine-*", auth::Access::write}, {"news", auth::Access::read}}}, 1'700'000'000'000);
  const HttpClient::Fields ann{{"Authorization", "Bearer " + token}};
  EXPECT_EQ(client_->send("PUT", "/api/documents/mine-1", R"({"content":"x"})", ann).status, 200u);
  EXPECT_EQ(client_->send("PUT", "/api/documents/news", R"({"content":"x"})", ann).status, 403u);
  EXPECT_EQ(client_->get("/api/documents/mine-1", ann).status, 200u);
  EXPECT_EQ(client_->get("/api/documents/yours", ann).status, 403u);
}

TEST_F(AppTest, BadRequestsToTheApiAreRefusedOneByOne) {
  settings_.max_payload = 64 * 1024;
  settings_.max_operation_size = 1024;
  start();
  EXPECT_EQ(client_->send("PUT", "/api/documents/a", "not json").status, 400u);
  EXPECT_EQ(client_->send("PUT", "/api/documents/a", "[]").status, 400u);
  EXPECT_EQ(client_->send("PUT", "/api/documents/a", R"({"content":7})").status, 400u);
  EXPECT_EQ(client_->send("PUT", "/api/documents/%00", R"({"content":"x"})").status, 400u);
  EXPECT_EQ(client_->send("PUT", "/api/documents/" + std::string(257, 'a'), R"({"content":"x"})").status, 400u);
  EXPECT_EQ(client_->send("POST", "/api/documents/a/operations", std::string(64 * 1024 + 1, ' ')).status, 413u);
  EXPECT_EQ(client_->send("PATCH", "/api/documents/a").status, 405u);
  EXPECT_EQ(client_->get("/api/documents/a").status, 404u);
  EXPECT_EQ(client_->get("/healthz").status, 200u) << "nobody else noticed";
}

// docs/OPERATIONS.md and the program name the same metrics and the same options.
TEST_F(AppTest, TheOperatorsPageIsTrue) {
  start();
  const std::string page = read_text("docs/OPERATIONS.md");
  EXPECT_THAT(page, HasSubstr(options_as_markdown())) << "run tools/update-docs";
  const auto names = [](const std::string& text, const char* expression) {
    std::set<std::string> found;
    const std::regex pattern(expression);
    for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
      found.insert((*match)[1]);
    }
    return found;
  };
  const std::string table = page.substr(page.find("\n## Metrics"), page.find("\n## Logs") - page.find("\n## Metrics"));
  const auto documented = names(table, "`((?:tutti|process)_\\w+)`");
  const auto exported = names(client_->get("/metrics").body, "# TYPE (\\w+) ");
  for (const auto& name : exported) EXPECT_TRUE(documented.count(name)) << name << " is not documented";
  for (const auto& name : documented) EXPECT_TRUE(exported.count(name)) << name << " does not exist";
}

}  // namespace
}  // namespace tutti::server
