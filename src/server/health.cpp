#include "server/health.hpp"

namespace tutti::server {

std::vector<std::string> Health::reasons_not_ready() const {
  std::vector<std::string> reasons;
  if (!started_.load(std::memory_order_relaxed)) reasons.emplace_back("starting");
  if (stopping_.load(std::memory_order_relaxed)) reasons.emplace_back("shutting down");
  for (const Check& check : checks_) {
    if (auto reason = check(); !reason.empty()) reasons.push_back(std::move(reason));
  }
  return reasons;
}

}  // namespace tutti::server
