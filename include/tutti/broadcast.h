// tutti/broadcast.h: to whom, and how; then emit. Made by to(), except(), local(), … and thrown away after use.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tutti/event.h"

namespace tutti {

namespace detail {
class NamespaceCore;

// emit(name, arguments…, callback): takes the callback off where there is one.
template <class T>
constexpr bool is_answer_callback = std::is_invocable_v<T, const Answer &>;

template <class... Args>
constexpr bool ends_with_callback = false;
template <class First, class... Rest>
constexpr bool ends_with_callback<First, Rest...> = sizeof...(Rest) == 0 ? is_answer_callback<First>
                                                                         : ends_with_callback<Rest...>;

using AnswerCallback = std::function<void(const Answer &)>;

// Calls send(arguments, callback).
template <class Send, class... Args>
void split_callback(Send &&send, Args &&...args) {
  if constexpr (sizeof...(Args) == 0) {
    send(std::span<const EmitArgument>(), AnswerCallback());
  } else if constexpr (ends_with_callback<Args...>) {
    auto all = std::forward_as_tuple(std::forward<Args>(args)...);
    constexpr std::size_t kCount = sizeof...(Args) - 1;
    AnswerCallback callback(std::get<kCount>(std::move(all)));
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      if constexpr (kCount == 0) {
        send(std::span<const EmitArgument>(), std::move(callback));
      } else {
        const EmitArgument list[] = {EmitArgument(std::get<I>(std::move(all)))...};
        send(std::span<const EmitArgument>(list), std::move(callback));
      }
    }
    (std::make_index_sequence<kCount>());
  } else {
    const EmitArgument list[] = {EmitArgument(std::forward<Args>(args))...};
    send(std::span<const EmitArgument>(list), AnswerCallback());
  }
}
}  // namespace detail

// A socket of this or another server, as fetch_sockets describes it.
struct RemoteSocket {
  std::string id;
  std::vector<std::string> rooms;
  json handshake;
  json data;
};

class Broadcast {
 public:
  explicit Broadcast(std::shared_ptr<detail::NamespaceCore> core) : core_(std::move(core)) {}

  Broadcast to(std::string_view room) &&;
  Broadcast in(std::string_view room) && { return std::move(*this).to(room); }
  Broadcast except(std::string_view room) &&;
  Broadcast local() &&;      // this server only
  Broadcast volatile_() &&;  // not to those who cannot take it at once
  Broadcast compress(bool on) &&;
  Broadcast timeout(std::chrono::milliseconds limit) &&;  // for a callback; default 10 s

  // From any thread. With a callback at the end every client is asked for an acknowledgement; its Answer holds the
  // first argument of each, in no particular order.
  template <class... Args>
  void emit(std::string_view name, Args &&...args) && {
    detail::split_callback([&](std::span<const EmitArgument> arguments,
                               detail::AnswerCallback callback) { send(name, arguments, std::move(callback)); },
                           std::forward<Args>(args)...);
  }

  // `error` is empty, or why not all servers have answered.
  void fetch_sockets(std::function<void(std::vector<RemoteSocket>, std::string error)> callback) &&;
  void sockets_join(std::vector<std::string> rooms) &&;
  void sockets_leave(std::vector<std::string> rooms) &&;
  void disconnect_sockets(bool close = false) &&;

 private:
  void send(std::string_view name, std::span<const EmitArgument> arguments, detail::AnswerCallback callback);

  std::shared_ptr<detail::NamespaceCore> core_;
  std::vector<std::string> rooms_;
  std::vector<std::string> except_;
  bool local_ = false;
  bool volatile_flag_ = false;
  bool compress_ = true;
  std::chrono::milliseconds timeout_{10'000};
};

}  // namespace tutti
