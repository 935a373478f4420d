// ot-vectors FILE…: checks files of rich-text vectors (JSON lines, plain or gzip). The first failures, then the last
// line:
//   N passed, M failed
// Exit code 0 if nothing failed. A case whose changes cut surrogate pairs passes if they are refused.
#include <cstdio>
#include <string>
#include <string_view>

#include "ot_vectors/check_case.hpp"
#include "ot_vectors/json_reader.hpp"
#include "ot_vectors/read_file.hpp"

namespace {

using tutti::ot_vectors::Outcome;

constexpr std::size_t kShown = 10;

struct Tally {
  std::size_t passed = 0;
  std::size_t refused = 0;  // of those passed
  std::size_t failed = 0;

  void fail(const std::string& where, const std::string& message) {
    if (failed++ < kShown) std::printf("%s: %s\n", where.c_str(), message.c_str());
  }
};

void check_line(const std::string& where, std::string_view line, Tally& tally) {
  const auto vector = tutti::ot_vectors::read_json(line);
  if (!vector) return tally.fail(where, "not JSON");
  const Outcome outcome = tutti::ot_vectors::check_case(*vector);
  if (outcome.kind == Outcome::Kind::failed) {
    const tutti::ot::Value* const id = tutti::ot_vectors::find(*vector, "id");
    return tally.fail(where + (id ? " " + tutti::ot_vectors::write_json(*id) : ""), outcome.message);
  }
  ++tally.passed;
  tally.refused += outcome.kind == Outcome::Kind::refused;
}

void check_file(const char* path, Tally& tally) {
  const auto text = tutti::ot_vectors::read_file(path);
  if (!text) return tally.fail(path, "cannot be read");
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!line.empty()) check_line(std::string(path) + ":" + std::to_string(number), line, tally);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: ot-vectors FILE...\n");
    return 2;
  }
  Tally tally;
  for (int i = 1; i < argc; ++i) check_file(argv[i], tally);
  if (tally.refused > 0) std::printf("%zu of those passed were refused, as they cut surrogate pairs\n", tally.refused);
  std::printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
  return tally.failed == 0 ? 0 : 1;
}
