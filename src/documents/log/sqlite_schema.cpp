#include "documents/log/sqlite_schema.hpp"

namespace tutti::documents {
namespace {

// Numbers of documents are never used twice, so that what is left in the journal of one that was deleted belongs to
// nobody.
constexpr const char* kTables = R"sql(
CREATE TABLE documents(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  epoch TEXT NOT NULL,
  first INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  unsafe_run TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX unsafe_documents ON documents(unsafe_run) WHERE unsafe_run <> '';
CREATE TABLE journal(
  row INTEGER PRIMARY KEY,
  revisions BLOB NOT NULL
) STRICT;
CREATE TABLE segments(
  document INTEGER NOT NULL,
  last INTEGER NOT NULL,
  first INTEGER NOT NULL,
  newest_ms INTEGER NOT NULL,
  chunks BLOB NOT NULL,
  composed BLOB,
  PRIMARY KEY(document, last)
) STRICT;
CREATE TABLE spans(
  document INTEGER NOT NULL,
  level INTEGER NOT NULL,
  last INTEGER NOT NULL,
  first INTEGER NOT NULL,
  change BLOB NOT NULL,
  PRIMARY KEY(document, level, last)
) STRICT;
CREATE TABLE snapshots(
  document INTEGER NOT NULL,
  version INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  content BLOB NOT NULL,
  authors BLOB NOT NULL,
  PRIMARY KEY(document, version)
) STRICT;
CREATE TABLE named_versions(
  document INTEGER NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  user_id TEXT NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY(document, name)
) STRICT;
PRAGMA user_version = 1;
)sql";

std::optional<int> stored_version(Database& database) {
  Statement statement;
  if (!statement.prepare(database, "PRAGMA user_version") || statement.step() != Statement::Step::row) return {};
  return static_cast<int>(statement.integer(0));
}

}  // namespace

std::optional<std::string> prepare_schema(Database& database) {
  if (!database.exec("BEGIN IMMEDIATE")) return database.error();
  const auto version = stored_version(database);
  std::optional<std::string> error;
  if (!version) {
    error = database.error();
  } else if (*version > kSchemaVersion) {
    error = "the file was written by a newer version of this program";
  } else if (*version == 0 && !database.exec(kTables)) {
    error = database.error();
  }
  if (!error && !database.exec("COMMIT")) error = database.error();
  if (error) database.exec("ROLLBACK");
  return error;
}

}  // namespace tutti::documents
