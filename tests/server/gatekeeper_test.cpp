#include "server/gatekeeper.hpp"

#include <gtest/gtest.h>

#include "server/fake_peer.hpp"

namespace tutti::server {
namespace {

using namespace std::chrono_literals;
using tests::FakePeer;
using tests::Verdict;

auth::JwtOptions key() {
  auth::JwtOptions options;
  options.key = "secret";
  options.leeway_s = 0;
  return options;
}

class GatekeeperTest : public testing::Test {
 protected:
  void open(GatekeeperOptions options) {
    gatekeeper_ = std::make_unique<Gatekeeper>(std::move(options));
    gatekeeper_->install(nsp_, stats_);
  }
  std::unique_ptr<FakePeer> peer(std::string auth_payload = "{}") {
    auto made = std::make_unique<FakePeer>(shard_, ++number_, std::move(auth_payload));
    nsp_.peers[number_] = made.get();
    return made;
  }
  std::unique_ptr<FakePeer> peer_of(const std::string& user, std::int64_t lifetime_s = 3600) {
    return peer("{\"token\":\"" +
                *auth::make_token(key(), {user, lifetime_s, {{"notes-*", auth::Access::read}}},
                                  shard_.scheduler().wall_time_ms()) +
                "\"}");
  }
  Verdict enter(FakePeer& peer) {
    Verdict verdict;
    nsp_.middleware(peer, socketio::Admission(std::make_unique<tests::FakeAdmission>(verdict)));
    return verdict;
  }
  std::size_t connections_of(const std::string& user) { return gatekeeper_->connections().connections_of(user); }

  tests::FakeShard shard_;
  tests::FakeNamespace nsp_;
  GateStats stats_;
  std::unique_ptr<Gatekeeper> gatekeeper_;
  std::uint64_t number_ = 0;
};

TEST_F(GatekeeperTest, WithoutAKeyEverybodyIsAnonymousAndUncounted) {
  open({.tokens = {}, .connections_per_user = 1});
  std::vector<std::unique_ptr<FakePeer>> peers;
  for (int i = 0; i < 10; ++i) {
    peers.push_back(peer(R"({"token":"whatever","userId":"admin"})"));
    EXPECT_TRUE(enter(*peers.back()).accepted);
    EXPECT_EQ(peers.back()->user, "anonymous") << "who a client says it is counts for nothing";
  }
  EXPECT_EQ(gatekeeper_->visitors().size(), 10u);
  EXPECT_EQ(gatekeeper_->connections().users(), 0u);
}

TEST_F(GatekeeperTest, ATokenMakesTheUser) {
  open({.tokens = key(), .anonymous_access = auth::Access::none});
  const auto ann = peer_of("ann");
  EXPECT_TRUE(enter(*ann).accepted);
  EXPECT_EQ(ann->user, "ann");
  const auto identity = gatekeeper_->visitors().find(ann->id());
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->documents.access("notes-1"), auth::Access::read);
  EXPECT_EQ(identity->documents.access("other"), auth::Access::none);
}

TEST_F(GatekeeperTest, TheTokenMayComeInTheAuthorizationField) {
  open({.tokens = key(), .anonymous_access = auth::Access::none});
  const auto ann = peer();
  ann->fake_handshake.fields["authorization"] =
      "Bearer " + *auth::make_token(key(), {"ann", 60, {}}, shard_.scheduler().wall_time_ms());
  EXPECT_TRUE(enter(*ann).accepted);
  EXPECT_EQ(ann->user, "ann");
}

TEST_F(GatekeeperTest, ABadTokenIsRefusedAlsoWhereAnonymousPeopleMayCome) {
  open({.tokens = key(), .anonymous_access = auth::Access::read});
  const auto stranger = peer(R"({"token":"a.b.c"})");
  const Verdict verdict = enter(*stranger);
  EXPECT_FALSE(verdict.accepted);
  EXPECT_EQ(verdict.message, "unauthenticated");
  EXPECT_EQ(verdict.data, R"({"code":"unauthenticated","message":"the token is malformed"})");
  EXPECT_EQ(stats_.unauthenticated.value(), 1u);
  const auto anonymous = peer();
  EXPECT_TRUE(enter(*anonymous).accepted);
  EXPECT_EQ(gatekeeper_->visitors().find(anonymous->id())->documents.access("x"), auth::Access::read);
}

TEST_F(GatekeeperTest, WithoutATokenNobodyEntersWhereOneIsNeeded) {
  open({.tokens = key(), .anonymous_access = auth::Access::none});
  for (const char* auth_payload : {"{}", R"({"token":""})", R"({"token":7})"}) {
    const auto somebody = peer(auth_payload);
    EXPECT_EQ(enter(*somebody).message, "unauthenticated") << auth_payload;
  }
  EXPECT_EQ(gatekeeper_->visitors().size(), 0u);
}

TEST_F(GatekeeperTest, TheConnectionAboveTheLimitIsRefusedWithATimeToWait) {
  open({.tokens = key(), .anonymous_access = auth::Access::none, .connections_per_user = 2});
  auto first = peer_of("ann");
  const auto second = peer_of("ann"), third = peer_of("ann"), other = peer_of("bob");
  EXPECT_TRUE(enter(*first).accepted);
  EXPECT_TRUE(enter(*second).accepted);
  const Verdict verdict = enter(*third);
  EXPECT_FALSE(verdict.accepted);
  EXPECT_EQ(verdict.message, "too-many-connections");
  EXPECT_EQ(verdict.data,
            R"({"code":"too-many-connections","message":"this user has too many connections","retryAfter":5000})");
  EXPECT_EQ(stats_.too_many_connections.value(), 1u);
  EXPECT_TRUE(enter(*other).accepted);
  first.reset();
  EXPECT_TRUE(enter(*third).accepted) << "a place is free as soon as a socket is gone";
}

TEST_F(GatekeeperTest, FailedSignInsLockNobodyOut) {
  open({.tokens = key(), .anonymous_access = auth::Access::none, .connections_per_user = 5});
  for (int i = 0; i < 20; ++i) {
    const auto refused = peer(R"({"token":"a.b.c"})");
    enter(*refused);
    const auto late = peer_of("ann");  // refused by a later middleware, or gone meanwhile
    enter(*late);
  }
  EXPECT_EQ(connections_of("ann"), 0u);
  EXPECT_EQ(gatekeeper_->connections().users(), 0u);
  EXPECT_EQ(gatekeeper_->visitors().size(), 0u);
}

TEST_F(GatekeeperTest, ASocketIsDisconnectedWhenItsTokenRunsOut) {
  open({.tokens = key(), .anonymous_access = auth::Access::none});
  const auto ann = peer_of("ann", 60), bob = peer_of("bob", 0);
  enter(*ann);
  enter(*bob);
  shard_.scheduler().advance(59s);
  EXPECT_FALSE(ann->disconnected);
  shard_.scheduler().advance(2s);
  EXPECT_TRUE(ann->disconnected);
  EXPECT_EQ(stats_.expired.value(), 1u);
  shard_.scheduler().advance(24h * 400);
  EXPECT_FALSE(bob->disconnected);
}

TEST(BearerToken, TheSchemeHasNoCase) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer abc"), "abc");
  EXPECT_EQ(bearer_token("Basic abc"), "");
  EXPECT_EQ(bearer_token("Bearer "), "");
  EXPECT_EQ(bearer_token(""), "");
}

}  // namespace
}  // namespace tutti::server
