#include "documents/changes.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "codec/json.hpp"
#include "ot/algebra.hpp"

namespace tutti::documents {
namespace {

using codec::Kind;
using codec::Value;
using ot::ChangeBuilder;
using ot::ChangeError;

Error invalid(std::string message) { return {ErrorCode::invalid_operation, std::move(message)}; }

// ---- values inside attributes and embeds

struct Conversion {
  std::size_t depth_max;
  bool failed = false;
  ot::Value value(const Value& in, std::size_t depth) {
    switch (in.kind()) {
      case Kind::null:
        return {};
      case Kind::boolean:
        return ot::Value(in.as_boolean());
      case Kind::integer:
      case Kind::unsigned_integer:
      case Kind::number:
        return ot::Value(in.as_number());
      case Kind::string:
        return ot::Value(in.as_string());
      case Kind::array:
        return array(in, depth + 1);
      case Kind::object:
        return object(in, depth + 1);
      default:
        failed = true;
        return {};
    }
  }
  ot::Value array(const Value& in, std::size_t depth) {
    if (depth > depth_max) return failed = true, ot::Value();
    std::vector<ot::Value> items;
    items.reserve(in.elements().size());
    for (const Value& element : in.elements()) items.push_back(value(element, depth));
    return ot::Value::array(std::move(items));
  }
  ot::Value object(const Value& in, std::size_t depth) {
    if (depth > depth_max) return failed = true, ot::Value();
    std::vector<ot::Member> members;
    members.reserve(in.members().size());
    for (const codec::Member& member : in.members()) {
      if (member.value.is_undefined()) continue;
      members.push_back({std::string(member.key), value(member.value, depth)});
    }
    return ot::Value::object(std::move(members));
  }
};

// ---- components

// One list of components, in the compact form or Quill's.
class ComponentReader {
 public:
  ComponentReader(const Limits& limits, ChangeBuilder& builder) : limits_(limits), builder_(builder) {}

  // False with an error for a component that ChangeBuilder never sees.
  bool component(const Value& in, bool numbers) {
    if (in.is_object()) return object(in);
    if (!numbers) return fail("a component of ops is not an object");
    if (in.is_string()) return builder_.insert(in.as_string()), true;
    const auto number = in.whole_number();
    if (!number || *number == 0) return fail("a component is neither a number other than 0, a text nor an object");
    if (*number > 0) {
      builder_.retain(static_cast<std::uint64_t>(*number));
    } else {
      builder_.erase(static_cast<std::uint64_t>(-(*number + 1)) + 1);
    }
    return true;
  }
  const std::string& error() const { return error_; }

 private:
  bool fail(std::string message) {
    error_ = std::move(message);
    return false;
  }

  bool object(const Value& in) {
    Value kind[3] = {in["insert"], in["retain"], in["delete"]};
    const auto present = std::count_if(kind, kind + 3, [](const Value& it) { return !it.is_undefined(); });
    if (present != 1) return fail("a component has not exactly one of insert, retain and delete");
    const Value in_attributes = in["attributes"];
    ot::Attributes attributes;
    if (!in_attributes.is_undefined() && !in_attributes.is_null()) {
      if (!in_attributes.is_object()) return fail("attributes are not an object");
      if (!convert(in_attributes, attributes)) return false;
    }
    if (!kind[0].is_undefined()) return insert(kind[0], attributes);
    const bool retains = !kind[1].is_undefined();
    const auto length = (retains ? kind[1] : kind[2]).whole_number();
    if (!length || *length <= 0) return fail(retains ? "retain is not a length" : "delete is not a length");
    if (!retains && !in_attributes.is_undefined()) return fail("delete with attributes");
    if (retains) {
      builder_.retain(static_cast<std::uint64_t>(*length), attributes);
    } else {
      builder_.erase(static_cast<std::uint64_t>(*length));
    }
    return true;
  }

  bool insert(const Value& what, const ot::Attributes& attributes) {
    if (what.is_string()) return builder_.insert(what.as_string(), attributes), true;
    if (!what.is_object()) return fail("insert is neither a text nor an embed");
    Conversion conversion{limits_.attribute_depth};
    const ot::Value embed = conversion.object(what, 1);
    if (conversion.failed) return fail("an embed nested too deep or of values that JSON does not have");
    builder_.insert_embed(embed, attributes);
    return true;
  }

  bool convert(const Value& in, ot::Attributes& out) {
    Conversion conversion{limits_.attribute_depth};
    out = ot::Attributes(conversion.object(in, 1));
    return !conversion.failed || fail("attributes nested too deep or of values that JSON does not have");
  }

  const Limits& limits_;
  ChangeBuilder& builder_;
  std::string error_;
};

ot::ChangeLimits builder_limits(const Limits& limits) {
  return {.components = limits.components, .text_bytes = limits.document_bytes, .depth = limits.attribute_depth};
}

Result<ReadChange, Error> finish(ChangeBuilder& builder) {
  const std::size_t base_length = builder.base_length();
  auto change = builder.build();
  if (!change.has_value()) return change_error(change.error());
  return ReadChange{std::move(*change), base_length};
}

Result<ReadChange, Error> read_components(std::span<const Value> components, bool numbers, const Limits& limits) {
  ChangeBuilder builder(builder_limits(limits));
  ComponentReader reader(limits, builder);
  for (const Value& component : components) {
    if (!reader.component(component, numbers)) return invalid(reader.error());
    if (builder.failed()) break;
  }
  return finish(builder);
}

// ---- the simple form

bool is_simple(const Value& in) {
  return in.is_object() && !in["type"].is_undefined() && in["insert"].is_undefined() && in["retain"].is_undefined() &&
         in["delete"].is_undefined();
}

Result<ReadChange, Error> read_edit(const Value& in, const Limits& limits) {
  if (!is_simple(in) || !in["type"].is_string()) return invalid("an edit without a type");
  const std::string_view type = in["type"].as_string();
  const auto position = in["position"].whole_number();
  if (!position || *position < 0) return invalid("position is not a position");
  ChangeBuilder builder(builder_limits(limits));
  if (*position > 0) builder.retain(static_cast<std::uint64_t>(*position));
  if (type == "insert") {
    if (!in["text"].is_string()) return invalid("an insert without text");
    builder.insert(in["text"].as_string());
  } else if (type == "delete") {
    const auto length = in["length"].whole_number();
    if (!length || *length <= 0) return invalid("length is not a length");
    builder.erase(static_cast<std::uint64_t>(*length));
  } else {
    return invalid("an edit is neither an insert nor a delete");
  }
  return finish(builder);
}

// Each edit stands on the result of those before it.
Result<ReadChange, Error> read_edits(std::span<const Value> edits, const Limits& limits) {
  if (edits.size() > limits.components) return change_error(ChangeError::too_many_components);
  std::vector<Change> changes;
  changes.reserve(edits.size());
  std::size_t base_length = 0;
  std::ptrdiff_t difference = 0;
  for (const Value& edit : edits) {
    auto read = read_edit(edit, limits);
    if (!read.has_value()) return read.error();
    const auto reach = static_cast<std::ptrdiff_t>(read->base_length) - difference;
    if (reach > 0) base_length = std::max(base_length, static_cast<std::size_t>(reach));
    difference += read->change.length_difference();
    changes.push_back(std::move(read->change));
  }
  return ReadChange{changes.size() == 1 ? std::move(changes.front()) : ot::compose(changes), base_length};
}

void write_value(codec::ValueWriter& writer, const ot::Value& value) {
  switch (value.kind()) {
    case ot::Value::Kind::null:
      return writer.null();
    case ot::Value::Kind::boolean:
      return writer.boolean(value.boolean());
    case ot::Value::Kind::number:
      return writer.number(value.number());
    case ot::Value::Kind::string:
      return writer.string(value.string());
    case ot::Value::Kind::array:
      writer.begin_array(value.items().size());
      for (const ot::Value& item : value.items()) write_value(writer, item);
      return writer.end_array();
    case ot::Value::Kind::object:
      writer.begin_object(value.members().size());
      for (const ot::Member& member : value.members()) {
        writer.key(member.key);
        write_value(writer, member.value);
      }
      return writer.end_object();
  }
}

void write_attributes(codec::ValueWriter& writer, const ot::Attributes& attributes) {
  writer.key("attributes");
  writer.begin_object(attributes.members().size());
  for (const ot::Member& member : attributes.members()) {
    writer.key(member.key);
    write_value(writer, member.value);
  }
  writer.end_object();
}

void write_component(codec::ValueWriter& writer, const ot::Component& component) {
  using ComponentKind = ot::Component::Kind;
  const auto length = static_cast<std::int64_t>(component.length);
  if (component.kind == ComponentKind::erase) return writer.integer(-length);
  const bool plain = component.attributes->empty();
  if (plain && component.kind == ComponentKind::retain) return writer.integer(length);
  if (plain && component.kind == ComponentKind::insert) return writer.string(component.text);
  writer.begin_object(plain ? 1 : 2);
  if (component.kind == ComponentKind::retain) {
    writer.field("retain", length);
  } else {
    writer.key("insert");
    component.kind == ComponentKind::insert ? writer.string(component.text) : write_value(writer, *component.embed);
  }
  if (!plain) write_attributes(writer, *component.attributes);
  writer.end_object();
}

}  // namespace

Error change_error(ChangeError error) {
  const bool large = error == ChangeError::too_many_components || error == ChangeError::text_too_long;
  return {large ? ErrorCode::too_large : ErrorCode::invalid_operation, std::string(ot::to_string(error))};
}

Result<ReadChange, Error> read_change(const Value& value, const Limits& limits) {
  if (!value.is_array() && !value.is_object()) return invalid("changes are neither an array nor an object");
  if (codec::json_size(value) > limits.operation_bytes)
    return Error{ErrorCode::too_large, "the operation is too large"};
  if (value.is_array()) {
    if (!value.elements().empty() && is_simple(value.elements().front())) return read_edits(value.elements(), limits);
    return read_components(value.elements(), true, limits);
  }
  if (is_simple(value)) return read_edits({&value, 1}, limits);
  const Value ops = value["ops"];
  if (!ops.is_array()) return invalid("changes in none of the known forms");
  return read_components(ops.elements(), false, limits);
}

Result<Change, Error> read_document(const Value& value, const Limits& limits) {
  if (value.is_string()) {
    if (value.as_string().empty()) return Change();
    auto change = ChangeBuilder(builder_limits(limits)).insert(value.as_string()).build();
    if (!change.has_value()) return change_error(change.error());
    return std::move(*change);
  }
  Limits whole = limits;
  whole.operation_bytes = std::numeric_limits<std::size_t>::max();
  auto read = read_change(value, whole);
  if (!read.has_value()) return read.error();
  if (read->base_length > 0 || !read->change.is_document()) return invalid("content is not a list of inserts");
  return std::move(read->change);
}

void write_change(codec::ValueWriter& writer, const Change& change) {
  writer.begin_array(change.size());
  for (const ot::Component& component : change) write_component(writer, component);
  writer.end_array();
}

}  // namespace tutti::documents
