#include "actors/raft/sqlite_storage.hpp"

#include "actors/raft/checksum.hpp"

#include <utility>
#include <vector>

namespace actors {

namespace {

/// "Rost", in the header of the file.
constexpr std::uint64_t application = 0x526f7374;

/// Of the tables below.
constexpr std::uint64_t format = 1;

constexpr const char* tables = R"(
CREATE TABLE owner(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  self BLOB NOT NULL,
  members BLOB NOT NULL,
  sum INTEGER NOT NULL) STRICT;
CREATE TABLE promise(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  term INTEGER NOT NULL,
  voted_for INTEGER NOT NULL,
  first_index INTEGER NOT NULL,
  sum INTEGER NOT NULL) STRICT;
CREATE TABLE log(
  position INTEGER PRIMARY KEY,
  term INTEGER NOT NULL,
  type INTEGER NOT NULL,
  data BLOB NOT NULL,
  sum INTEGER NOT NULL) STRICT;
CREATE TABLE snapshot(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL,
  term INTEGER NOT NULL,
  configuration INTEGER NOT NULL,
  data BLOB NOT NULL,
  sum INTEGER NOT NULL) STRICT;
PRAGMA application_id = 1383035764;
PRAGMA user_version = 1;
)";

std::uint64_t sum_of(std::uint64_t index, const entry_view& x) {
  return checksum()
      .add(index)
      .add(x.term)
      .add(static_cast<std::uint64_t>(x.type))
      .add(x.data)
      .value();
}

std::uint64_t sum_of(const stored_snapshot& x) {
  return checksum()
      .add(x.index)
      .add(x.term)
      .add(x.configuration_index)
      .add(x.data)
      .value();
}

std::string joined(const std::vector<raft_member>& members) {
  std::string out;
  for (const auto& m : members)
    out += m.name + '\n';
  return out;
}

std::vector<std::string> split(std::string_view lines) {
  std::vector<std::string> out;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    out.emplace_back(lines.substr(0, end));
    lines.remove_prefix(end == lines.npos ? lines.size() : end + 1);
  }
  return out;
}

} // namespace

struct sqlite_storage::statements {
  explicit statements(sqlite_file& file)
      : promise(file, "UPDATE promise SET term = ?, voted_for = ?, "
                      "first_index = ?, sum = ?"),
        append(file, "INSERT INTO log VALUES (?, ?, ?, ?, ?)"),
        cut_after(file, "DELETE FROM log WHERE position >= ?"),
        cut_before(file, "DELETE FROM log WHERE position <= ?"),
        cut_all(file, "DELETE FROM log"),
        snapshot(file, "INSERT OR REPLACE INTO snapshot "
                       "VALUES (1, ?, ?, ?, ?, ?)") {}

  sqlite_statement promise, append, cut_after, cut_before, cut_all, snapshot;
};

sqlite_storage::sqlite_storage(const std::string& path, const char* vfs)
    : file_(path, vfs) {
  recognize();
  if (is_new_)
    return;
  sql_ = std::make_unique<statements>(file_);
  load(); // refuses what is damaged before anybody relies on it
}

sqlite_storage::~sqlite_storage() = default;

std::string sqlite_storage::name() const {
  return file_.path();
}

void sqlite_storage::damaged(const std::string& what) const {
  throw storage_error(file_.path() + " is damaged: " + what);
}

/// Whether the file is empty, ours, or none of our business.
void sqlite_storage::recognize() {
  const auto owner = file_.number("PRAGMA application_id");
  const auto version = file_.number("PRAGMA user_version");
  const auto things = file_.number("SELECT count(*) FROM sqlite_schema");
  if (owner == 0 && version == 0 && things == 0) {
    is_new_ = true;
    return;
  }
  if (owner != application)
    throw storage_error(file_.path() + " is not a coordinator's file");
  if (version != format)
    throw storage_error(file_.path() + " has version " + std::to_string(version)
                        + ", this Roost reads " + std::to_string(format));
  sqlite_statement check(file_, "PRAGMA integrity_check(1)");
  if (!check.next() || check.bytes(0) != "ok")
    damaged(std::string(check.bytes(0)));
}

std::optional<stored_state> sqlite_storage::load() {
  if (is_new_)
    return std::nullopt;
  stored_state out;
  sqlite_statement owner(file_, "SELECT self, members, sum FROM owner");
  if (!owner.next()
      || owner.number(2)
             != checksum().add(owner.bytes(0)).add(owner.bytes(1)).value())
    damaged("it does not say whose it is");
  out.self = std::string(owner.bytes(0));
  out.members = split(owner.bytes(1));
  read_promise(out);
  out.snapshot = load_snapshot();
  read_log(out);
  check_stored_state(out, file_.path());
  return out;
}

void sqlite_storage::read_promise(stored_state& state) {
  sqlite_statement row(file_,
                       "SELECT term, voted_for, first_index, sum FROM promise");
  if (!row.next())
    damaged("it has no term");
  term_ = state.term = row.number(0);
  voted_for_ = state.voted_for = row.number(1);
  first_index_ = state.first_index = row.number(2);
  if (row.number(3)
      != checksum()
             .add(state.term)
             .add(state.voted_for)
             .add(first_index_)
             .value())
    damaged("its term and vote are not what was written");
}

void sqlite_storage::read_log(stored_state& state) {
  sqlite_statement row(
      file_,
      "SELECT position, term, type, data, sum FROM log ORDER BY position");
  auto index = state.first_index;
  for (; row.next(); ++index) {
    if (row.number(0) != index)
      damaged("entry " + std::to_string(index) + " is missing");
    stored_entry entry{row.number(1), static_cast<entry_type>(row.number(2)),
                       std::string(row.bytes(3))};
    if (row.number(4) != sum_of(index, entry))
      damaged("entry " + std::to_string(index) + " is not what was written");
    state.entries.push_back(std::move(entry));
  }
}

std::optional<stored_snapshot> sqlite_storage::load_snapshot() {
  if (is_new_)
    return std::nullopt;
  sqlite_statement row(
      file_, "SELECT position, term, configuration, data, sum FROM snapshot");
  if (!row.next())
    return std::nullopt;
  stored_snapshot out{row.number(0), row.number(1), row.number(2),
                      std::string(row.bytes(3))};
  if (row.number(4) != sum_of(out))
    damaged("its snapshot is not what was written");
  return out;
}

void sqlite_storage::create(const std::string& self, const raft_group& group,
                            const stored_entry& first) {
  const auto members = joined(group.members());
  file_.atomically([&] {
    file_.run(tables);
    sqlite_statement(file_, "INSERT INTO owner VALUES (1, ?, ?, ?)")
        .with(std::string_view(self), std::string_view(members),
              checksum().add(self).add(members).value())
        .run();
    file_.run("INSERT INTO promise VALUES (1, 0, 0, 0, 0)");
    sql_ = std::make_unique<statements>(file_);
    first_index_ = 1;
    write_promise(1, 0);
    sql_->append
        .with(std::uint64_t{1}, first.term,
              static_cast<std::uint64_t>(first.type),
              std::string_view(first.data), sum_of(1, first))
        .run();
  });
  is_new_ = false;
}

void sqlite_storage::write_promise(std::uint64_t term,
                                   std::uint64_t voted_for) {
  const auto sum =
      checksum().add(term).add(voted_for).add(first_index_).value();
  sql_->promise.with(term, voted_for, first_index_, sum).run();
  term_ = term;
  voted_for_ = voted_for;
}

void sqlite_storage::set_term(std::uint64_t term) {
  file_.atomically([&] { write_promise(term, 0); });
}

void sqlite_storage::set_vote(std::uint64_t voted_for) {
  file_.atomically([&] { write_promise(term_, voted_for); });
}

void sqlite_storage::append(std::uint64_t first_index,
                            std::span<const entry_view> entries) {
  file_.atomically([&] {
    auto index = first_index;
    for (const auto& x : entries) {
      sql_->append
          .with(index, x.term, static_cast<std::uint64_t>(x.type), x.data,
                sum_of(index, x))
          .run();
      ++index;
    }
  });
}

void sqlite_storage::truncate(std::uint64_t index) {
  file_.atomically([&] { sql_->cut_after.with(index).run(); });
}

void sqlite_storage::put_snapshot(const stored_snapshot& snapshot,
                                  std::uint64_t keep_after) {
  file_.atomically([&] {
    write_snapshot(snapshot);
    if (keep_after < first_index_)
      return;
    sql_->cut_before.with(keep_after).run();
    first_index_ = keep_after + 1;
    write_promise(term_, voted_for_);
  });
}

void sqlite_storage::install_snapshot(const stored_snapshot& snapshot) {
  file_.atomically([&] {
    write_snapshot(snapshot);
    sql_->cut_all.with().run();
    first_index_ = snapshot.index + 1;
    write_promise(term_, voted_for_);
  });
}

void sqlite_storage::write_snapshot(const stored_snapshot& snapshot) {
  sql_->snapshot
      .with(snapshot.index, snapshot.term, snapshot.configuration_index,
            std::string_view(snapshot.data), sum_of(snapshot))
      .run();
}

} // namespace actors
