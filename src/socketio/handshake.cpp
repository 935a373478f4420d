// socket.handshake, as applications of the Node server know it and as other servers of a cluster are told.
#include <ctime>
#include <map>

#include "codec/url.hpp"
#include "socketio/socket.hpp"

namespace tutti::socketio {
namespace {

// Date.prototype.toString of a machine whose time zone is UTC.
std::string javascript_date(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[80];
  const std::size_t size =
      std::strftime(text, sizeof text, "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)", &parts);
  return {text, size};
}

using Fields = std::vector<std::pair<std::string, std::string>>;

// JavaScript objects have each key once: values of one name are joined, as Node does for headers.
template <class Pairs>
std::map<std::string, std::string> joined(const Pairs& pairs) {
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : pairs) {
    const auto [at, added] = fields.emplace(name, value);
    if (!added) at->second.append(", ").append(value);
  }
  return fields;
}

void write_fields(codec::ValueWriter& writer, const std::map<std::string, std::string>& fields) {
  writer.begin_object(fields.size());
  for (const auto& [name, value] : fields) writer.field(name, std::string_view(value));
  writer.end_object();
}

// A parameter that stands several times is an array, as Node's querystring has it.
void write_query(codec::ValueWriter& writer, std::string_view target) {
  std::map<std::string, std::vector<std::string>> parameters;
  for (auto& [name, value] : codec::parse_query(codec::split_target(target).second)) {
    parameters[name].push_back(std::move(value));
  }
  writer.begin_object(parameters.size());
  for (const auto& [name, values] : parameters) {
    writer.key(name);
    if (values.size() == 1) {
      writer.string(values.front());
      continue;
    }
    writer.begin_array(values.size());
    for (const std::string& value : values) writer.string(value);
    writer.end_array();
  }
  writer.end_object();
}

}  // namespace

void write_handshake(codec::ValueWriter& writer, const Socket& socket) {
  const engineio::Handshake& handshake = socket.handshake();
  codec::Arena arena;
  writer.begin_object(9);
  writer.key("headers"), write_fields(writer, joined(handshake.headers()));
  writer.field("time", std::string_view(javascript_date(handshake.issued_ms())));
  writer.field("address", handshake.address());
  writer.field("xdomain", !handshake.header("origin").empty());
  writer.field("secure", handshake.secure());
  writer.field("issued", handshake.issued_ms());
  writer.field("url", handshake.target());
  writer.key("query"), write_query(writer, handshake.target());
  writer.field("auth", socket.auth(arena));
  writer.end_object();
}

}  // namespace tutti::socketio
