// The traces that the programs here replay.
#pragma once

#include <cstdlib>
#include <string>

#include "ot_vectors/trace.hpp"

namespace tutti::ot_bench {

inline ot_vectors::Trace load(const std::string& name) {
  auto trace = ot_vectors::read_trace(TUTTI_SOURCE_DIR "/tests/vectors/traces/" + name + ".json.gz");
  if (!trace) std::abort();
  return std::move(*trace);
}

}  // namespace tutti::ot_bench
