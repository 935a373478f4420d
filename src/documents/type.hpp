// documents/type.hpp: what a document can be. Sessions, logs and the protocol know a type by this interface alone.
//
// A type brings: its name on the wire, the check and codec of its changes, and its content (apply, check, invert,
// snapshot). Changes of all types share one algebra, ot::Change (compose, transform: ot/algebra.hpp); a type with
// another algebra makes `Change` a variant here and nothing above notices.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "codec/writer.hpp"
#include "ot/change.hpp"
#include "ot/change_builder.hpp"

namespace tutti::documents {

using Change = ot::Change;

// The content of one document at one version. One owner, one thread; a clone is a cheap snapshot that may be read on
// another thread.
class Content {
 public:
  virtual ~Content() = default;
  virtual std::unique_ptr<Content> clone() const = 0;

  virtual std::size_t length() const = 0;      // what a change's base_length is held against
  virtual std::size_t size_bytes() const = 0;  // what limits.document counts
  // Holds a character outside the BMP, so that an edge of a change may split a surrogate pair.
  virtual bool has_pairs() const = 0;

  virtual Result<void, ot::ChangeError> check(const Change& change) const = 0;
  virtual Result<void, ot::ChangeError> apply(const Change& change) = 0;  // on an error nothing has changed
  virtual Change invert(const Change& change) const = 0;                  // it must fit
  // The change that leads from this content to `wanted`.
  virtual Change difference(const Content& wanted) const = 0;

  virtual Change to_change() const = 0;                      // a change of inserts: what a snapshot stores
  virtual void write(codec::ValueWriter& writer) const = 0;  // `content` on the wire
  virtual std::size_t memory_bytes() const = 0;
};

class DocumentType {
 public:
  virtual ~DocumentType() = default;
  virtual std::string_view name() const noexcept = 0;  // `type` on the wire and in the log
  virtual bool rich() const noexcept = 0;              // whether changes may have attributes and embeds
  virtual std::unique_ptr<Content> empty() const = 0;
  // From what to_change() gave; fails if that is not a document of this type.
  virtual Result<std::unique_ptr<Content>, ot::ChangeError> load(const Change& document) const = 0;
  virtual void write_change(codec::ValueWriter& writer, const Change& change) const = 0;
};

const DocumentType& text_type() noexcept;
const DocumentType& rich_text_type() noexcept;
// nullptr: no such type.
const DocumentType* find_type(std::string_view name) noexcept;

}  // namespace tutti::documents
