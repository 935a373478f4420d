#include "ot_vectors/read_file.hpp"

#include <zlib.h>

namespace tutti::ot_vectors {

std::optional<std::string> read_file(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");  // reads plain files as they are
  if (!file) return std::nullopt;
  std::string text;
  char block[1 << 16];
  int size;
  while ((size = gzread(file, block, sizeof block)) > 0) text.append(block, static_cast<std::size_t>(size));
  gzclose(file);
  if (size < 0) return std::nullopt;
  return text;
}

}  // namespace tutti::ot_vectors
