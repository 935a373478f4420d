// bench/codec/samples.hpp: the texts that are measured.
#pragma once

#include <string>

namespace tutti::bench {

std::string small_event();                 // a chat message, 120 bytes
std::string operation();                   // an operation of a document, 150 bytes
std::string records();                     // 300 KB of nested records, some text not ASCII
std::string numbers();                     // 10,000 doubles
std::string long_text();                   // one string of 64 KB with line ends
std::string mixed_text(std::size_t size);  // UTF-8 of one to four bytes
std::string ascii_text(std::size_t size);

}  // namespace tutti::bench
