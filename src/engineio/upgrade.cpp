#include "engineio/upgrade.hpp"

#include "engineio/frames.hpp"

namespace tutti::engineio {

void UpgradeProbe::start(net::Stream& stream, const net::WebSocketOptions& options, Duration timeout,
                         std::string leftover) {
  arm(timeout);
  socket_ = std::make_unique<net::WebSocketConnection>(stream, *this, options);
  socket_->feed(std::move(leftover));
}

void UpgradeProbe::close() {
  cancel();
  if (socket_) socket_->close();
}

void UpgradeProbe::on_message(bool binary, std::string_view payload) {
  if (!binary && payload == "2probe") {
    probed_ = true;
    socket_->stream()->write(text_frame("3probe"));
    return owner_.probe_answered();
  }
  if (!binary && payload == "5" && probed_) {
    cancel();
    return owner_.probe_upgraded(std::move(socket_));
  }
  fail();
}

void UpgradeProbe::on_websocket_close(std::string_view) { fail(); }

void UpgradeProbe::fail() {
  close();
  owner_.probe_failed();
}

}  // namespace tutti::engineio
