#include "documents/log/sqlite_db.hpp"

#include <sqlite3.h>

namespace tutti::documents {
namespace {

constexpr int kBusyMs = 5000;

}  // namespace

Database::~Database() { sqlite3_close_v2(handle_); }

bool Database::open(const std::string& path, bool read_only) {
  const int flags =
      (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK) return false;
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, kBusyMs);
  return true;
}

bool Database::exec(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }

std::string Database::error() const { return handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory"; }

int Database::error_code() const noexcept { return sqlite3_extended_errcode(handle_); }

bool Database::in_transaction() const noexcept { return sqlite3_get_autocommit(handle_) == 0; }

std::uint64_t Database::changes() const noexcept { return static_cast<std::uint64_t>(sqlite3_changes64(handle_)); }

Statement::~Statement() { sqlite3_finalize(handle_); }

bool Statement::prepare(Database& database, const char* sql) {
  return sqlite3_prepare_v3(database.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr) == SQLITE_OK;
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_, index, value);
  return *this;
}

Statement& Statement::bind_text(int index, std::string_view text) {
  sqlite3_bind_text64(handle_, index, text.data() != nullptr ? text.data() : "", text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
  sqlite3_bind_blob64(handle_, index, bytes.data() != nullptr ? bytes.data() : "", bytes.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(handle_, index);
  return *this;
}

Statement::Step Statement::step() {
  switch (sqlite3_step(handle_)) {
    case SQLITE_ROW:
      return Step::row;
    case SQLITE_DONE:
      return Step::done;
    default:
      return Step::failed;
  }
}

bool Statement::run() {
  Step result = step();
  while (result == Step::row) result = step();
  reset();
  return result == Step::done;
}

void Statement::reset() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string_view Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return {static_cast<const char*>(data), data != nullptr ? size : 0};
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

}  // namespace tutti::documents
