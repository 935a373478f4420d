// engineio/polling.hpp: the long-polling transport of one session: packets leave in the answer to a GET that is held
// open, and arrive in POSTs.
//
// Source: protocol v4, "HTTP long-polling"; Node engine.io 6.6 for what happens out of order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scheduler.hpp"
#include "engineio/cors.hpp"
#include "engineio/options.hpp"
#include "engineio/outgoing.hpp"
#include "engineio/payload.hpp"
#include "net/http.hpp"

namespace tutti::engineio {

class PollingTransport final {
 public:
  class Owner {
   public:
    // The body of a POST (`binary`: in v3's binary form). Its answer is written when this returns.
    virtual void on_payload(std::string_view payload, bool binary) = 0;
    // The client broke the rules or went away; the session is over.
    virtual void on_polling_error(std::string_view description) = 0;
    // Packets that had waited for a GET were sent.
    virtual void on_polling_drain() = 0;

   protected:
    ~Owner() = default;
  };

  PollingTransport(const Options& options, PayloadForm form, Owner& owner)
      : options_(options), owner_(owner), form_(form) {}

  // Answers the handshake, at once and with nothing but these packets.
  void open(net::HttpExchange exchange, const net::HttpRequest& request, Fields fields,
            std::vector<QueuedPacket> packets);
  // A request of this session: GET, POST or a method that is refused. `fields` go into the answer.
  void handle(net::HttpRequest request, net::HttpExchange exchange, Fields fields);

  // Waits for flush() or the next GET. The caller sees to it that flush() comes at the end of the turn.
  void push(QueuedPacket packet);
  // Answers the held GET if something waits.
  void flush();

  bool holds_get() const noexcept { return get_.open(); }
  std::size_t queued_bytes() const noexcept { return queued_bytes_; }

  // From now on a GET with nothing to carry is answered at once with a noop, so that the client can stop polling.
  void begin_upgrade();
  void cancel_upgrade() noexcept { upgrading_ = false; }
  // Ends the transport: the held GET gets a noop, a POST on its way is refused. Returns what was not sent.
  std::vector<QueuedPacket> finish_upgrade();

  // Ends the transport: the held GET gets what waits and then `last` ("1", or "6" to a client that closed itself);
  // a POST that is still arriving is cut. Returns false if there is no GET: with `linger` the next one gets it.
  bool close(std::string_view last, bool linger);

 private:
  enum class Encoding : std::uint8_t { identity, gzip, deflate };
  static Encoding choose_encoding(std::string_view accept_encoding);

  void handle_get(net::HttpRequest request, net::HttpExchange exchange, Fields fields);
  void handle_post(net::HttpRequest request, net::HttpExchange exchange, Fields fields);
  void hold(net::HttpExchange exchange, const net::HttpRequest& request, Fields fields);
  void on_body(std::optional<std::string> body, bool binary);
  void answer(Payload payload);

  const Options& options_;
  Owner& owner_;
  PayloadForm form_;
  net::HttpExchange get_;
  Fields get_fields_;
  net::HttpExchange post_;
  Fields post_fields_;
  std::vector<QueuedPacket> queue_;
  std::size_t queued_bytes_ = 0;
  Encoding encoding_ = Encoding::identity;  // that the held GET accepts
  bool dispatching_ = false;                // a POST's packets are being delivered
  bool upgrading_ = false;
  std::string_view closing_with_;  // the next GET gets it, then the transport is over
  bool closed_ = false;
};

}  // namespace tutti::engineio
