#include "samples.hpp"

#include <cstdio>

namespace tutti::bench {

std::string small_event() {
  return R"(["message",{"room":"general","user":"u-20417","text":"hello world, how are you?","at":1764000000123,"urgent":false}])";
}

std::string operation() {
  return R"(["document:operation",{"document":"notes/2026-11-24","version":48211,"epoch":"k3J9x","client":"Qm4xT0aZ9LbV2c7Y","seq":317,"changes":[20511,"a",-1]}])";
}

std::string records() {
  std::string text = "[";
  for (int i = 0; i < 1200; ++i) {
    char record[400];
    std::snprintf(
        record, sizeof record,
        R"({"id":%d,"name":"user number %d","city":"%s","score":%d.%d,"active":%s,"tags":["alpha","beta","gamma-%d"],)"
        R"("position":{"anchor":%d,"head":%d},"note":null,"text":"The quick brown fox jumps over the lazy dog"})",
        1000 + i, i, i % 3 == 0 ? "Z\xC3\xBCrich" : "Oslo", i, i % 97, i % 2 ? "true" : "false", i, i * 7, i * 7 + 3);
    text += record;
    text += i == 1199 ? ']' : ',';
  }
  return text;
}

std::string numbers() {
  std::string text = "[";
  for (int i = 0; i < 10'000; ++i) {
    char number[40];
    std::snprintf(number, sizeof number, "%.17g,", (i * 7919 % 10007) / 1013.0);
    text += number;
  }
  text.back() = ']';
  return text;
}

std::string long_text() {
  std::string text = "\"";
  while (text.size() < 64 * 1024) text += "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod.\\n";
  return text + "\"";
}

std::string mixed_text(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "na\xC3\xAFve caf\xC3\xA9 \xE2\x82\xAC \xE6\xBC\xA2\xE5\xAD\x97 \xF0\x9F\x98\x80 ";
  text.resize(size / 28 * 28);
  return text;
}

std::string ascii_text(std::size_t size) { return std::string(size, 'a'); }

}  // namespace tutti::bench
