// A blocking HTTP/1.1 client over loopback: one request a connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace tutti::tests {

struct HttpAnswer {
  unsigned status = 0;  // 0: no answer, or no connection
  std::string head;
  std::string body;
};

class HttpClient {
 public:
  // "127.0.0.1:3000"
  explicit HttpClient(const std::string& address)
      : port_(static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1))) {}

  using Fields = std::vector<std::pair<std::string, std::string>>;
  HttpAnswer send(const std::string& method, const std::string& target, const std::string& body = "",
                  const Fields& fields = {}) const {
    std::string request =
        method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : fields) request += name + ": " + value + "\r\n";
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return parse(exchange(request + "\r\n" + body));
  }
  HttpAnswer get(const std::string& target, const Fields& fields = {}) const { return send("GET", target, "", fields); }

  // Sends the bytes and reads until the server closes the connection (at most 10 s).
  std::string exchange(const std::string& bytes) const {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{10, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string received;
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      if (::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
        char buffer[16 * 1024];
        for (ssize_t n = 0; (n = ::recv(descriptor, buffer, sizeof buffer, 0)) > 0;) {
          received.append(buffer, static_cast<std::size_t>(n));
        }
      }
    }
    ::close(descriptor);
    return received;
  }

 private:
  static HttpAnswer parse(const std::string& bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string::npos || bytes.size() < 12) return {};
    return {static_cast<unsigned>(std::atoi(bytes.c_str() + 9)), bytes.substr(0, end), bytes.substr(end + 4)};
  }

  std::uint16_t port_;
};

}  // namespace tutti::tests
