#include "engineio/session_id.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace tutti::engineio {
namespace {

std::string text_of(const SessionId& id) { return {id.data(), id.size()}; }

RC_GTEST_PROP(SessionIdProperty, SaysWhereTheSessionLives, ()) {
  SeededRandom random(*rc::gen::arbitrary<std::uint64_t>());
  const SessionPlace place{*rc::gen::inRange<std::uint32_t>(0, kWorkersMax),
                           *rc::gen::inRange<std::uint32_t>(0, kSlotsMax)};
  const SessionId id = make_session_id(random, place);
  const auto found = place_of(text_of(id));
  RC_ASSERT(found.has_value() && found->worker == place.worker && found->slot == place.slot);
  RC_ASSERT(same_id(id, text_of(id)));
}

TEST(SessionIdTest, IsTwentyCharactersOfBase64Url) {
  SystemRandom random;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = text_of(make_session_id(random, {1, 2}));
    EXPECT_EQ(id.size(), 20u);
    EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

TEST(SessionIdTest, DoesNotRepeat) {
  SystemRandom random;
  std::set<std::string> all;
  for (int i = 0; i < 10'000; ++i) all.insert(text_of(make_session_id(random, {0, 0})));
  EXPECT_EQ(all.size(), 10'000u);
}

TEST(SessionIdTest, RefusesWhatIsNoId) {
  for (const char* text : {"", "zzz", "__proto__", "AAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA",
                           "AAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAA/+"}) {
    EXPECT_FALSE(place_of(text)) << text;
  }
}

TEST(SessionIdTest, AnyOtherCharacterIsAnotherId) {
  SystemRandom random;
  const SessionId id = make_session_id(random, {3, 7});
  for (std::size_t i = 0; i < id.size(); ++i) {
    std::string other = text_of(id);
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(same_id(id, other));
  }
  EXPECT_FALSE(same_id(id, text_of(id) + "A"));
}

}  // namespace
}  // namespace tutti::engineio
