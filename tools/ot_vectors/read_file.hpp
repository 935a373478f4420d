// ot_vectors/read_file.hpp: a whole file, plain or gzip.
#pragma once

#include <optional>
#include <string>

namespace tutti::ot_vectors {

std::optional<std::string> read_file(const std::string& path);

}  // namespace tutti::ot_vectors
