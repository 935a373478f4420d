// server/version.hpp: the version of this program, and of the protocols it speaks.
#pragma once

namespace tutti::server {

inline constexpr const char kVersion[] = "0.1.0";  // as in CMakeLists.txt; tests/architecture compares
inline constexpr int kDocumentProtocol = 1;

}  // namespace tutti::server
