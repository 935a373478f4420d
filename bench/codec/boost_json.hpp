// bench/codec/boost_json.hpp: Boost.JSON behind two functions, so that its sources are compiled once.
#pragma once

#include <string>
#include <string_view>

namespace tutti::bench {

class BoostJson {
 public:
  BoostJson();
  ~BoostJson();
  void parse(std::string_view text);  // into memory that is used again
  std::string serialize() const;      // what was parsed last

 private:
  struct State;
  State* state_;
};

}  // namespace tutti::bench
