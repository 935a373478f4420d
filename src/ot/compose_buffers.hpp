// ot/compose_buffers.hpp: composing, shared by changes (canonical order) and composites (kept order).
//
// Internal to ot/.
#pragma once

#include "ot/change_writer.hpp"
#include "ot/component_buffer.hpp"

namespace tutti::ot {

ComponentBuffer compose_buffers(const ComponentBuffer& first, const ComponentBuffer& second, Order order);

}  // namespace tutti::ot
