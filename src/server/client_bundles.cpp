#include "server/client_bundles.hpp"

#include "server/static_files.hpp"

namespace tutti::server {

std::optional<net::HttpResponse> client_bundle(const net::HttpRequest& request, std::string_view path) {
  constexpr std::string_view kPlace = "/socket.io/";  // where the bundles are among the embedded files
  constexpr std::string_view kName = "socket.io.";
  const std::string_view target = request.target;
  if (!target.starts_with(path) || !target.substr(path.size()).starts_with(kName)) return std::nullopt;
  net::HttpRequest inner;
  inner.method = request.method;
  inner.target = std::string(kPlace) + std::string(target.substr(path.size()));
  inner.headers = request.headers;
  return StaticFiles(embedded_files()).answer(inner);
}

}  // namespace tutti::server
