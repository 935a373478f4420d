#include "store.hpp"

namespace tutti::sim {
namespace {

using documents::AppendResult;
using documents::LogError;
using namespace std::chrono_literals;

constexpr Duration kTravel = 2ms;
constexpr Duration kSync = 8ms;

}  // namespace

void Store::append(Append append) {
  waiting_.push_back(std::move(append));
  if (waiting_.size() > 1) return;
  loop_.after(loop_.up_to(kSync), [this, sync_number = ++syncs_] {
    if (sync_number == syncs_) sync();
  });
}

AppendResult Store::commit(Append& append) {
  AppendResult result = durable_.append(append.document, append.epoch, append.expected, append.revision);
  if (result.status == AppendResult::Status::ok) archive_.push_back(append.revision);
  return result;
}

void Store::sync() {
  for (Append& append : std::exchange(waiting_, {})) {
    AppendResult result = commit(append);
    if (loop_.chance(faults_.lost_answer)) result = {};
    append.answer(std::move(result));
  }
}

void Store::crash() {
  ++syncs_;
  const std::size_t kept = loop_.below(waiting_.size() + 1);
  std::vector<Append> waiting = std::exchange(waiting_, {});
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (i < kept) commit(waiting[i]);
    waiting[i].answer({});
  }
  if (!faults_.forgets) return;
  documents::MemoryStore::Document* document = durable_.find("doc");
  if (document == nullptr) return;
  const std::uint64_t kept_version = document->snapshots.empty() ? 0 : document->snapshots.rbegin()->first;
  const std::size_t lost = loop_.below(std::min<std::size_t>(document->head() - kept_version, 5) + 1);
  for (std::size_t i = 0; i < lost; ++i) {
    document->revisions.pop_back();
    archive_.pop_back();
  }
  document->epoch = random_id(loop_.random);
}

void StoreLog::back(Task answer) {
  store_.loop().after(store_.loop().up_to(kTravel), [link = link_, answer = std::move(answer)]() mutable {
    if (link->open) link->around(std::move(answer));
  });
}

template <class T, class Call>
void StoreLog::travel(UniqueFunction<void(Result<T, LogError>)> answer, Call call) {
  Loop& loop = store_.loop();
  loop.after(loop.up_to(kTravel), [this, link = link_, answer = std::move(answer), call = std::move(call)]() mutable {
    if (!link->open) return;
    if (store_.loop().chance(store_.faults().unavailable)) {
      return back([answer = std::move(answer)]() mutable { answer(LogError::unavailable); });
    }
    call([this, answer = std::move(answer)](Result<T, LogError> result) mutable {
      back([answer = std::move(answer), result = std::move(result)]() mutable { answer(std::move(result)); });
    });
    inner_clock_.advance(Duration::zero());
  });
}

void StoreLog::append(std::string_view document, std::string_view epoch, std::uint64_t expected_version,
                      documents::RevisionPtr revision, Appended appended) {
  Loop& loop = store_.loop();
  auto shared = std::make_shared<Appended>(std::move(appended));
  // `this` may be gone when the answer comes: the server crashed, the append did not.
  auto answer = [link = link_, shared, &loop](AppendResult result) {
    loop.after(loop.up_to(kTravel), [link, shared, result = std::move(result)]() mutable {
      if (!link->open) return;
      link->around([shared, result = std::move(result)]() mutable { (*shared)(std::move(result)); });
    });
  };
  Store::Append call{std::string(document), std::string(epoch), expected_version, std::move(revision), answer};
  loop.after(loop.up_to(kTravel), [&store = store_, call = std::move(call)]() mutable {
    if (store.loop().chance(store.faults().unavailable)) return call.answer({});
    store.append(std::move(call));
  });
}

void StoreLog::load(std::string_view document, Loaded loaded) {
  travel<documents::LoadedDocument>(
      std::move(loaded), [this, id = std::string(document)](Loaded answer) { inner_.load(id, std::move(answer)); });
}

void StoreLog::load_or_create(std::string_view document, Create create, Loaded loaded) {
  travel<documents::LoadedDocument>(std::move(loaded),
                                    [this, id = std::string(document), create = std::move(create)](Loaded answer) {
                                      inner_.load_or_create(id, create, std::move(answer));
                                    });
}

void StoreLog::read(std::string_view document, std::uint64_t from, std::uint64_t to, std::size_t limit, Read read) {
  travel<documents::ReadRevisions>(std::move(read), [this, id = std::string(document), from, to, limit](Read answer) {
    inner_.read(id, from, to, limit, std::move(answer));
  });
}

void StoreLog::read_spans(std::string_view document, std::string_view epoch, std::uint64_t from, std::uint64_t to,
                          Spans spans) {
  travel<std::vector<documents::Change>>(
      std::move(spans), [this, id = std::string(document), epoch = std::string(epoch), from, to](Spans answer) {
        inner_.read_spans(id, epoch, from, to, std::move(answer));
      });
}

void StoreLog::read_snapshot(std::string_view document, std::string_view epoch, std::uint64_t version,
                             Snapshots snapshot) {
  travel<documents::SnapshotPtr>(
      std::move(snapshot), [this, id = std::string(document), epoch = std::string(epoch), version](Snapshots answer) {
        inner_.read_snapshot(id, epoch, version, std::move(answer));
      });
}

void StoreLog::save_snapshot(std::string_view document, std::string_view epoch, documents::SnapshotPtr snapshot,
                             const Retention& retention, Saved saved) {
  travel<std::uint64_t>(std::move(saved),
                        [this, id = std::string(document), epoch = std::string(epoch), snapshot, retention](
                            Saved answer) { inner_.save_snapshot(id, epoch, snapshot, retention, std::move(answer)); });
}

void StoreLog::renew_epoch(std::string_view document, std::string epoch, Done done) {
  travel<void>(std::move(done), [this, id = std::string(document), epoch = std::move(epoch)](Done answer) {
    inner_.renew_epoch(id, epoch, std::move(answer));
  });
}

void StoreLog::remove(std::string_view document, Done done) {
  travel<void>(std::move(done),
               [this, id = std::string(document)](Done answer) { inner_.remove(id, std::move(answer)); });
}

void StoreLog::list(std::string_view after, std::size_t limit, Listed listed) {
  travel<std::vector<documents::DocumentInfo>>(
      std::move(listed),
      [this, id = std::string(after), limit](Listed answer) { inner_.list(id, limit, std::move(answer)); });
}

void StoreLog::save_version(std::string_view document, documents::NamedVersion version, Done done) {
  travel<void>(std::move(done), [this, id = std::string(document), version = std::move(version)](Done answer) {
    inner_.save_version(id, version, std::move(answer));
  });
}

void StoreLog::remove_version(std::string_view document, std::string_view name, Done done) {
  travel<void>(std::move(done), [this, id = std::string(document), name = std::string(name)](Done answer) {
    inner_.remove_version(id, name, std::move(answer));
  });
}

void StoreLog::list_versions(std::string_view document, Versions versions) {
  travel<std::vector<documents::NamedVersion>>(
      std::move(versions),
      [this, id = std::string(document)](Versions answer) { inner_.list_versions(id, std::move(answer)); });
}

}  // namespace tutti::sim
