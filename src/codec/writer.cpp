#include "codec/writer.hpp"

#include <algorithm>

namespace tutti::codec {
namespace {

// As JSON.stringify and notepack do: a member whose value is undefined is left out.
void write_object(ValueWriter& writer, std::span<const Member> members) {
  const auto is_left_out = [](const Member& member) { return member.value.is_undefined(); };
  const auto left_out = std::count_if(members.begin(), members.end(), is_left_out);
  writer.begin_object(members.size() - static_cast<std::size_t>(left_out));
  for (const Member& member : members) {
    if (is_left_out(member)) continue;
    writer.key(member.key);
    writer.value(member.value);
  }
  writer.end_object();
}

void write_array(ValueWriter& writer, std::span<const Value> elements) {
  writer.begin_array(elements.size());
  for (const Value& element : elements) writer.value(element);
  writer.end_array();
}

}  // namespace

void ValueWriter::value(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
      return undefined();
    case Kind::null:
      return null();
    case Kind::boolean:
      return boolean(value.as_boolean());
    case Kind::integer:
      return integer(value.as_integer());
    case Kind::unsigned_integer:
      return unsigned_integer(value.as_unsigned_integer());
    case Kind::number:
      return number(value.as_number());
    case Kind::string:
      return string(value.as_string());
    case Kind::binary:
      return binary(value.as_string());
    case Kind::date:
      return date(value.as_number());
    case Kind::array:
      return write_array(*this, value.elements());
    case Kind::object:
      return write_object(*this, value.members());
  }
}

}  // namespace tutti::codec
