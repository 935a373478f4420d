#include "ot_vectors/trace.hpp"

#include <algorithm>

#include "ot_vectors/json_reader.hpp"
#include "ot_vectors/read_file.hpp"

namespace tutti::ot_vectors {
namespace {

std::uint32_t number(const ot::Value& value) { return static_cast<std::uint32_t>(value.number()); }

}  // namespace

std::optional<Trace> read_trace(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  const auto json = read_json(*text);
  if (!json) return std::nullopt;
  Trace trace;
  trace.end_content = find(*json, "endContent")->string();
  for (const ot::Value& item : find(*json, "txns")->items()) {
    Transaction transaction;
    transaction.first_patch = static_cast<std::uint32_t>(trace.patches.size());
    for (const ot::Value& patch : find(item, "patches")->items()) {
      const auto fields = patch.items();
      const std::string_view inserted = fields[2].string();
      trace.patches.push_back({number(fields[0]), number(fields[1]), static_cast<std::uint32_t>(trace.texts.size()),
                               static_cast<std::uint32_t>(inserted.size())});
      trace.texts += inserted;
      ++transaction.patches;
    }
    if (const ot::Value* const agent = find(item, "agent")) transaction.agent = number(*agent);
    if (const ot::Value* const parents = find(item, "parents")) {
      for (const ot::Value& parent : parents->items()) transaction.parents.push_back(number(parent));
    }
    trace.agents = std::max(trace.agents, transaction.agent + 1);
    trace.transactions.push_back(std::move(transaction));
  }
  return trace;
}

}  // namespace tutti::ot_vectors
