// server/static_files.hpp: answers GET and HEAD for files that are held in memory: ETag, 304, gzip, security headers.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "server/embedded_files.hpp"

namespace tutti::server {

// Pure; used by every worker at once.
class StaticFiles {
 public:
  explicit StaticFiles(std::span<const EmbeddedFile> files);

  // The answer, or nothing if no file has that path. "/" is "/index.html"; a path without a file whose last part has
  // no dot is the page too, since the page reads its document's name from the URL.
  std::optional<net::HttpResponse> answer(const net::HttpRequest& request) const;

 private:
  const EmbeddedFile* find(std::string_view path) const;
  net::HttpResponse found(const net::HttpRequest& request, const EmbeddedFile& file) const;

  std::span<const EmbeddedFile> files_;
};

// "text/html; charset=utf-8" for "/index.html", by the end of the name.
std::string_view content_type_of(std::string_view path);
// Whether an If-None-Match field names the tag (RFC 9110, 13.1.2; weak comparison).
bool etag_matches(std::string_view if_none_match, std::string_view etag);
// Whether an Accept-Encoding field allows the coding (RFC 9110, 12.5.3).
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace tutti::server
