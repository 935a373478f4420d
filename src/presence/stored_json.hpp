// presence/stored_json.hpp: a value that a client gave and others are shown (a profile, presence data), kept as compact
// JSON: one string, shared, written into either wire form.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "codec/value.hpp"
#include "codec/writer.hpp"

namespace tutti::presence {

class StoredJson {
 public:
  StoredJson() noexcept = default;  // nothing: absent
  // nullopt: more than `bytes_max` as compact JSON, or it holds bytes, which JSON cannot.
  static std::optional<StoredJson> make(const codec::Value& value, std::size_t bytes_max);

  bool absent() const noexcept { return json_ == nullptr; }
  const std::string& json() const noexcept { return *json_; }
  void write(codec::ValueWriter& writer) const;  // absent: null

 private:
  std::shared_ptr<const std::string> json_;
};

}  // namespace tutti::presence
