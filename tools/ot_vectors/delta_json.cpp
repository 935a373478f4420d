#include "ot_vectors/delta_json.hpp"

#include <string>
#include <vector>

#include "ot_vectors/json_reader.hpp"

namespace tutti::ot_vectors {

using ot::Attributes;
using ot::Change;
using ot::ChangeBuilder;
using ot::ChangeError;
using ot::Component;
using ot::Value;

Result<Change, ChangeError> change_from(const Value& operations) {
  if (operations.kind() != Value::Kind::array) return ChangeError::empty_component;
  ChangeBuilder builder(ot::ChangeLimits::stored());
  const auto length = [](const Value& value) {
    return value.kind() == Value::Kind::number && value.number() > 0 ? static_cast<std::uint64_t>(value.number()) : 0;
  };
  for (const Value& operation : operations.items()) {
    const Value* const given = find(operation, "attributes");
    const Attributes attributes = given ? Attributes(*given) : Attributes();
    if (const Value* insert = find(operation, "insert")) {
      if (insert->kind() == Value::Kind::string) {
        builder.insert(insert->string(), attributes);
      } else {
        builder.insert_embed(*insert, attributes);
      }
    } else if (const Value* retain = find(operation, "retain")) {
      builder.retain(length(*retain), attributes);
    } else if (const Value* erase = find(operation, "delete")) {
      builder.erase(length(*erase));
    } else {
      return ChangeError::empty_component;
    }
  }
  return builder.build();
}

Value to_value(const Change& change) {
  std::vector<Value> operations;
  for (const Component& component : change) {
    std::vector<ot::Member> members;
    switch (component.kind) {
      case Component::Kind::retain:
        members.push_back({"retain", Value(static_cast<double>(component.length))});
        break;
      case Component::Kind::insert:
        members.push_back({"insert", Value(component.text)});
        break;
      case Component::Kind::embed:
        members.push_back({"insert", *component.embed});
        break;
      case Component::Kind::erase:
        members.push_back({"delete", Value(static_cast<double>(component.length))});
        break;
    }
    if (!component.attributes->empty()) {
      const auto attributes = component.attributes->members();
      members.push_back({"attributes", Value::object({attributes.begin(), attributes.end()})});
    }
    operations.push_back(Value::object(std::move(members)));
  }
  return Value::array(std::move(operations));
}

}  // namespace tutti::ot_vectors
