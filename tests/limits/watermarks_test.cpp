#include "limits/watermarks.hpp"

#include <gtest/gtest.h>

namespace tutti::limits {
namespace {

TEST(Watermarks, IsFullFromHighUntilLow) {
  Watermarks marks(10, 100);
  EXPECT_FALSE(marks.update(99));
  EXPECT_FALSE(marks.full());
  EXPECT_TRUE(marks.update(100));
  EXPECT_TRUE(marks.full());
  EXPECT_FALSE(marks.update(11)) << "between the marks nothing changes";
  EXPECT_TRUE(marks.full());
  EXPECT_TRUE(marks.update(10));
  EXPECT_FALSE(marks.full());
  EXPECT_FALSE(marks.update(99));
}

TEST(Watermarks, WithEqualMarksChangesAtThatSize) {
  Watermarks marks(5, 5);
  EXPECT_TRUE(marks.update(6));
  EXPECT_TRUE(marks.update(5));
  EXPECT_FALSE(marks.full());
}

}  // namespace
}  // namespace tutti::limits
