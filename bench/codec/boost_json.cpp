#include "boost_json.hpp"

#include <boost/json/src.hpp>

namespace tutti::bench {

namespace json = boost::json;

struct BoostJson::State {
  unsigned char memory[4 << 20];
  json::monotonic_resource resource{memory, sizeof memory};
  json::parser parser;
  json::value value;
};

BoostJson::BoostJson() : state_(new State) {}
BoostJson::~BoostJson() { delete state_; }

void BoostJson::parse(std::string_view text) {
  state_->value = nullptr;
  state_->resource.release();
  state_->parser.reset(&state_->resource);
  state_->parser.write(text.data(), text.size());
  json::value value = state_->parser.release();
  state_->value.~value();
  new (&state_->value) json::value(std::move(value));
}

std::string BoostJson::serialize() const { return json::serialize(state_->value); }

}  // namespace tutti::bench
