// ot/model/reference.hpp: the algebra again, unit by unit, slow and obviously right.
//
// A document is a list of cells, one a UTF-16 unit. A change says for every unit of its base what becomes of it, and
// what is inserted before each (and behind the last).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ot/change.hpp"
#include "ot/position.hpp"

namespace tutti::ot_model {

using Format = std::map<std::string, ot::Value>;

struct Cell {
  char16_t unit = 0;
  ot::Value embed;  // null: text
  Format format;

  friend bool operator==(const Cell&, const Cell&) = default;
};
using Cells = std::vector<Cell>;

struct Fate {
  bool erased = false;
  Format format;  // if it is retained

  friend bool operator==(const Fate&, const Fate&) = default;
};

struct Model {
  std::vector<Cells> inserts{{}};  // inserts[i]: before unit i; one more than fates
  std::vector<Fate> fates;

  static Model of(const ot::Change& change);
  friend bool operator==(const Model&, const Model&) = default;

  void extend(std::size_t length);  // so that it walks over at least so many units
  void trim();                      // without what a canonical change does not say
};

Cells cells_of(std::string_view utf8);
Cells cells_of(const ot::Change& document);
std::string text_of(const Cells& cells);  // UTF-8

Cells apply_to(const Cells& document, Model change);
Model compose(Model first, Model second);
// `over_first`: the inserts of `over` stand left on ties, its attributes win.
Model transform(Model change, Model over, bool over_first);
Model invert(const Cells& document, Model change);
std::size_t transform_position(const Model& change, std::size_t position, bool pushed);

// Whether the components are as ot/change.hpp promises, looked at one by one.
bool is_canonical(const ot::Change& change);

}  // namespace tutti::ot_model
