// documents/api.hpp: documents for programs: what the HTTP API calls. Bodies are JSON as the protocol writes its
// acknowledgements: {"ok":true,...} or {"ok":false,"error":{...}}.
//
// Belongs to one worker and is used on its thread; answers come there, once each, unless the service ends first.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/function.hpp"
#include "codec/value.hpp"
#include "documents/errors.hpp"
#include "documents/identity.hpp"

namespace tutti::documents {

struct ApiAnswer {
  std::optional<ErrorCode> error;  // nullopt: ok
  std::string body;                // JSON
};
// What an HTTP server makes of it: 200, 400, 401, 403, 404, 409, 413, 429, 503.
int http_status(const ApiAnswer& answer) noexcept;

class Api {
 public:
  using Done = UniqueFunction<void(ApiAnswer)>;
  virtual ~Api() = default;

  // Who asks: a verified user id, or "" for nobody in particular.
  struct Caller {
    std::string user_id;
    std::shared_ptr<const void> credentials = nullptr;  // for the access rules: Peer::credentials
  };

  // {epoch, type, version, content}; of an old version too.
  virtual void get(const Caller& caller, std::string document, std::optional<std::uint64_t> version, Done done) = 0;
  // `body`: {content, type?}; makes the document if there is none, else the difference becomes a revision. {epoch,
  // version}
  virtual void put(const Caller& caller, std::string document, const codec::Value& body, Done done) = 0;
  virtual void remove(const Caller& caller, std::string document, Done done) = 0;
  // `body`: {version, client, seq, changes, epoch?}, as document:operation.
  virtual void operation(const Caller& caller, std::string document, const codec::Value& body, Done done) = 0;
  // As document:history.
  virtual void revisions(const Caller& caller, std::string document, std::optional<std::uint64_t> from,
                         std::optional<std::uint64_t> to, std::optional<std::uint64_t> limit, Done done) = 0;
  // {documents: [{document, type, epoch, version, first, created, changed}], next?}: those the caller may read, in
  // order of id, behind `after`; `next` is there if there may be more.
  virtual void list(const Caller& caller, std::string after, std::size_t limit, Done done) = 0;
};

}  // namespace tutti::documents
