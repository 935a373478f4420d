// codec/utf8_kernels.hpp: the loops of codec/utf8.hpp over many bytes, one version for each kind of machine.
//
// Validation is the look-up algorithm of J. Keiser and D. Lemire, "Validating UTF-8 in less than one instruction per
// byte" (2021): three tables of error bits, indexed by nibbles of neighbouring bytes, and-ed together.
#pragma once

#include <cstddef>

namespace tutti::codec {

// Below this a loop byte by byte is no slower.
constexpr std::size_t kKernelBytesMin = 16;

bool is_utf8_scalar(const char* bytes, std::size_t size) noexcept;
// The best version for this machine.
bool is_utf8_kernel(const char* bytes, std::size_t size) noexcept;
std::size_t utf16_length_kernel(const char* bytes, std::size_t size) noexcept;

// The versions, for tests. False where the machine lacks it: then do not call.
bool has_ssse3_kernel() noexcept;
bool has_avx2_kernel() noexcept;
bool is_utf8_ssse3(const char* bytes, std::size_t size) noexcept;
bool is_utf8_avx2(const char* bytes, std::size_t size) noexcept;
std::size_t utf16_length_scalar(const char* bytes, std::size_t size) noexcept;
std::size_t utf16_length_sse2(const char* bytes, std::size_t size) noexcept;
std::size_t utf16_length_avx2(const char* bytes, std::size_t size) noexcept;

}  // namespace tutti::codec
