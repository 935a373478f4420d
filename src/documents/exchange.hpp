// documents/exchange.hpp: between the workers: requests on their way to the owner of a document, and messages on their
// way to the worker of a connection. All that one worker has for another crosses in one post a loop turn.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/function.hpp"
#include "base/shard.hpp"
#include "documents/identity.hpp"
#include "socketio/encode.hpp"

namespace tutti::documents {

class Worker;

// One packet for some connections of one worker.
struct Mail {
  socketio::EncodedPacket packet;
  std::vector<Connection> to;
  // What the packet means for the connection: it has become, or is no more, a member of the document.
  enum class Note : std::uint8_t { none, entered, left } note = Note::none;
  std::shared_ptr<const std::string> document;
};
// The answer to an HTTP request.
struct GuestAnswer {
  std::uint64_t number;
  int error;  // ErrorCode, or -1
  std::string body;
};
using Request = UniqueFunction<void(Worker&)>;

class Exchange {
 public:
  // `workers`: all of them, by index; filled in before anything is sent.
  Exchange(Shard& shard, const std::vector<std::unique_ptr<Worker>>& workers) : shard_(shard), workers_(workers) {}

  // Runs the request on that worker: at once if it is this one.
  void run_on(std::uint32_t worker, Request request);
  void send(std::uint32_t worker, Mail mail);
  void answer_guest(std::uint32_t worker, GuestAnswer answer);
  // The parcel that send() would append to: same worker, same turn; to add recipients to a packet.
  std::size_t workers() const noexcept { return workers_.size(); }

 private:
  struct Bundle {
    std::vector<Request> requests;
    std::vector<Mail> mail;
    std::vector<GuestAnswer> guests;
    bool empty() const noexcept { return requests.empty() && mail.empty() && guests.empty(); }
  };
  Bundle& bundle(std::uint32_t worker);
  void flush();
  static void open(Worker& worker, Bundle& bundle);

  Shard& shard_;
  const std::vector<std::unique_ptr<Worker>>& workers_;
  std::vector<Bundle> bundles_;
  bool flush_due_ = false;
};

}  // namespace tutti::documents
