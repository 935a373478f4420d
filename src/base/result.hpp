// base/result.hpp: a value or a named error, for everything that may fail because of input or the outside world.
//
// Our own bugs are TUTTI_ASSERT (base/assert.hpp), never a Result.
#pragma once

#include <boost/system/result.hpp>

namespace tutti {

// E is an enum of ours or a small struct. Test with has_value(), then use *result or result.error().
template <class T, class E>
using Result = boost::system::result<T, E>;

}  // namespace tutti
