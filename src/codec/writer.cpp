#include "codec/writer.hpp"

#include "codec/write_tree.hpp"

namespace tutti::codec {

void ValueWriter::value(const Value& value) { write_tree(*this, value); }

}  // namespace tutti::codec
