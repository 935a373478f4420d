// loadgen/process.hpp: what another process on this machine has used: CPU time and user-space memory, from /proc.
#pragma once

#include <cstdint>
#include <optional>

namespace tutti::loadgen {

struct ProcessUsage {
  std::uint64_t cpu_ns = 0;           // on a processor, all threads, user and kernel
  std::uint64_t anonymous_bytes = 0;  // heap and stacks that are in memory; not the kernel's socket buffers
};

// nullopt if there is no such process or it may not be read.
std::optional<ProcessUsage> usage_of(int pid);

}  // namespace tutti::loadgen
