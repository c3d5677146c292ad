#include "net/load/payload.hpp"

#include "net/load/errors.hpp"

#include <cassert>

namespace net::load {

namespace {

void write_letters(char* at, std::uint64_t x, int count) {
  for (int i = 0; i < count; ++i, x >>= 4)
    at[i] = static_cast<char>('@' | (x & 0xf));
}

constexpr std::string_view words[] = {"amber",  "birch",   "cedar",   "delta",
                                      "ember",  "falcon",  "granite", "harbor",
                                      "iris",   "juniper", "kestrel", "larch",
                                      "meadow", "north",   "onyx",    "pine"};

template <std::size_t N>
std::string_view one_of(const std::string_view (&list)[N],
                        std::minstd_rand& random) {
  return list[random() % N];
}

std::string four_digits(std::minstd_rand& random) {
  return std::to_string(1000 + random() % 9000);
}

/// Of a market, or of anything else that has names, numbers and flags.
std::string offer(std::minstd_rand& random) {
  return R"({"id":)" + std::to_string(random()) + R"(,"name":")"
         + std::string{one_of(words, random)} + '-'
         + std::string{one_of(words, random)} + R"(","price":)"
         + std::to_string(random() % 500) + '.'
         + std::to_string(10 + random() % 90) + R"(,"amount":)"
         + std::to_string(random() % 5000) + R"(,"open":)"
         + (random() % 2 == 0 ? "true" : "false") + '}';
}

} // namespace

payload_kind payload_kind_of(std::string_view name) {
  if (name == "letters")
    return payload_kind::letters;
  if (name == "json")
    return payload_kind::json;
  if (name == "state")
    return payload_kind::state;
  throw usage_error("--payload is letters, json or state.");
}

payload_writer::payload_writer(std::size_t size, payload_kind kind)
    : text_(payload_start) {
  assert(size >= min_size);
  constexpr std::string_view list_start = R"(","list":[)";
  constexpr std::string_view list_end = R"(],"p":")";
  constexpr std::string_view filling = R"(","p":")";
  constexpr std::string_view end = R"("})";
  text_.append(stamp_end - text_.size(), '@');
  const auto most = size - end.size() - list_end.size();
  if (kind == payload_kind::letters
      || text_.size() + list_start.size() > most) {
    text_ += filling;
  } else {
    text_ += list_start;
    while (add_item(kind, most))
      ;
    text_ += list_end;
  }
  text_.append(size - text_.size() - end.size(), 'x');
  text_ += end;
}

bool payload_writer::add_item(payload_kind kind, std::size_t most) {
  std::string item{text_.back() == '[' ? "" : ","};
  player at;
  if (kind == payload_kind::json) {
    item += offer(random_);
  } else {
    item += R"({"player":")";
    item += one_of(words, random_);
    item += R"(","x":)";
    at.x = text_.size() + item.size();
    item += four_digits(random_) + R"(,"y":)";
    at.y = text_.size() + item.size();
    item += four_digits(random_) + R"(,"hp":100})";
  }
  if (text_.size() + item.size() > most)
    return false;
  text_ += item;
  if (kind == payload_kind::state)
    players_.push_back(at);
  return true;
}

void payload_writer::move_players() {
  constexpr std::size_t fiftieth = 50;
  constexpr std::size_t digits = 4;
  if (players_.empty())
    return;
  for (std::size_t changed = 0; changed < text_.size() / fiftieth;
       changed += 2 * digits) {
    const auto& player = players_[random_() % players_.size()];
    text_.replace(player.x, digits, four_digits(random_));
    text_.replace(player.y, digits, four_digits(random_));
  }
}

std::string_view payload_writer::write(const stamp& x) {
  move_players();
  char* at = text_.data() + payload_start.size();
  write_letters(at, x.source, 8);
  write_letters(at + 8, x.number, 16);
  write_letters(at + 24, x.time, 16);
  return text_;
}

} // namespace net::load
