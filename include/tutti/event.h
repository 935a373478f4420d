// tutti/event.h: an event that came from a client, its arguments and its acknowledgement.
//
// Nothing is parsed before it is asked for, and an argument that is only passed on goes out as the bytes that came in.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tutti/json.h"

namespace tutti {

class Socket;
namespace detail {
class EventSource;
struct AckState;
}  // namespace detail

// What a typed handler throws when the client's arguments do not fit; the event is dropped and counted.
class BadArguments : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One argument of an event. Valid as long as the event: take json() to keep it.
class Argument {
 public:
  Argument(detail::EventSource& source, std::size_t index) noexcept : source_(&source), index_(index) {}
  json value() const;  // parsed now; null if there is no such argument
  template <class T>
  T get() const {
    return value().get<T>();
  }

 private:
  friend class EmitArgument;
  detail::EventSource* source_;
  std::size_t index_;
};

// All arguments of an event. As an argument of emit() it stands for each of them.
class Arguments {
 public:
  explicit Arguments(detail::EventSource& source) noexcept : source_(&source) {}
  std::size_t size() const noexcept;
  Argument operator[](std::size_t index) const noexcept { return {*source_, index}; }
  json value() const;  // as an array

 private:
  friend class EmitArgument;
  detail::EventSource* source_;
};

// One argument on its way out, borrowed until emit() returns.
class EmitArgument {
 public:
  EmitArgument(const Argument& argument) noexcept : source_(argument.source_), index_(argument.index_) {}
  EmitArgument(const Arguments& arguments) noexcept : source_(arguments.source_), index_(kAll) {}
  EmitArgument(const json& value) noexcept : value_(&value) {}
  EmitArgument(json&& value) : owned_(std::make_unique<json>(std::move(value))), value_(owned_.get()) {}
  template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, json> && !std::is_same_v<std::remove_cvref_t<T>, Argument> &&
           !std::is_same_v<std::remove_cvref_t<T>, Arguments> && !std::is_same_v<std::remove_cvref_t<T>, EmitArgument>)
      EmitArgument(T&& value) {
    if constexpr (std::is_convertible_v<T&&, std::string_view>) {
      text_ = std::string_view(value);
    } else {
      owned_ = std::make_unique<json>(std::forward<T>(value));
      value_ = owned_.get();
    }
  }

  static constexpr std::size_t kAll = SIZE_MAX;
  detail::EventSource* source() const noexcept { return source_; }
  std::size_t index() const noexcept { return index_; }
  const json* value() const noexcept { return value_; }
  std::string_view text() const noexcept { return text_; }

 private:
  std::unique_ptr<json> owned_;
  detail::EventSource* source_ = nullptr;
  std::size_t index_ = 0;
  const json* value_ = nullptr;
  std::string_view text_;
};

// The answer that a client waits for. Give it once, at any time, from any thread; later calls do nothing.
class Ack {
 public:
  Ack() noexcept = default;  // nobody waits
  explicit Ack(std::shared_ptr<detail::AckState> state) noexcept : state_(std::move(state)) {}
  explicit operator bool() const noexcept { return state_ != nullptr; }
  template <class... Args>
  void operator()(Args&&... args) const {
    if constexpr (sizeof...(Args) == 0) {
      send({});
    } else {
      const EmitArgument list[] = {EmitArgument(std::forward<Args>(args))...};
      send(list);
    }
  }

 private:
  void send(std::span<const EmitArgument> arguments) const;
  std::shared_ptr<detail::AckState> state_;
};

// One event, valid during its handler.
class Event {
 public:
  explicit Event(detail::EventSource& source) noexcept : source_(&source) {}
  std::string_view name() const noexcept;
  std::size_t size() const noexcept { return arguments().size(); }
  Arguments arguments() const noexcept { return Arguments(*source_); }
  Argument operator[](std::size_t index) const noexcept { return {*source_, index}; }
  Ack ack() const;  // empty if the client asked for none
  // False for those that the server raises itself ("disconnect", "error", …): a client's event may be named "error"
  // too.
  bool from_client() const noexcept;

 private:
  detail::EventSource* source_;
};

// What came of an emit with acknowledgement.
class Answer {
 public:
  Answer(std::string error, json arguments) : error_(std::move(error)), arguments_(std::move(arguments)) {}
  explicit operator bool() const noexcept { return error_.empty(); }
  const std::string& error() const noexcept { return error_; }   // "operation has timed out", ...
  const json& arguments() const noexcept { return arguments_; }  // an array; of a broadcast: one for each client
  const json& operator[](std::size_t index) const {
    static const json kNull;
    return index < arguments_.size() ? arguments_[index] : kNull;
  }
  std::size_t size() const noexcept { return arguments_.size(); }

 private:
  std::string error_;
  json arguments_;
};

}  // namespace tutti
