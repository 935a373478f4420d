#include "server/static_files.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "server/http_fields.hpp"

namespace tutti::server {
namespace {

constexpr std::string_view kPage = "/index.html";
constexpr std::string_view kClientBundles = "/socket.io/";
constexpr std::string_view kHashedFiles = "/assets/";  // Vite puts a hash of the content into their names

// What the page may load: itself, its own socket, inline styles (the editor writes some) and images from data URLs.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Our page in a build without web/dist: says so instead of a bare 404.
constexpr std::string_view kPlainPage = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Tutti</title>
<h1>Tutti is running</h1>
<p>This build has no demo editor: build <code>web/</code> with npm and build the server again, or use
<code>make run</code>.</p>
<p>Clients connect to <code>/socket.io/</code>; <a href="/metrics">metrics</a>, <a href="/healthz">health</a>.</p>
</html>
)";
constexpr EmbeddedFile kPlainFile{kPage, "plain", kPlainPage, {}};

std::string_view cache_control_of(std::string_view path) {
  if (path.starts_with(kClientBundles)) return "public, max-age=0";
  if (path.starts_with(kHashedFiles)) return "public, max-age=31536000, immutable";
  return "no-cache";
}

}  // namespace

StaticFiles::StaticFiles(std::span<const EmbeddedFile> files) : files_(files) {}

const EmbeddedFile* StaticFiles::find(std::string_view path) const {
  const auto place = std::lower_bound(files_.begin(), files_.end(), path,
                                      [](const EmbeddedFile& file, std::string_view url) { return file.url < url; });
  return place != files_.end() && place->url == path ? &*place : nullptr;
}

std::optional<net::HttpResponse> StaticFiles::answer(const net::HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string_view path = request.path();
  if (const EmbeddedFile* file = find(path)) return found(request, *file);
  const bool names_a_file = path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
  if (names_a_file || path.starts_with(kClientBundles) || path.starts_with("/api/")) return std::nullopt;
  const EmbeddedFile* page = find(kPage);
  return found(request, page ? *page : kPlainFile);
}

net::HttpResponse StaticFiles::found(const net::HttpRequest& request, const EmbeddedFile& file) const {
  const bool packed = !file.gzip.empty() && accepts_coding(request.header("accept-encoding"), "gzip");
  net::HttpResponse response;
  response.headers = {{"ETag", '"' + std::string(file.etag) + '"'},
                      {"Cache-Control", std::string(cache_control_of(file.url))},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Vary", "Accept-Encoding"}};
  if (etag_matches(request.header("if-none-match"), file.etag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", content_type_of(file.url));
  if (file.url.ends_with(".html")) {
    response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("X-Frame-Options", "DENY");
  }
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = SharedBytes::copy(packed ? file.gzip : file.bytes);
  return response;
}

std::string_view content_type_of(std::string_view path) {
  using Row = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Row, 12> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "application/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json; charset=utf-8"},
      {".map", "application/json; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".webmanifest", "application/manifest+json"},
  }};
  for (const auto& [end, type] : kTypes) {
    if (path.ends_with(end)) return type;
  }
  return "application/octet-stream";
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  return any_element(if_none_match, [&](std::string_view element) {
    if (element == "*") return true;
    if (element.starts_with("W/")) element.remove_prefix(2);
    return element.size() >= 2 && element.front() == '"' && element.back() == '"' &&
           element.substr(1, element.size() - 2) == etag;
  });
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  bool named = false, accepted = false, any = false;
  any_element(accept_encoding, [&](std::string_view element) {
    const auto [name, weight] = split_weight(element);
    if (name == coding) {
      named = true;
      accepted = weight;
    } else if (name == "*") {
      any = weight;
    }
    return false;
  });
  return named ? accepted : any;
}

}  // namespace tutti::server
