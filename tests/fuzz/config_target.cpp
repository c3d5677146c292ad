#include "cluster-config/loader.hpp"
#include "cluster-config/warnings.hpp"
#include "proto/utf8.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

void config_text(std::string_view bytes) {
  try {
    // Files that the text names are looked for where there are none.
    const auto config = config::parse(std::string{bytes}, "/nowhere/fuzz.toml");
    config::warnings(config);
  } catch (const config::error& refused) {
    const std::string_view why = refused.what();
    require(why.starts_with("/nowhere/fuzz.toml"), "a refusal names the file");
    require(why.find('\n') == std::string_view::npos, "a refusal is one line");
    require(proto::is_utf8(why), "a refusal is text");
  }
}

} // namespace fuzz
