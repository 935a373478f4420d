// The process_* metrics that Prometheus client libraries share, read from /proc (proc(5)) and getrusage(2).
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <iterator>

#include "metrics/registry.hpp"

namespace tutti::metrics {
namespace {

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  long total = 0, resident = 0;
  const int fields = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return fields == 2 ? static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) : 0;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator entries("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)));
}

double descriptors_max() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

void add_process_metrics(Registry& registry) {
  registry.add_gauge({"process_resident_memory_bytes", "Resident memory of this process."}, resident_bytes);
  registry.add_counter({"process_cpu_seconds_total", "User and system CPU time of this process."}, cpu_seconds);
  registry.add_gauge({"process_open_fds", "Open file descriptors."}, open_descriptors);
  registry.add_gauge({"process_max_fds", "How many file descriptors may be open."}, descriptors_max);
  registry.add_gauge({"process_start_time_seconds", "Start of this process, in seconds since 1970."},
                     [started = static_cast<double>(std::time(nullptr))] { return started; });
}

}  // namespace tutti::metrics
