#include "engineio/handshake.hpp"

#include <algorithm>
#include <new>

namespace tutti::engineio {

namespace {

// Behind the object: target, address, then for each header its name and value, each text followed by a zero byte.
// A zero byte inside a text (the HTTP parser lets none through) becomes a space.
class HandshakeBlock final : public Handshake {
 public:
  static std::unique_ptr<Handshake> make(const net::HttpRequest& request, std::int64_t issued_ms) {
    std::size_t size = request.target.size() + request.peer_address.size() + 2;
    for (const auto& [name, value] : request.headers) size += name.size() + value.size() + 2;
    void* memory = ::operator new(sizeof(HandshakeBlock) + size);
    return std::unique_ptr<Handshake>(::new (memory) HandshakeBlock(request, issued_ms));
  }
  static void operator delete(void* memory) { ::operator delete(memory); }

  std::string_view target() const override { return text_at(0); }
  std::string_view address() const override { return text_at(target().size() + 1); }
  std::int64_t issued_ms() const override { return issued_ms_; }
  bool secure() const override { return secure_; }

  std::string_view header(std::string_view name) const override {
    std::size_t at = first_header();
    for (unsigned i = 0; i < count_; ++i) {
      const auto [key, value] = header_at(at);
      if (key == name) return value;
    }
    return {};
  }

  std::vector<std::pair<std::string_view, std::string_view>> headers() const override {
    std::vector<std::pair<std::string_view, std::string_view>> all;
    all.reserve(count_);
    std::size_t at = first_header();
    for (unsigned i = 0; i < count_; ++i) all.push_back(header_at(at));
    return all;
  }

 private:
  HandshakeBlock(const net::HttpRequest& request, std::int64_t issued_ms)
      : issued_ms_(issued_ms), count_(static_cast<std::uint16_t>(request.headers.size())), secure_(request.secure) {
    char* at = bytes();
    const auto put = [&at](std::string_view text) {
      at = std::replace_copy(text.begin(), text.end(), at, '\0', ' ');
      *at++ = '\0';
    };
    put(request.target);
    put(request.peer_address);
    for (const auto& [name, value] : request.headers) {
      put(name);
      put(value);
    }
  }

  char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  const char* bytes() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  std::string_view text_at(std::size_t at) const noexcept { return bytes() + at; }
  std::size_t first_header() const noexcept { return target().size() + address().size() + 2; }
  // The header at `at`, which moves to the next one.
  std::pair<std::string_view, std::string_view> header_at(std::size_t& at) const noexcept {
    const std::string_view name = text_at(at);
    const std::string_view value = text_at(at + name.size() + 1);
    at += name.size() + value.size() + 2;
    return {name, value};
  }

  std::int64_t issued_ms_;
  std::uint16_t count_;
  bool secure_;
};

}  // namespace

std::unique_ptr<Handshake> keep_handshake(const net::HttpRequest& request, std::int64_t issued_ms) {
  return HandshakeBlock::make(request, issued_ms);
}

}  // namespace tutti::engineio
