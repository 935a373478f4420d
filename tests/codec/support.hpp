// tests/codec/support.hpp: what several codec tests need: texts and bytes, random values, the captured vectors.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "codec/value.hpp"

namespace tutti::codec::test {

std::string read_file(const std::string& path);  // below tests/
std::string from_hex(std::string_view hex);
std::string to_hex(std::string_view bytes);

std::string to_json(const Value& value);
std::string to_msgpack(const Value& value, DateForm dates = DateForm::notepack2);

// Equal as values; objects with the same members in the same order.
bool same(const Value& a, const Value& b);

// A value as the vectors write what JSON lacks: {"$bin":hex}, {"$date":iso}, {"$undefined":true}.
std::string tagged_json(const Value& value);

struct RandomValueOptions {
  bool binary = false;     // binary, date and undefined too
  bool any_bytes = false;  // strings need not be UTF-8
};
// Borrowed from the arena.
Value random_value(Random& random, Arena& arena, RandomValueOptions options = {}, unsigned depth = 4);
std::string random_text(Random& random, std::size_t characters_max, bool any_bytes = false);

// Calls visit for every object of a vector file that has a member of that name.
void for_each_with(const Value& tree, std::string_view member, const std::function<void(const Value&)>& visit);

}  // namespace tutti::codec::test
