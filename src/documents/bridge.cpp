#include "documents/bridge.hpp"

#include <memory>

#include "ot/algebra.hpp"

namespace tutti::documents {
namespace {

// One reading; it owns itself through the callback that is under way.
struct Reading : std::enable_shared_from_this<Reading> {
  Log& log;
  std::string document;
  std::string epoch;
  std::uint64_t own;
  Bridge bridge;
  UniqueFunction<void(std::optional<Bridge>)> done;

  Reading(Log& the_log, std::string id, std::string of_epoch)
      : log(the_log), document(std::move(id)), epoch(std::move(of_epoch)) {}

  void start() {
    const bool split = own > bridge.from && own <= bridge.to;
    span(bridge.from, split ? own - 1 : bridge.to, &Bridge::before, split ? &Reading::read_own : &Reading::finish);
  }

 private:
  using Next = void (Reading::*)();

  void span(std::uint64_t from, std::uint64_t to, Change Bridge::*into, Next next) {
    if (from == to) return (this->*next)();
    log.read_spans(document, epoch, from, to,
                   [self = shared_from_this(), into, next](Result<std::vector<Change>, LogError> spans) {
                     if (!spans.has_value()) return self->done(std::nullopt);
                     self->bridge.*into = ot::compose(*spans);
                     (self.get()->*next)();
                   });
  }

  void read_own() {
    log.read(document, own - 1, own, 1, [self = shared_from_this()](Result<ReadRevisions, LogError> read) {
      if (!read.has_value() || read->epoch != self->epoch || read->revisions.size() != 1 ||
          read->revisions.front()->version != self->own) {
        return self->done(std::nullopt);
      }
      self->bridge.own = read->revisions.front();
      self->span(self->own, self->bridge.to, &Bridge::after, &Reading::finish);
    });
  }

  void finish() { done(std::move(bridge)); }
};

}  // namespace

Change Bridge::whole() const {
  if (!own) return before;
  return ot::compose(ot::compose(before, own->composed), after);
}

void read_bridge(Log& log, std::string document, std::string epoch, std::uint64_t from, std::uint64_t own,
                 std::uint64_t to, UniqueFunction<void(std::optional<Bridge>)> done) {
  auto reading = std::make_shared<Reading>(log, std::move(document), std::move(epoch));
  reading->own = own;
  reading->bridge.from = from;
  reading->bridge.to = to;
  reading->done = std::move(done);
  reading->start();
}

}  // namespace tutti::documents
