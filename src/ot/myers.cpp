#include "ot/myers.hpp"

#include <algorithm>

namespace tutti::ot {

void Myers::run(Symbols a, Symbols b) {
  const auto prefix = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  if (prefix > 0) sink_.keep(prefix);
  a = a.subspan(prefix);
  b = b.subspan(prefix);
  std::size_t suffix = 0;
  while (suffix < a.size() && suffix < b.size() && a[a.size() - 1 - suffix] == b[b.size() - 1 - suffix]) ++suffix;
  a = a.first(a.size() - suffix);
  b = b.first(b.size() - suffix);
  const Snake snake = a.empty() || b.empty() ? Snake{} : middle(a, b);
  if (snake.found) {
    run(a.first(snake.a_begin), b.first(snake.b_begin));
    if (snake.a_end > snake.a_begin) sink_.keep(snake.a_end - snake.a_begin);
    run(a.subspan(snake.a_end), b.subspan(snake.b_end));
  } else {
    if (!b.empty()) sink_.insert(b.size());
    if (!a.empty()) sink_.erase(a.size());
  }
  if (suffix > 0) sink_.keep(suffix);
}

// The furthest paths from both ends, one difference longer each round, until they meet.
Myers::Snake Myers::middle(Symbols a, Symbols b) {
  const auto n = static_cast<std::ptrdiff_t>(a.size());
  const auto m = static_cast<std::ptrdiff_t>(b.size());
  const std::ptrdiff_t delta = n - m;
  const bool odd = delta & 1;
  const std::ptrdiff_t most = (n + m + 1) / 2;
  const std::ptrdiff_t offset = most + 1;
  forward_.assign(static_cast<std::size_t>(2 * offset + 1), 0);
  backward_.assign(static_cast<std::size_t>(2 * offset + 1), 0);
  const auto f = [&](std::ptrdiff_t k) -> std::ptrdiff_t& { return forward_[static_cast<std::size_t>(k + offset)]; };
  const auto r = [&](std::ptrdiff_t k) -> std::ptrdiff_t& { return backward_[static_cast<std::size_t>(k + offset)]; };
  const auto sizes = [](std::ptrdiff_t value) { return static_cast<std::size_t>(value); };
  for (std::ptrdiff_t d = 0; d <= most; ++d) {
    const std::size_t work = sizes(2 * d + 2);
    if (steps_ < work) {
      steps_ = 0;
      return {};
    }
    steps_ -= work;
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      std::ptrdiff_t x = k == -d || (k != d && f(k - 1) < f(k + 1)) ? f(k + 1) : f(k - 1) + 1;
      std::ptrdiff_t y = x - k;
      if (x > n || y > m) {  // outside: a path that cannot be gone on
        f(k) = x;
        continue;
      }
      const std::ptrdiff_t from = x;
      while (x < n && y < m && a[sizes(x)] == b[sizes(y)]) ++x, ++y;
      f(k) = x;
      if (odd && std::abs(k - delta) <= d - 1 && x + r(delta - k) >= n) {
        return {sizes(from), sizes(from - k), sizes(x), sizes(y), true};
      }
    }
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      std::ptrdiff_t x = k == -d || (k != d && r(k - 1) < r(k + 1)) ? r(k + 1) : r(k - 1) + 1;
      std::ptrdiff_t y = x - k;
      if (x > n || y > m) {
        r(k) = x;
        continue;
      }
      const std::ptrdiff_t from = x;
      while (x < n && y < m && a[sizes(n - 1 - x)] == b[sizes(m - 1 - y)]) ++x, ++y;
      r(k) = x;
      if (!odd && std::abs(k - delta) <= d && x + f(delta - k) >= n) {
        return {sizes(n - x), sizes(m - y), sizes(n - from), sizes(m - (from - k)), true};
      }
    }
  }
  return {};
}

}  // namespace tutti::ot
