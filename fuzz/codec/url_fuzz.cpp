// URLs: encoding and decoding are inverse; every parameter of a query is found by its name.
#include "codec/url.hpp"

#include "fuzz.hpp"

namespace codec = tutti::codec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  FUZZ_CHECK(codec::percent_decode(codec::percent_encode(text), true) == text);
  FUZZ_CHECK(codec::percent_decode(text, false).size() <= size);
  const auto [path, query] = codec::split_target(text);
  FUZZ_CHECK(path.size() + query.size() <= size + 1);
  std::string rebuilt;
  const auto parameters = codec::parse_query(query);
  for (const auto& [name, value] : parameters) {
    FUZZ_CHECK(codec::query_parameter(query, name).has_value());
    rebuilt += codec::percent_encode(name) + "=" + codec::percent_encode(value) + "&";
  }
  FUZZ_CHECK(codec::parse_query(rebuilt) == parameters);
  return 0;
}
