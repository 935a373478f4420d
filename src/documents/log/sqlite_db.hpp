// documents/log/sqlite_db.hpp: SQLite as we use it: a connection, prepared statements, a transaction. Errors are
// values.
//
// One thread a connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace tutti::documents {

class Database {
 public:
  Database() = default;
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // False: see error().
  bool open(const std::string& path, bool read_only);
  bool exec(const char* sql);
  std::string error() const;  // of the last call
  int error_code() const noexcept;
  sqlite3* handle() const noexcept { return handle_; }
  bool in_transaction() const noexcept;
  std::uint64_t changes() const noexcept;  // rows that the last statement changed

 private:
  sqlite3* handle_ = nullptr;
};

// A prepared statement; bind from 1, read columns from 0. Texts and blobs that are bound must live until the next
// reset(); those that are read until the next step().
class Statement {
 public:
  Statement() = default;
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  bool prepare(Database& database, const char* sql);
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::uint64_t value) { return bind(index, static_cast<std::int64_t>(value)); }
  Statement& bind_text(int index, std::string_view text);
  Statement& bind_blob(int index, std::string_view bytes);
  Statement& bind_null(int index);

  enum class Step : std::uint8_t { row, done, failed };
  Step step();
  // Runs it to its end, then resets it.
  bool run();
  void reset();

  std::int64_t integer(int column) const;
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view bytes(int column) const;  // text or blob
  bool is_null(int column) const;

 private:
  sqlite3_stmt* handle_ = nullptr;
};

// Resets the statement when a reader is through with it.
class Use {
 public:
  explicit Use(Statement& statement) : statement_(statement) {}
  ~Use() { statement_.reset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  Statement& statement_;
};

}  // namespace tutti::documents
