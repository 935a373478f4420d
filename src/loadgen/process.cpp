#include "loadgen/process.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace tutti::loadgen {

std::optional<ProcessUsage> usage_of(int pid) {
  const std::string root = "/proc/" + std::to_string(pid);
  ProcessUsage usage;
  std::error_code error;
  bool any = false;
  for (const auto& task : std::filesystem::directory_iterator(root + "/task", error)) {
    std::ifstream schedstat(task.path() / "schedstat");
    std::uint64_t on_cpu_ns = 0;
    if (schedstat >> on_cpu_ns) {
      usage.cpu_ns += on_cpu_ns;
      any = true;
    }
  }
  if (error || !any) return std::nullopt;
  std::ifstream rollup(root + "/smaps_rollup");
  for (std::string word; rollup >> word;) {
    if (word == "Anonymous:") {
      std::uint64_t kilobytes = 0;
      rollup >> kilobytes;
      usage.anonymous_bytes = kilobytes * 1024;
      break;
    }
  }
  return usage;
}

}  // namespace tutti::loadgen
