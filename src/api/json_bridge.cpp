#include "api/json_bridge.hpp"

#include "codec/date.hpp"
#include "codec/msgpack.hpp"

namespace tutti::api {
namespace {

json binary(std::string_view bytes) { return json::binary(json::binary_t::container_type(bytes.begin(), bytes.end())); }

}  // namespace

json to_json(const codec::Value& value) {
  switch (value.kind()) {
    case codec::Kind::undefined:
    case codec::Kind::null:
      return nullptr;
    case codec::Kind::boolean:
      return value.as_boolean();
    case codec::Kind::integer:
      return value.as_integer();
    case codec::Kind::unsigned_integer:
      return value.as_unsigned_integer();
    case codec::Kind::number:
      return value.as_number();
    case codec::Kind::string:
      return value.as_string();
    case codec::Kind::binary:
      return binary(value.as_string());
    case codec::Kind::date: {
      const auto text = codec::iso_date(value.as_number());
      return text ? json(*text) : json();
    }
    case codec::Kind::array: {
      json array = json::array();
      for (const codec::Value& element : value.elements()) array.push_back(to_json(element));
      return array;
    }
    case codec::Kind::object: {
      json object = json::object();
      for (const codec::Member& member : value.members()) object[std::string(member.key)] = to_json(member.value);
      return object;
    }
  }
  return nullptr;
}

json unpack(std::string_view packed) {
  codec::Arena arena;
  const auto value = codec::parse_msgpack(packed, arena);
  return value.has_value() ? to_json(*value) : json();
}

std::string pack(const json& value) {
  std::string packed;
  codec::MsgpackWriter writer(packed);
  write(writer, value);
  return packed;
}

void write(codec::ValueWriter& writer, const json& value) {
  switch (value.type()) {
    case json::value_t::null:
    case json::value_t::discarded:
      return writer.null();
    case json::value_t::boolean:
      return writer.boolean(value.get<bool>());
    case json::value_t::number_integer:
      return writer.integer(value.get<std::int64_t>());
    case json::value_t::number_unsigned:
      return writer.unsigned_integer(value.get<std::uint64_t>());
    case json::value_t::number_float:
      return writer.number(value.get<double>());
    case json::value_t::string:
      return writer.string(value.get_ref<const std::string&>());
    case json::value_t::binary: {
      const json::binary_t& bytes = value.get_binary();
      return writer.binary({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    case json::value_t::array:
      writer.begin_array(value.size());
      for (const json& element : value) write(writer, element);
      return writer.end_array();
    case json::value_t::object:
      writer.begin_object(value.size());
      for (const auto& [key, member] : value.items()) {
        writer.key(key);
        write(writer, member);
      }
      return writer.end_object();
  }
}

}  // namespace tutti::api
