// api/emit_arguments.hpp: the arguments of a public emit() on their way to the encoder.
#pragma once

#include <span>
#include <vector>

#include "codec/writer.hpp"
#include "tutti/event.h"

namespace tutti::api {

std::size_t count(std::span<const EmitArgument> arguments);
void write(codec::ValueWriter& writer, std::span<const EmitArgument> arguments);
// Copies that outlive the call.
std::vector<json> own(std::span<const EmitArgument> arguments);

}  // namespace tutti::api
