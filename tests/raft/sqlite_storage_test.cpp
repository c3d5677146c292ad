#include "actors/raft/sqlite_storage.hpp"
#include "tests/raft/faulty_vfs.hpp"
#include "tests/raft/scratch_folder.hpp"
#include "tests/raft/storage_script.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

namespace actors {
namespace {

/// What opening the file says.
std::string refusal_of(const std::string& path) {
  try {
    sqlite_storage storage(path);
    return "";
  } catch (const storage_error& x) {
    return x.what();
  }
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Changes a database as another program would.
void execute(const std::string& path, const char* statement) {
  sqlite3* file = nullptr;
  sqlite3_open(path.c_str(), &file);
  sqlite3_exec(file, statement, nullptr, nullptr, nullptr);
  sqlite3_close(file);
}

/// A file with a few entries and a snapshot, closed.
void make_sample(const std::string& path) {
  sqlite_storage storage(path);
  storage.create("a", raft_group({"a", "b", "c"}),
                 {1, entry_type::configuration, "a, b, c"});
  storage.set_term(3);
  storage.set_vote(7);
  const entry_view entries[] = {{3, entry_type::command, "find me"},
                                {3, entry_type::barrier, ""},
                                {3, entry_type::command, "and me"}};
  storage.append(2, entries);
  storage.put_snapshot({3, 3, 1, "the snapshot"}, 1);
}

TEST(sqlite_storage_test, keeps_what_was_written) {
  scratch_folder folder;
  make_sample(folder / "raft.db");
  sqlite_storage storage(folder / "raft.db");
  const auto state = storage.load();
  ASSERT_TRUE(state);
  EXPECT_EQ(state->self, "a");
  EXPECT_EQ(state->members, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(state->term, 3u);
  EXPECT_EQ(state->voted_for, 7u);
  EXPECT_EQ(state->first_index, 2u);
  ASSERT_EQ(state->entries.size(), 3u);
  EXPECT_EQ(state->entries[0].data, "find me");
  EXPECT_EQ(state->entries[1].type, entry_type::barrier);
  EXPECT_EQ(state->snapshot, (stored_snapshot{3, 3, 1, "the snapshot"}));
}

TEST(sqlite_storage_test, is_empty_before_it_is_created) {
  scratch_folder folder;
  sqlite_storage(folder / "raft.db");
  EXPECT_FALSE(sqlite_storage(folder / "raft.db").load());
}

TEST(sqlite_storage_test, does_what_the_model_does) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    scratch_folder folder;
    storage_script script(seed);
    auto storage = std::make_unique<sqlite_storage>(folder / "raft.db");
    for (int i = 0; i < 150; ++i) {
      script.plan();
      script.run(*storage);
      if (i % 10 == 0) {
        storage.reset();
        storage = std::make_unique<sqlite_storage>(folder / "raft.db");
      }
      ASSERT_EQ(storage->load(), script.after()) << "seed " << seed << ' ' << i;
    }
  }
}

TEST(sqlite_storage_test, survives_kill_9_at_any_point) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    scratch_folder folder;
    int done[2];
    ASSERT_EQ(::pipe(done), 0);
    const auto child = ::fork();
    if (child == 0) { // writes, and says so after each write
      ::close(done[0]);
      sqlite_storage storage(folder / "raft.db");
      for (storage_script script(seed);;) {
        script.plan();
        script.run(storage);
        if (::write(done[1], "x", 1) != 1)
          ::_exit(1);
      }
    }
    ::close(done[1]);
    // At a moment that has nothing to do with what it is writing.
    std::size_t acknowledged = 0;
    char byte;
    while (acknowledged < seed && ::read(done[0], &byte, 1) == 1)
      ++acknowledged;
    ::usleep(static_cast<unsigned>(seed * 7919 % 3000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(done[0], &byte, 1) == 1)
      ++acknowledged;
    ::close(done[0]);

    storage_script script(seed);
    for (std::size_t i = 0; i < acknowledged; ++i)
      script.plan();
    const auto all_acknowledged = script.after();
    script.plan();
    sqlite_storage storage(folder / "raft.db");
    const auto state = storage.load();
    EXPECT_TRUE(state == all_acknowledged || state == script.after())
        << "seed " << seed << " after " << acknowledged << " writes";
  }
}

/// Runs a script on a disk that fails at its `at`-th access, then looks at what
/// is there. False when the script ended before.
bool survives_fault(std::uint64_t at, faulty_vfs::fault how) {
  scratch_folder folder;
  faulty_vfs vfs(at, how);
  storage_script script(at);
  int acknowledged = 0;
  try {
    sqlite_storage storage(folder / "raft.db", faulty_vfs::name);
    for (; acknowledged < 30; ++acknowledged) {
      script.plan();
      script.run(storage);
    }
  } catch (const storage_error& x) {
    EXPECT_NE(std::string_view(x.what()).find(folder / "raft.db"),
              std::string_view::npos)
        << x.what();
  }
  if (!vfs.failed())
    return false;
  if (how == faulty_vfs::fault::power)
    vfs.lose_what_is_not_synced();
  const auto before = acknowledged == 30 ? script.after() : script.before();
  sqlite_storage storage(folder / "raft.db");
  const auto state = storage.load();
  EXPECT_TRUE(state == before || state == script.after())
      << "access " << at << " after " << acknowledged << " writes";
  return true;
}

TEST(sqlite_storage_test, survives_every_failed_write) {
  using fault = faulty_vfs::fault;
  for (const auto how : {fault::write_error, fault::disk_full,
                         fault::sync_error, fault::power}) {
    std::uint64_t at = 1;
    while (at < 1000 && survives_fault(at, how))
      at += 1 + at / 20;
    EXPECT_GT(at, 60u);
  }
}

TEST(sqlite_storage_test, is_for_one_process_alone) {
  scratch_folder folder;
  make_sample(folder / "raft.db");
  sqlite_storage storage(folder / "raft.db");
  EXPECT_EQ(refusal_of(folder / "raft.db"),
            folder / "raft.db" + " is in use by another process");
  EXPECT_THROW(sqlite_storage{folder / "raft.db"}, storage_unavailable);
}

TEST(sqlite_storage_test, refuses_a_folder_that_is_not_there) {
  scratch_folder folder;
  EXPECT_EQ(refusal_of(folder / "no/raft.db"),
            "cannot open " + folder / "no/raft.db"
                + ": No such file or directory");
}

TEST(sqlite_storage_test, refuses_what_is_no_database) {
  scratch_folder folder;
  write_file(folder / "raft.db", std::string(5000, 'x'));
  EXPECT_EQ(refusal_of(folder / "raft.db"),
            folder / "raft.db" + " is not a coordinator's file, or damaged");
}

TEST(sqlite_storage_test, refuses_another_programs_database) {
  scratch_folder folder;
  execute(folder / "raft.db", "CREATE TABLE t(x)");
  EXPECT_EQ(refusal_of(folder / "raft.db"),
            folder / "raft.db" + " is not a coordinator's file");
}

TEST(sqlite_storage_test, refuses_a_newer_version) {
  scratch_folder folder;
  make_sample(folder / "raft.db");
  execute(folder / "raft.db", "PRAGMA user_version = 9");
  EXPECT_EQ(refusal_of(folder / "raft.db"),
            folder / "raft.db" + " has version 9, this Roost reads 1");
}

TEST(sqlite_storage_test, refuses_a_file_that_lost_its_end) {
  scratch_folder folder;
  make_sample(folder / "raft.db");
  const auto whole = read_file(folder / "raft.db");
  for (const std::size_t size :
       {std::size_t{100}, whole.size() / 2, whole.size() - 4096}) {
    write_file(folder / "raft.db", whole.substr(0, size));
    EXPECT_NE(refusal_of(folder / "raft.db").find("damaged"), std::string::npos)
        << size << ": " << refusal_of(folder / "raft.db");
  }
}

TEST(sqlite_storage_test, refuses_a_changed_entry_and_names_it) {
  scratch_folder folder;
  make_sample(folder / "raft.db");
  auto bytes = read_file(folder / "raft.db");
  const auto at = bytes.find("find me");
  ASSERT_NE(at, std::string::npos);
  bytes[at] ^= 1;
  write_file(folder / "raft.db", bytes);
  EXPECT_EQ(refusal_of(folder / "raft.db"),
            folder / "raft.db"
                + " is damaged: entry 2 is not what was written");
}

TEST(sqlite_storage_test, never_takes_a_changed_bit_for_something_else) {
  scratch_folder folder;
  make_sample(folder / "raft.db");
  const auto whole = read_file(folder / "raft.db");
  const auto state = sqlite_storage(folder / "raft.db").load();
  std::mt19937_64 random(1);
  int refused = 0;
  for (int i = 0; i < 400; ++i) {
    auto bytes = whole;
    // The first page of each kind, and anything.
    const auto at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    write_file(folder / "raft.db", bytes);
    try {
      sqlite_storage storage(folder / "raft.db");
      EXPECT_EQ(storage.load(), state) << "byte " << at;
    } catch (const storage_error& x) {
      ++refused;
      EXPECT_NE(std::string_view(x.what()).find("raft.db"),
                std::string_view::npos);
    }
  }
  EXPECT_GT(refused, 5);
}

TEST(sqlite_storage_test, stays_small) {
  scratch_folder folder;
  sqlite_storage storage(folder / "raft.db");
  storage.create("a", raft_group({"a"}), {1, entry_type::configuration, "a"});
  const std::string data(1000, 'x');
  for (std::uint64_t i = 2; i < 2000; ++i) {
    const entry_view entry{1, entry_type::command, data};
    storage.append(i, {&entry, 1});
    if (i % 50 == 0)
      storage.put_snapshot({i, 1, 1, data}, i - 10);
  }
  EXPECT_LT(read_file(folder / "raft.db").size(), 400'000u);
  EXPECT_LT(read_file(folder / "raft.db-wal").size(), 6'000'000u);
}

} // namespace
} // namespace actors
