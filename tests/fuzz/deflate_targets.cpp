#include "net/websocket/deflate.hpp"
#include "net/websocket/extensions.hpp"
#include "tests/fuzz/promises.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

void deflate_offers(std::string_view bytes) {
  constexpr std::string_view plain =
      "permessage-deflate; server_no_context_takeover; "
      "client_no_context_takeover";
  const std::string offers{bytes};
  const auto answer = net::accept_deflate(offers);
  require(!answer || *answer == plain
              || *answer == std::string{plain} + "; server_max_window_bits=15",
          "nobody keeps a context, and the window is whole");
  require(net::accept_deflate("x-other; permessage-deflate, " + offers)
              == answer,
          "what is unknown is passed over");
  require(net::accept_deflate(offers + ", permessage-deflate")
              == answer.value_or(std::string{plain}),
          "the first offer that will do is taken");
  require(!answer || net::accept_deflate(*answer) == answer,
          "an answer is an offer that will do");
}

void inflate(std::string_view bytes) {
  using outcome = net::inflater::outcome;
  constexpr std::size_t most = 1000;
  static net::inflater used;
  std::string out;
  const auto found = used.inflate(bytes, most, out);
  require(out.size() <= most + 1, "no more is made than may be");
  require(found != outcome::whole || out.size() <= most,
          "what is too large is not whole");
  std::string again;
  require(net::inflater{}.inflate(bytes, most, again) == found && out == again,
          "what came before changes nothing");
}

void deflate(std::string_view bytes) {
  using outcome = net::inflater::outcome;
  static net::deflater compress{1};
  static net::inflater inflater;
  const std::string compressed{compress.compress(bytes)};
  std::string out;
  require(inflater.inflate(compressed, bytes.size(), out) == outcome::whole
              && out == bytes,
          "what was compressed can be read");
  require(bytes.empty()
              || inflater.inflate(compressed, bytes.size() - 1, out)
                     == outcome::too_large,
          "no more is made than may be");
  require(compress.compress(bytes) == compressed,
          "what came before changes nothing");
}

} // namespace fuzz
