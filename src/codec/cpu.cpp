#include "codec/cpu.hpp"

namespace tutti::codec {
#if TUTTI_X86
namespace {

bool has_avx2() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") != 0;
}

bool has_ssse3() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("ssse3") != 0;
}

}  // namespace

const bool kHasAvx2 = has_avx2();
const bool kHasSsse3 = has_ssse3();
#else
const bool kHasAvx2 = false;
const bool kHasSsse3 = false;
#endif
}  // namespace tutti::codec
