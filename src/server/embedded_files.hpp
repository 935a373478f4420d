// server/embedded_files.hpp: the web pages and client bundles inside this program (cmake/embed.cmake puts them there).
#pragma once

#include <span>
#include <string_view>

namespace tutti::server {

struct EmbeddedFile {
  std::string_view url;   // "/index.html", "/assets/app-1a2b.js", "/socket.io/socket.io.js"
  std::string_view etag;  // without quotes
  std::string_view bytes;
  std::string_view gzip;  // the same bytes packed; empty where that saves nothing
};

// In alphabetical order of their url. Empty in a build without the web pages.
std::span<const EmbeddedFile> embedded_files();

}  // namespace tutti::server
