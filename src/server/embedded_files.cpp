#include "server/embedded_files.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

extern "C" {
// As in cmake/embed.cmake.
struct Row {
  const char *url, *etag, *begin, *end, *gzip_begin, *gzip_end;
};
extern const Row tutti_embedded_files[];
extern const std::size_t tutti_embedded_file_count;
}

namespace tutti::server {
namespace {

std::string_view bytes_between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::vector<EmbeddedFile> sorted_files() {
  std::vector<EmbeddedFile> files;
  for (std::size_t i = 0; i < tutti_embedded_file_count; ++i) {
    const Row& row = tutti_embedded_files[i];
    EmbeddedFile file{row.url, row.etag, bytes_between(row.begin, row.end), {}};
    const auto gzip = bytes_between(row.gzip_begin, row.gzip_end);
    if (!gzip.empty() && gzip.size() < file.bytes.size()) file.gzip = gzip;
    files.push_back(file);
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.url < b.url; });
  return files;
}

}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  static const std::vector<EmbeddedFile> files = sorted_files();
  return files;
}

}  // namespace tutti::server
