#include "tests/fuzz/corpus_test.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// What the fuzzers do, in small and the same each time, for builds without
// them. A broken promise aborts.

namespace fuzz {
namespace {

class mutator {
public:
  explicit mutator(std::uint64_t seed) : state_(seed) {}

  /// Changes `text` in one to four places.
  void mutate(std::string& text, std::string_view other) {
    for (auto times = 1 + below(4); times > 0; --times)
      mutate_once(text, other);
  }

private:
  std::size_t below(std::size_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>(state_ % limit);
  }

  char interesting() {
    using namespace std::string_view_literals;
    constexpr auto bytes =
        "{}[]\":,\\/u0919eE+-.tfn \n\r\t\0\x01\x7f\x80\xc3\xff\xed\xa0\xf4"sv;
    return bytes[below(bytes.size())];
  }

  void mutate_once(std::string& text, std::string_view other) {
    auto at = below(text.size() + 1);
    switch (below(7)) {
    case 0:
      text.insert(at, 1, interesting());
      break;
    case 1:
      if (at < text.size())
        text[at] = interesting();
      break;
    case 2:
      text.erase(at, 1 + below(4));
      break;
    case 3:
      text.resize(at);
      break;
    case 4:
      text.insert(at, text.substr(at, below(24)));
      break;
    case 5:
      if (at < text.size())
        text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
      break;
    default:
      text.insert(at, other.substr(below(other.size() + 1), below(32)));
    }
  }

  std::uint64_t state_;
};

class mutation_test : public corpus_test {};

TEST_P(mutation_test, keeps_its_promises_for_inputs_that_were_changed) {
  constexpr std::size_t rounds = 4000;
  const auto seeds = corpus_of(GetParam());
  mutator change{0x9e3779b97f4a7c15};
  for (std::size_t i = 0; i < rounds; ++i) {
    auto text = seeds[i % seeds.size()];
    change.mutate(text, seeds[(i / seeds.size()) % seeds.size()]);
    GetParam().run(text);
  }
}

INSTANTIATE_TEST_SUITE_P(targets, mutation_test,
                         testing::ValuesIn(targets().begin(), targets().end()),
                         name_of_target);

} // namespace
} // namespace fuzz
