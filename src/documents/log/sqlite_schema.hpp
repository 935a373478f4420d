// documents/log/sqlite_schema.hpp: the tables of the store (docs/STORAGE.md) and how older files are brought to them.
#pragma once

#include <optional>
#include <string>

#include "documents/log/sqlite_db.hpp"

namespace tutti::documents {

// `user_version` of files that this program writes.
inline constexpr int kSchemaVersion = 1;

// Makes or migrates the tables. The text of an error, or nullopt.
std::optional<std::string> prepare_schema(Database& database);

}  // namespace tutti::documents
