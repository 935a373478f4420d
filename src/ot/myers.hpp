// ot/myers.hpp: the longest common parts of two sequences of symbols (Myers 1986, linear space), with a bound on the
// work.
//
// Internal to ot/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tutti::ot {

using Symbols = std::span<const std::uint32_t>;

// Tells a sink, in order, what to do with the symbols of `a` and `b`: keep(n), erase(n), insert(n).
// When `steps` are used up, what is not yet looked at is replaced as a whole.
class Myers {
 public:
  struct Sink {
    virtual ~Sink() = default;
    virtual void keep(std::size_t count) = 0;
    virtual void erase(std::size_t count) = 0;
    virtual void insert(std::size_t count) = 0;
  };

  Myers(Sink& sink, std::size_t steps) : sink_(sink), steps_(steps) {}
  void run(Symbols a, Symbols b);

 private:
  struct Snake {
    std::size_t a_begin, b_begin, a_end, b_end;  // a stretch that is equal (or empty), halfway
    bool found;
  };
  Snake middle(Symbols a, Symbols b);

  Sink& sink_;
  std::size_t steps_;
  std::vector<std::ptrdiff_t> forward_;
  std::vector<std::ptrdiff_t> backward_;
};

}  // namespace tutti::ot
