// Real editing (tests/vectors/traces) replayed to its exact end.
#include <gtest/gtest.h>

#include <cstdio>

#include "ot/change_builder.hpp"
#include "ot/rich_text.hpp"
#include "ot/rope.hpp"
#include "ot_vectors/session.hpp"
#include "ot_vectors/trace.hpp"

namespace tutti::ot_vectors {
namespace {

Trace load(const std::string& name) {
  auto trace = read_trace(TUTTI_SOURCE_DIR "/tests/vectors/traces/" + name + ".json.gz");
  EXPECT_TRUE(trace.has_value());
  return trace ? std::move(*trace) : Trace();
}

class SequentialTrace : public testing::TestWithParam<const char*> {};

TEST_P(SequentialTrace, EndsExactly) {
  const Trace trace = load(GetParam());
  ot::Rope by_edits;
  ot::Rope by_changes;
  ot::Rope halfway;
  std::string halfway_text;
  for (std::size_t i = 0; i < trace.patches.size(); ++i) {
    const Patch& patch = trace.patches[i];
    ASSERT_TRUE(by_edits.replace_code_points(patch.position, patch.erased, trace.inserted(patch)));
    const std::size_t begin = by_changes.utf16_from_code_points(patch.position);
    const std::size_t end = by_changes.utf16_from_code_points(patch.position + patch.erased);
    ot::ChangeBuilder builder;
    if (begin > 0) builder.retain(begin);
    if (patch.text_bytes > 0) builder.insert(trace.inserted(patch));
    if (end > begin) builder.erase(end - begin);
    const auto change = builder.build();
    ASSERT_TRUE(change.has_value());
    ASSERT_TRUE(by_changes.apply(*change).has_value());
    if (i == trace.patches.size() / 2) {
      halfway = by_changes;
      halfway_text = halfway.to_string();
    }
  }
  EXPECT_TRUE(by_edits == trace.end_content);
  EXPECT_TRUE(by_changes == trace.end_content);
  EXPECT_TRUE(halfway == halfway_text);
}

INSTANTIATE_TEST_SUITE_P(OtTraces, SequentialTrace,
                         testing::Values("automerge-paper", "rustcode", "sveltecomponent", "seph-blog1"),
                         [](const auto& name) {
                           std::string text = name.param;
                           std::erase(text, '-');
                           return text;
                         });

TEST(OtTraces, RichTextEndsAsTheRopeDoes) {
  const Trace trace = load("sveltecomponent");
  ot::RichText content;
  for (const Patch& patch : trace.patches) {
    ot::ChangeBuilder builder;
    if (patch.position > 0) builder.retain(patch.position);
    if (patch.text_bytes > 0) builder.insert(trace.inserted(patch));
    if (patch.erased > 0) builder.erase(patch.erased);
    ASSERT_TRUE(content.apply(*builder.build()).has_value());
  }
  EXPECT_TRUE(content.text() == trace.end_content);
  EXPECT_EQ(content.runs(), 1u);
}

TEST(OtTraces, ConcurrentSessionEndsExactly) {
  const Trace trace = load("friendsforever");
  Session session;
  for (const SessionStep& step : session_steps(trace)) session.commit(step);
  EXPECT_TRUE(session.content() == trace.end_content);
  EXPECT_EQ(session.history().version(), trace.transactions.size());
  ot::Rope again;
  ASSERT_TRUE(again.apply(session.history().span(0, session.history().version())).has_value());
  EXPECT_TRUE(again == trace.end_content);
}

// How often composing what an author had not seen would have placed a transaction otherwise: never, in this trace.
TEST(OtTraces, ComposedHistoryMovesEveryTransactionTheSame) {
  const Trace trace = load("friendsforever");
  Session session;
  for (const SessionStep& step : session_steps(trace)) session.commit_and_compare(step);
  std::printf("moved over the composition otherwise than one by one: %zu of %zu\n", session.differing(),
              session.compared());
  EXPECT_TRUE(session.content() == trace.end_content);
  EXPECT_GT(session.compared(), 5'000u);
  EXPECT_EQ(session.differing(), 0u);
}

}  // namespace
}  // namespace tutti::ot_vectors
