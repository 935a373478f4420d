// What every Log must do. Each implementation instantiates LogContract with a fixture that makes logs over one store:
//
//   struct MyStore {
//     Log& log();                                  // always the same one
//     void wait(const std::function<bool()>& done);  // lets time pass until an answer is there
//     void reopen();                               // ends everything and starts again over what was stored
//   };
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "codec/json.hpp"
#include "documents/changes.hpp"
#include "documents/log.hpp"
#include "harness.hpp"
#include "ot/algebra.hpp"

namespace tutti::documents::testing {

template <class Store>
class LogContract : public ::testing::Test {
 protected:
  using Status = AppendResult::Status;
  Store store;

  template <class T>
  T wait(std::optional<T>& answer) {
    store.wait([&] { return answer.has_value(); });
    if (!answer) throw std::runtime_error("no answer");
    return std::move(*answer);
  }
  Result<LoadedDocument, LogError> load(std::string_view id = "doc") {
    std::optional<Result<LoadedDocument, LogError>> answer;
    store.log().load(id, [&](auto result) { answer = std::move(result); });
    return wait(answer);
  }
  LoadedDocument create(std::string_view id = "doc", std::string type = "text", std::string epoch = "e1") {
    std::optional<Result<LoadedDocument, LogError>> answer;
    store.log().load_or_create(id, {std::move(type), std::move(epoch), 1000},
                               [&](auto result) { answer = std::move(result); });
    return *wait(answer);
  }
  static RevisionPtr revision(std::uint64_t version, std::string_view changes, std::uint64_t seq = 1,
                              std::string user = "ann", std::int64_t time_ms = 5000) {
    auto made = std::make_shared<Revision>();
    made->version = version;
    made->time_ms = time_ms;
    made->composed = change(changes);
    made->operations.push_back({std::make_shared<const Author>(Author{std::move(user), "c1"}), seq, made->composed});
    return made;
  }
  AppendResult append(std::uint64_t expected, const RevisionPtr& what, std::string_view id = "doc",
                      std::string_view epoch = "e1") {
    std::optional<AppendResult> answer;
    store.log().append(id, epoch, expected, what, [&](AppendResult result) { answer = std::move(result); });
    return wait(answer);
  }
  void append_many(std::uint64_t from, std::uint64_t to, std::string_view id = "doc", std::int64_t time_ms = 5000) {
    std::uint64_t answered = from;
    for (std::uint64_t version = from + 1; version <= to; ++version) {
      store.log().append(id, "e1", version - 1, revision(version, R"(["x"])", version, "ann", time_ms),
                         [&](AppendResult result) {
                           EXPECT_EQ(result.status, Status::ok);
                           ++answered;
                         });
    }
    store.wait([&] { return answered == to; });
    ASSERT_EQ(answered, to);
  }
  Result<ReadRevisions, LogError> read(std::uint64_t from, std::uint64_t to, std::size_t limit = 1'000'000) {
    std::optional<Result<ReadRevisions, LogError>> answer;
    store.log().read("doc", from, to, limit, [&](auto result) { answer = std::move(result); });
    return wait(answer);
  }
  Result<std::vector<Change>, LogError> spans(std::uint64_t from, std::uint64_t to) {
    std::optional<Result<std::vector<Change>, LogError>> answer;
    store.log().read_spans("doc", "e1", from, to, [&](auto result) { answer = std::move(result); });
    return wait(answer);
  }
  static SnapshotPtr snapshot(std::uint64_t version, std::string_view content) {
    auto made = std::make_shared<Snapshot>();
    made->version = version;
    made->time_ms = 7000;
    made->content = *text_type().load(change(content));
    AuthorState state;
    state.author = std::make_shared<const Author>(Author{"ann", "c1"});
    state.committed.add(1);
    state.committed.add(version);
    state.version = version;
    state.previous_version = 1;
    state.time_ms = 6000;
    made->authors.push_back(state);
    return made;
  }
  Result<std::uint64_t, LogError> save(const SnapshotPtr& what, const Log::Retention& retention = {1'000'000, 0}) {
    std::optional<Result<std::uint64_t, LogError>> answer;
    store.log().save_snapshot("doc", "e1", what, retention, [&](auto result) { answer = std::move(result); });
    return wait(answer);
  }
  Result<SnapshotPtr, LogError> snapshot_at(std::uint64_t version) {
    std::optional<Result<SnapshotPtr, LogError>> answer;
    store.log().read_snapshot("doc", "e1", version, [&](auto result) { answer = std::move(result); });
    return wait(answer);
  }
  template <class Call>
  Result<void, LogError> done(Call call) {
    std::optional<Result<void, LogError>> answer;
    call([&](Result<void, LogError> result) { answer = std::move(result); });
    return wait(answer);
  }
  std::vector<DocumentInfo> list(std::string_view after = "", std::size_t limit = 100) {
    std::optional<Result<std::vector<DocumentInfo>, LogError>> answer;
    store.log().list(after, limit, [&](auto result) { answer = std::move(result); });
    return *wait(answer);
  }
  static std::string content(const Content& content) {
    std::string text;
    codec::JsonWriter writer(text);
    content.write(writer);
    return text;
  }
};

TYPED_TEST_SUITE_P(LogContract);

TYPED_TEST_P(LogContract, FindsNoDocumentThatWasNotMade) {
  EXPECT_EQ(this->load().error(), LogError::not_found);
  EXPECT_EQ(this->read(0, 10).error(), LogError::not_found);
}

TYPED_TEST_P(LogContract, MakesADocumentOnce) {
  const auto made = this->create("doc", "rich-text", "first");
  EXPECT_EQ(made.type, "rich-text");
  EXPECT_EQ(made.epoch, "first");
  EXPECT_TRUE(made.revisions.empty());
  const auto again = this->create("doc", "text", "second");
  EXPECT_EQ(again.type, "rich-text");
  EXPECT_EQ(again.epoch, "first");
}

TYPED_TEST_P(LogContract, KeepsWhatWasAppended) {
  this->create();
  EXPECT_EQ(this->append(0, this->revision(1, R"(["ab"])", 1, "ann")).status, TestFixture::Status::ok);
  EXPECT_EQ(this->append(1, this->revision(2, R"([2,"c"])", 7, "bob")).status, TestFixture::Status::ok);
  const auto loaded = *this->load();
  ASSERT_EQ(loaded.revisions.size(), 2u);
  EXPECT_EQ(loaded.revisions[1]->version, 2u);
  EXPECT_EQ(loaded.revisions[1]->time_ms, 5000);
  EXPECT_EQ(loaded.revisions[1]->operations[0].author->user_id, "bob");
  EXPECT_EQ(loaded.revisions[1]->operations[0].seq, 7u);
  EXPECT_EQ(to_json(loaded.revisions[1]->composed), R"([2,"c"])");
}

TYPED_TEST_P(LogContract, GivesTheMissingRevisionsToWhoLosesTheRace) {
  this->create();
  this->append(0, this->revision(1, R"(["a"])"));
  this->append(1, this->revision(2, R"(["b"])"));
  const auto lost = this->append(0, this->revision(1, R"(["c"])"));
  EXPECT_EQ(lost.status, TestFixture::Status::conflict);
  ASSERT_EQ(lost.missing.size(), 2u);
  EXPECT_EQ(lost.missing[0]->version, 1u);
  EXPECT_EQ(to_json(lost.missing[1]->composed), R"(["b"])");
}

TYPED_TEST_P(LogContract, LetsOneOfTwoThatAskAtOnceWin) {
  this->create();
  std::vector<typename TestFixture::Status> answers;
  std::size_t missing = 0;
  for (int i = 0; i < 2; ++i) {
    this->store.log().append("doc", "e1", 0, this->revision(1, R"(["a"])"), [&](AppendResult result) {
      answers.push_back(result.status);
      missing += result.missing.size();
    });
  }
  this->store.wait([&] { return answers.size() == 2; });
  EXPECT_THAT(answers, ::testing::ElementsAre(TestFixture::Status::ok, TestFixture::Status::conflict));
  EXPECT_EQ(missing, 1u);
}

TYPED_TEST_P(LogContract, SaysWhenItIsShorterThanExpected) {
  this->create();
  EXPECT_EQ(this->append(3, this->revision(4, R"(["a"])")).status, TestFixture::Status::shorter);
}

TYPED_TEST_P(LogContract, TakesNothingForAnotherEpochOrAMissingDocument) {
  this->create();
  EXPECT_EQ(this->append(0, this->revision(1, R"(["a"])"), "doc", "other").status, TestFixture::Status::gone);
  EXPECT_EQ(this->append(0, this->revision(1, R"(["a"])"), "none").status, TestFixture::Status::gone);
}

TYPED_TEST_P(LogContract, ReadsAStretchOfRevisions) {
  this->create();
  this->append_many(0, 300);
  const auto part = *this->read(100, 200);
  EXPECT_EQ(part.head, 300u);
  EXPECT_EQ(part.first, 0u);
  ASSERT_EQ(part.revisions.size(), 100u);
  EXPECT_EQ(part.revisions.front()->version, 101u);
  EXPECT_EQ(part.revisions.back()->version, 200u);
  EXPECT_EQ(this->read(290, 1000)->revisions.size(), 10u);
  EXPECT_EQ(this->read(300, 1000)->revisions.size(), 0u);
  EXPECT_EQ(this->read(0, 300, 7)->revisions.size(), 7u);
}

TYPED_TEST_P(LogContract, ReadsSpansThatAmountToTheRevisions) {
  this->create();
  this->append_many(0, 5000);
  for (const auto& [from, to] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {0, 5000}, {0, 1}, {4999, 5000}, {77, 4321}, {128, 256}, {100, 100}, {2048, 4100}}) {
    const auto parts = this->spans(from, to);
    ASSERT_TRUE(parts.has_value());
    EXPECT_EQ(ot::compose(*parts).target_length(), to - from) << from << " to " << to;
  }
  EXPECT_EQ(this->spans(10, 6000).error(), LogError::not_found);
}

TYPED_TEST_P(LogContract, LoadsFromTheNewestSnapshot) {
  this->create();
  this->append_many(0, 3);
  EXPECT_EQ(*this->save(this->snapshot(2, R"(["xx"])")), 0u);
  const auto loaded = *this->load();
  ASSERT_TRUE(loaded.snapshot);
  EXPECT_EQ(loaded.snapshot->version, 2u);
  EXPECT_EQ(this->content(*loaded.snapshot->content), R"("xx")");
  ASSERT_EQ(loaded.snapshot->authors.size(), 1u);
  EXPECT_EQ(*loaded.snapshot->authors[0].author, (Author{"ann", "c1"}));
  EXPECT_TRUE(loaded.snapshot->authors[0].committed.contains(1));
  EXPECT_EQ(loaded.snapshot->authors[0].version, 2u);
  EXPECT_EQ(loaded.snapshot->authors[0].previous_version, 1u);
  EXPECT_EQ(loaded.snapshot->authors[0].time_ms, 6000);
  ASSERT_EQ(loaded.revisions.size(), 1u);
  EXPECT_EQ(loaded.revisions[0]->version, 3u);
  EXPECT_EQ(loaded.first, 0u);
}

TYPED_TEST_P(LogContract, FindsTheSnapshotAtOrBeforeAVersion) {
  this->create();
  this->append_many(0, 20);
  EXPECT_EQ(*this->snapshot_at(20), nullptr);
  this->save(this->snapshot(5, R"(["xxxxx"])"));
  this->save(this->snapshot(10, R"(["xxxxxxxxxx"])"));
  EXPECT_EQ(*this->snapshot_at(4), nullptr);
  EXPECT_EQ((*this->snapshot_at(5))->version, 5u);
  EXPECT_EQ((*this->snapshot_at(9))->version, 5u);
  EXPECT_EQ((*this->snapshot_at(20))->version, 10u);
}

TYPED_TEST_P(LogContract, ForgetsWhatIsBothFarBackAndOld) {
  this->create();
  this->append_many(0, 1000, "doc", 5000);
  this->store.reopen();  // everything is where it stays
  this->save(this->snapshot(1000, R"(["x"])"), {2000, 6000});
  EXPECT_EQ(this->load()->first, 0u) << "not far back";
  this->save(this->snapshot(1000, R"(["x"])"), {100, 5000});
  EXPECT_EQ(this->load()->first, 0u) << "not old";
  const auto first = *this->save(this->snapshot(1000, R"(["x"])"), {100, 6000});
  EXPECT_GT(first, 0u);
  EXPECT_LE(first, 900u);
  EXPECT_EQ(this->load()->first, first);
  const auto rest = *this->read(0, 1000);
  EXPECT_EQ(rest.first, first);
  EXPECT_EQ(rest.revisions.front()->version, first + 1);
  EXPECT_EQ(rest.revisions.back()->version, 1000u);
  EXPECT_EQ(this->spans(first - 1, 1000).error(), LogError::not_found);
  EXPECT_TRUE(this->spans(first, 1000).has_value());
  EXPECT_EQ(this->append(first - 1, this->revision(first, R"(["y"])")).status, TestFixture::Status::gone);
}

TYPED_TEST_P(LogContract, RenewsAnEpoch) {
  this->create();
  EXPECT_TRUE(this->done([&](auto cb) { this->store.log().renew_epoch("doc", "e2", std::move(cb)); }).has_value());
  EXPECT_EQ(this->load()->epoch, "e2");
  EXPECT_EQ(this->spans(0, 0).error(), LogError::not_found);
  EXPECT_EQ(this->snapshot_at(0).error(), LogError::not_found);
  EXPECT_EQ(this->append(0, this->revision(1, R"(["a"])")).status, TestFixture::Status::gone);
  EXPECT_EQ(this->append(0, this->revision(1, R"(["a"])"), "doc", "e2").status, TestFixture::Status::ok);
}

TYPED_TEST_P(LogContract, RemovesADocumentWithAllItHas) {
  this->create();
  this->append_many(0, 200);
  this->save(this->snapshot(100, R"(["x"])"));
  EXPECT_TRUE(this->done([&](auto cb) { this->store.log().remove("doc", std::move(cb)); }).has_value());
  EXPECT_EQ(this->load().error(), LogError::not_found);
  EXPECT_EQ(this->done([&](auto cb) { this->store.log().remove("doc", std::move(cb)); }).error(), LogError::not_found);
  const auto again = this->create("doc", "text", "e1");
  EXPECT_TRUE(again.revisions.empty());
  EXPECT_FALSE(again.snapshot);
  this->append_many(0, 2);
  this->store.reopen();
  EXPECT_EQ(this->load()->revisions.size(), 2u);
}

TYPED_TEST_P(LogContract, ListsDocumentsInOrder) {
  for (const char* id : {"b", "a", "ä", "c"}) this->create(id);
  this->append(0, this->revision(1, R"(["x"])", 1, "ann", 9000), "b");
  const auto all = this->list();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].id, "a");
  EXPECT_EQ(all[1].id, "b");
  EXPECT_EQ(all[1].version, 1u);
  EXPECT_EQ(all[1].created_ms, 1000);
  EXPECT_EQ(all[1].changed_ms, 9000);
  EXPECT_EQ(all[3].id, "ä");
  const auto some = this->list("a", 2);
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some[1].id, "c");
}

TYPED_TEST_P(LogContract, KeepsNamedVersions) {
  this->create();
  this->append_many(0, 3);
  const auto save = [&](std::string name, std::uint64_t version, std::string_view text) {
    return this->done([&](auto cb) {
      this->store.log().save_version("doc", {std::move(name), version, 42, "ann", this->snapshot(version, text)},
                                     std::move(cb));
    });
  };
  EXPECT_TRUE(save("second", 2, R"(["xx"])").has_value());
  EXPECT_TRUE(save("first", 1, R"(["x"])").has_value());
  EXPECT_TRUE(save("first", 1, R"(["y"])").has_value());
  this->store.reopen();
  std::optional<Result<std::vector<NamedVersion>, LogError>> answer;
  this->store.log().list_versions("doc", [&](auto result) { answer = std::move(result); });
  const auto versions = *this->wait(answer);
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].name, "first");
  EXPECT_EQ(this->content(*versions[0].snapshot->content), R"("y")");
  EXPECT_EQ(versions[1].version, 2u);
  EXPECT_EQ(versions[1].user_id, "ann");
  EXPECT_TRUE(
      this->done([&](auto cb) { this->store.log().remove_version("doc", "first", std::move(cb)); }).has_value());
  EXPECT_EQ(this->done([&](auto cb) { this->store.log().remove_version("doc", "first", std::move(cb)); }).error(),
            LogError::not_found);
}

TYPED_TEST_P(LogContract, HasEverythingAgainAfterAReopening) {
  this->create();
  this->append_many(0, 700);
  this->save(this->snapshot(512, R"(["x"])"));
  this->append_many(700, 710);
  this->store.reopen();
  const auto loaded = *this->load();
  EXPECT_EQ(loaded.epoch, "e1");
  ASSERT_TRUE(loaded.snapshot);
  EXPECT_EQ(loaded.snapshot->version, 512u);
  ASSERT_EQ(loaded.revisions.size(), 198u);
  EXPECT_EQ(loaded.revisions.back()->version, 710u);
  this->append_many(710, 720);
  EXPECT_EQ(this->read(0, 1000)->revisions.size(), 720u);
}

REGISTER_TYPED_TEST_SUITE_P(LogContract, FindsNoDocumentThatWasNotMade, MakesADocumentOnce, KeepsWhatWasAppended,
                            GivesTheMissingRevisionsToWhoLosesTheRace, LetsOneOfTwoThatAskAtOnceWin,
                            SaysWhenItIsShorterThanExpected, TakesNothingForAnotherEpochOrAMissingDocument,
                            ReadsAStretchOfRevisions, ReadsSpansThatAmountToTheRevisions, LoadsFromTheNewestSnapshot,
                            FindsTheSnapshotAtOrBeforeAVersion, ForgetsWhatIsBothFarBackAndOld, RenewsAnEpoch,
                            RemovesADocumentWithAllItHas, ListsDocumentsInOrder, KeepsNamedVersions,
                            HasEverythingAgainAfterAReopening);

}  // namespace tutti::documents::testing
