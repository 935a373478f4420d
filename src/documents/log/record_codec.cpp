#include "documents/log/record_codec.hpp"

#include <limits>

#include "documents/log/varint.hpp"
#include "ot/algebra.hpp"
#include "ot/binary.hpp"

namespace tutti::documents {
namespace {

constexpr ot::ChangeLimits kOurs{.components = std::numeric_limits<std::size_t>::max(),
                                 .text_bytes = std::numeric_limits<std::size_t>::max()};

std::optional<Author> take_author(std::string_view& in) {
  const auto user = take_text(in);
  if (!user) return std::nullopt;
  const auto client = take_text(in);
  if (!client) return std::nullopt;
  return Author{std::string(*user), std::string(*client)};
}

std::optional<AuthorState> take_state(std::string_view& in) {
  auto author = take_author(in);
  if (!author) return std::nullopt;
  std::uint64_t numbers[4];  // version, previous version, time, number of intervals
  for (std::uint64_t& number : numbers) {
    const auto taken = take_varint(in);
    if (!taken) return std::nullopt;
    number = *taken;
  }
  AuthorState state;
  state.author = std::make_shared<const Author>(std::move(*author));
  state.version = numbers[0];
  state.previous_version = numbers[1];
  state.time_ms = static_cast<std::int64_t>(numbers[2]);
  for (std::uint64_t i = 0; i < numbers[3]; ++i) {
    const auto first = take_varint(in);
    const auto last = take_varint(in);
    if (!first || !last || !state.committed.add_interval({*first, *last})) return std::nullopt;
  }
  return state;
}

}  // namespace

void ChunkWriter::add(const Revision& revision) {
  put_varint(zigzag(revision.time_ms - last_time_ms_), out_);
  last_time_ms_ = revision.time_ms;
  put_varint(revision.operations.size(), out_);
  for (const Operation& operation : revision.operations) {
    const auto [known, added] = authors_.try_emplace(operation.author.get(), authors_.size() + 1);
    put_varint(added ? 0 : known->second, out_);
    if (added) {
      put_text(operation.author->user_id, out_);
      put_text(operation.author->client, out_);
    }
    put_varint(operation.seq, out_);
    ot::encode_binary(operation.change, out_);
  }
}

void ChunkWriter::number(std::uint64_t value) { put_varint(value, out_); }

std::optional<std::uint64_t> ChunkReader::number() { return take_varint(bytes_); }

std::optional<std::string_view> ChunkReader::text() { return take_text(bytes_); }

void append_text(std::string_view text, std::string& out) { put_text(text, out); }

RevisionPtr ChunkReader::next(std::uint64_t version) {
  auto revision = std::make_shared<Revision>();
  revision->version = version;
  const auto time = take_varint(bytes_);
  const auto operations = take_varint(bytes_);
  if (!time || !operations || *operations == 0 || *operations > bytes_.size()) return nullptr;
  last_time_ms_ += unzigzag(*time);
  revision->time_ms = last_time_ms_;
  std::vector<Change> changes;
  for (std::uint64_t i = 0; i < *operations; ++i) {
    const auto number = take_varint(bytes_);
    if (!number || *number > authors_.size()) return nullptr;
    if (*number == 0) {
      auto author = take_author(bytes_);
      if (!author) return nullptr;
      authors_.push_back(std::make_shared<const Author>(std::move(*author)));
    }
    const AuthorPtr& author = *number == 0 ? authors_.back() : authors_[*number - 1];
    const auto seq = take_varint(bytes_);
    if (!seq) return nullptr;
    auto change = ot::decode_binary(bytes_, kOurs);
    if (!change.has_value()) return nullptr;
    if (*operations > 1) changes.push_back(*change);
    revision->operations.push_back({author, *seq, std::move(*change)});
  }
  revision->composed = *operations == 1 ? revision->operations.front().change : ot::compose(changes);
  return revision;
}

std::string encode_authors(const std::vector<AuthorState>& authors) {
  std::string out;
  put_varint(authors.size(), out);
  for (const AuthorState& state : authors) {
    put_text(state.author->user_id, out);
    put_text(state.author->client, out);
    put_varint(state.version, out);
    put_varint(state.previous_version, out);
    put_varint(static_cast<std::uint64_t>(state.time_ms), out);
    put_varint(state.committed.intervals().size(), out);
    for (const SeqSet::Interval& interval : state.committed.intervals()) {
      put_varint(interval.first, out);
      put_varint(interval.last, out);
    }
  }
  return out;
}

std::optional<std::vector<AuthorState>> decode_authors(std::string_view bytes) {
  const auto count = take_varint(bytes);
  if (!count || *count > bytes.size()) return std::nullopt;
  std::vector<AuthorState> authors;
  authors.reserve(*count);
  for (std::uint64_t i = 0; i < *count; ++i) {
    auto state = take_state(bytes);
    if (!state) return std::nullopt;
    authors.push_back(std::move(*state));
  }
  if (!bytes.empty()) return std::nullopt;
  return authors;
}

std::string encode_change(const Change& change) {
  std::string out;
  ot::encode_binary(change, out);
  return out;
}

std::optional<Change> decode_change(std::string_view bytes) {
  auto change = ot::decode_binary(bytes, kOurs);
  if (!change.has_value() || !bytes.empty()) return std::nullopt;
  return std::move(*change);
}

}  // namespace tutti::documents
