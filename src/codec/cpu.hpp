// codec/cpu.hpp: which vector instructions this machine has, for functions that come in several versions.
#pragma once

#if defined(__x86_64__)
#define TUTTI_X86 1
#include <immintrin.h>
#define TUTTI_TARGET(isa) __attribute__((target(isa)))
#else
#define TUTTI_X86 0
#endif

namespace tutti::codec {

// False until static initialisation has reached them: the slower version is taken then, never a wrong one.
extern const bool kHasAvx2;
extern const bool kHasSsse3;

}  // namespace tutti::codec
