// codec/write_tree.hpp: a value tree into a writer whose type is known, so that no call is virtual.
#pragma once

#include <algorithm>

#include "codec/value.hpp"

namespace tutti::codec {

template <class Writer>
void write_tree(Writer& writer, const Value& value);

// As JSON.stringify and notepack do: a member whose value is undefined is left out.
template <class Writer>
void write_members(Writer& writer, std::span<const Member> members) {
  const auto is_left_out = [](const Member& member) { return member.value.is_undefined(); };
  const auto left_out = std::count_if(members.begin(), members.end(), is_left_out);
  writer.begin_object(members.size() - static_cast<std::size_t>(left_out));
  for (const Member& member : members) {
    if (is_left_out(member)) continue;
    writer.key(member.key);
    write_tree(writer, member.value);
  }
  writer.end_object();
}

template <class Writer>
void write_elements(Writer& writer, std::span<const Value> elements) {
  writer.begin_array(elements.size());
  for (const Value& element : elements) write_tree(writer, element);
  writer.end_array();
}

template <class Writer>
void write_tree(Writer& writer, const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return writer.undefined();
    case Kind::null:
      return writer.null();
    case Kind::boolean:
      return writer.boolean(value.as_boolean());
    case Kind::integer:
      return writer.integer(value.as_integer());
    case Kind::unsigned_integer:
      return writer.unsigned_integer(value.as_unsigned_integer());
    case Kind::number:
      return writer.number(value.as_number());
    case Kind::string:
      return writer.string(value.as_string());
    case Kind::binary:
      return writer.binary(value.as_string());
    case Kind::date:
      return writer.date(value.as_number());
    case Kind::array:
      return write_elements(writer, value.elements());
    case Kind::object:
      return write_members(writer, value.members());
  }
}

}  // namespace tutti::codec
