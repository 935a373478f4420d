// tutti/handler.h: which functions can handle an event.
//
//   [](Socket socket, std::string text, int count) {…}   arguments by their types; json and Argument take any
//   [](Socket socket, json value, Ack ack) {…}            Ack last: empty if the client waits for none
//   [](Event& event) {…}                                  the event itself
// A leading Socket may be left out. Arguments that do not fit throw BadArguments: the event is dropped and counted.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "tutti/event.h"

namespace tutti {

class Socket;

// What all handlers become.
using Listener = std::function<void(const Socket&, Event&)>;

namespace detail {

template <class F>
struct Parameters : Parameters<decltype(&F::operator())> {};
template <class R, class... P>
struct Parameters<R (*)(P...)> {
  using Types = std::tuple<P...>;
};
template <class C, class R, class... P>
struct Parameters<R (C::*)(P...)> : Parameters<R (*)(P...)> {};
template <class C, class R, class... P>
struct Parameters<R (C::*)(P...) const> : Parameters<R (*)(P...)> {};
template <class C, class R, class... P>
struct Parameters<R (C::*)(P...) noexcept> : Parameters<R (*)(P...)> {};
template <class C, class R, class... P>
struct Parameters<R (C::*)(P...) const noexcept> : Parameters<R (*)(P...)> {};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

// The value of one parameter; `index` counts the client's arguments.
template <class T>
T take(const Socket& socket, Event& event, std::size_t& index) {
  if constexpr (std::is_same_v<T, Socket>) {
    return socket;
  } else if constexpr (std::is_same_v<T, Event>) {
    return event;
  } else if constexpr (std::is_same_v<T, Ack>) {
    return event.ack();
  } else if constexpr (std::is_same_v<T, Arguments>) {
    return event.arguments();
  } else if constexpr (std::is_same_v<T, Argument>) {
    return event[index++];
  } else if constexpr (std::is_same_v<T, json>) {
    return event[index++].value();
  } else if constexpr (IsOptional<T>::value) {
    const json value = event[index++].value();
    if (value.is_null()) return std::nullopt;
    return value.template get<typename T::value_type>();
  } else {
    return event[index++].value().template get<T>();
  }
}

template <class T>
using Passed = std::conditional_t<std::is_lvalue_reference_v<T>, std::remove_cvref_t<T>&, std::remove_cvref_t<T>&&>;

template <class F, class... P>
Listener make_listener(F handler, std::tuple<P...>*) {
  using Values = std::tuple<std::remove_cvref_t<P>...>;
  return [handler = std::move(handler)](const Socket& socket, Event& event) mutable {
    [[maybe_unused]] std::size_t index = 0;
    Values values = [&]() -> Values {
      try {
        return Values{take<std::remove_cvref_t<P>>(socket, event, index)...};  // braces: from left to right
      } catch (const json::exception& error) {
        throw BadArguments(error.what());
      }
    }();
    std::apply([&](auto&... value) { std::invoke(handler, static_cast<Passed<P>>(value)...); }, values);
  };
}

}  // namespace detail

template <class F>
Listener listener(F&& handler) {
  using Function = std::decay_t<F>;
  if constexpr (std::is_same_v<Function, Listener>) {
    return std::forward<F>(handler);
  } else {
    using Types = typename detail::Parameters<Function>::Types;
    return detail::make_listener<Function>(std::forward<F>(handler), static_cast<Types*>(nullptr));
  }
}

}  // namespace tutti
