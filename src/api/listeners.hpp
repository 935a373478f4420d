// api/listeners.hpp: handlers by event name, of one namespace on one worker or of one socket. A list that is being run
// does not change: adding and removing make a new one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "socketio/namespace.hpp"
#include "tutti/handler.h"

namespace tutti::api {

struct ListenerEntry {
  Listener run;
  bool once = false;
  bool removed = false;
};
using ListenerList = std::shared_ptr<const std::vector<std::shared_ptr<ListenerEntry>>>;

class Listeners {
 public:
  void add(std::string_view name, Listener listener, bool once);
  void off(std::string_view name);
  ListenerList find(std::string_view name) const;  // null: nobody listens
  bool empty() const noexcept { return by_name_.empty(); }
  void clear() { by_name_.clear(); }
  // Marks it as used up; false: it has been already.
  bool take_once(std::string_view name, ListenerEntry& entry);

 private:
  socketio::StringMap<ListenerList> by_name_;
};

}  // namespace tutti::api
