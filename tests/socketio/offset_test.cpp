#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "socketio/recovery_offset.hpp"

namespace tutti::socketio {
namespace {

RC_GTEST_PROP(RecoveryOffset, IsReadBack, (std::uint64_t sequence, std::uint64_t direct)) {
  constexpr std::uint64_t kMask = (std::uint64_t{1} << 60) - 1;
  std::string text;
  append_offset(text, {.epoch = "ab_-", .sequence = sequence & kMask, .direct = direct & kMask});
  const auto offset = parse_offset(text);
  RC_ASSERT(offset.has_value());
  RC_ASSERT(offset->epoch == "ab_-");
  RC_ASSERT(offset->sequence == (sequence & kMask));
  RC_ASSERT(offset->direct == (direct & kMask));
}

TEST(RecoveryOffset, OtherTextIsNone) {
  for (const char* text : {"", "~", "nope", "Q8CiVC_", "~abcd", "~abcdA.", "~abcdA.A", "~abcd.B", "~abcdA.B.C",
                           "~abcdA B", "~abcdAAAAAAAAAAA"}) {
    EXPECT_FALSE(parse_offset(text).has_value()) << text;
  }
}

RC_GTEST_PROP(RecoveryOffset, NoTextHarms, (const std::string& text)) {
  (void)parse_offset(text);
  (void)parse_offset("~" + text);
}

}  // namespace
}  // namespace tutti::socketio
