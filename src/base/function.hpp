// base/function.hpp: a move-only std::function (std::move_only_function is C++23).
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace tutti {

template <class Signature>
class UniqueFunction;

// Holds one callable, called any number of times. Callables up to 24 bytes are stored in place.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() noexcept = default;
  UniqueFunction(std::nullptr_t) noexcept {}  // NOLINT(google-explicit-constructor): as std::function

  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, UniqueFunction> && std::is_invocable_r_v<R, F&, Args...>)
      UniqueFunction(F&& callable) {  // NOLINT(google-explicit-constructor): as std::function
    using Callable = std::decay_t<F>;
    if constexpr (fits<Callable>) {
      ::new (static_cast<void*>(storage_)) Callable(std::forward<F>(callable));
    } else {
      ::new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(callable)));
    }
    table_ = &kTable<Callable>;
  }

  UniqueFunction(UniqueFunction&& other) noexcept { take(other); }
  UniqueFunction& operator=(UniqueFunction&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  UniqueFunction(const UniqueFunction&) = delete;
  UniqueFunction& operator=(const UniqueFunction&) = delete;
  ~UniqueFunction() { reset(); }

  explicit operator bool() const noexcept { return table_ != nullptr; }
  R operator()(Args... args) { return table_->call(storage_, std::forward<Args>(args)...); }

 private:
  struct Table {
    R (*call)(void*, Args&&...);
    void (*move)(void* from, void* to) noexcept;
    void (*destroy)(void*) noexcept;
  };
  static constexpr std::size_t kCapacity = 24;
  template <class Callable>
  static constexpr bool fits = sizeof(Callable) <= kCapacity &&
                               alignof(Callable) <= alignof(void*) && std::is_nothrow_move_constructible_v<Callable>;

  template <class Callable>
  static Callable& stored(void* storage) noexcept {
    if constexpr (fits<Callable>) {
      return *static_cast<Callable*>(storage);
    } else {
      return **static_cast<Callable**>(storage);
    }
  }
  template <class Callable>
  static constexpr Table kTable{
      [](void* storage, Args&&... args) -> R { return stored<Callable>(storage)(std::forward<Args>(args)...); },
      [](void* from, void* to) noexcept {
        if constexpr (fits<Callable>) {
          ::new (to) Callable(std::move(stored<Callable>(from)));
          stored<Callable>(from).~Callable();
        } else {
          ::new (to) Callable*(*static_cast<Callable**>(from));
        }
      },
      [](void* storage) noexcept {
        if constexpr (fits<Callable>) {
          stored<Callable>(storage).~Callable();
        } else {
          delete *static_cast<Callable**>(storage);
        }
      }};

  void take(UniqueFunction& other) noexcept {
    if (other.table_) {
      other.table_->move(other.storage_, storage_);
      table_ = std::exchange(other.table_, nullptr);
    }
  }
  void reset() noexcept {
    if (table_) std::exchange(table_, nullptr)->destroy(storage_);
  }

  alignas(void*) unsigned char storage_[kCapacity];
  const Table* table_ = nullptr;
};

using Task = UniqueFunction<void()>;

}  // namespace tutti
