// tutti-sim: many runs of the simulated cluster, each from its own seed.
//
//   tutti-sim [--seed N] [--runs K] [--only R]
//
// Prints "K runs held", or the seed that failed; --seed N --only R runs that one alone and shows all that is said.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/log.hpp"
#include "cluster.hpp"

namespace {

std::uint64_t number_of(int argc, char** argv, const char* flag, std::uint64_t otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], flag) == 0) return std::strtoull(argv[i + 1], nullptr, 10);
  }
  return otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t seed = number_of(argc, argv, "--seed", 1);
  const std::uint64_t runs = number_of(argc, argv, "--runs", 1000);
  const std::uint64_t only = number_of(argc, argv, "--only", UINT64_MAX);
  tutti::log::configure(only == UINT64_MAX ? tutti::log::Level::off : tutti::log::Level::debug,
                        tutti::log::Format::text);
  tutti::sim::Counts counts;
  std::uint64_t digest = 0;
  std::uint64_t done = 0;
  for (std::uint64_t run = 0; run < runs; ++run) {
    if (only != UINT64_MAX && run != only) continue;
    tutti::sim::Cluster cluster(seed * 1'000'003 + run);
    cluster.trace = only != UINT64_MAX;
    if (const auto broken = cluster.run()) {
      std::printf("seed %llu run %llu: %s\nreplay: tutti-sim --seed %llu --only %llu --runs %llu\n",
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(run), broken->c_str(),
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(run),
                  static_cast<unsigned long long>(run + 1));
      return EXIT_FAILURE;
    }
    counts.add(cluster.counts());
    digest = digest * 31 + cluster.digest();
    ++done;
  }
  std::printf("%llu runs held: %s digest %016llx\n", static_cast<unsigned long long>(done), counts.json().c_str(),
              static_cast<unsigned long long>(digest));
  return EXIT_SUCCESS;
}
