// ot_vectors/trace.hpp: recorded editing, from files of the public project editing-traces (format:
// tests/vectors/traces/README.md).
//
// Positions and lengths are code points.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tutti::ot_vectors {

struct Patch {
  std::uint32_t position;
  std::uint32_t erased;
  std::uint32_t text;  // where its inserted text begins in Trace::texts
  std::uint32_t text_bytes;
};

struct Transaction {
  std::uint32_t agent = 0;
  std::uint32_t first_patch = 0;
  std::uint32_t patches = 0;
  std::vector<std::uint32_t> parents;  // concurrent traces only
};

struct Trace {
  std::string end_content;
  std::string texts;
  std::vector<Patch> patches;
  std::vector<Transaction> transactions;
  std::uint32_t agents = 1;

  std::string_view inserted(const Patch& patch) const { return {texts.data() + patch.text, patch.text_bytes}; }
};

std::optional<Trace> read_trace(const std::string& path);

}  // namespace tutti::ot_vectors
