#include "actors/auth/token_maker.hpp"

#include "actors/auth/algorithm.hpp"
#include "actors/auth/base64url.hpp"
#include "actors/auth/hmac_key.hpp"
#include "actors/auth/key_pair.hpp"
#include "actors/auth/token_parts.hpp"
#include "proto/json_text.hpp"

#include <stdexcept>
#include <string_view>

namespace actors {

namespace {

[[noreturn]] void refuse(std::string why) {
  throw std::invalid_argument(std::move(why));
}

/// Writes a flat JSON object, member by member.
class object_writer {
public:
  /// Writes nothing for an empty text.
  void text(std::string_view name, std::string_view value) {
    if (!value.empty())
      raw(name, quoted(name, value));
  }

  void number(std::string_view name, std::int64_t value) {
    raw(name, std::to_string(value));
  }

  /// Writes nothing for an empty text; refuses what is not JSON.
  void json(std::string_view name, std::string_view value) {
    if (value.empty())
      return;
    std::string compact;
    if (!proto::append_embedded(value, compact))
      refuse("The " + std::string(name) + " is not JSON.");
    raw(name, compact);
  }

  /// Writes nothing for an empty list.
  void texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty())
      return;
    std::string list;
    for (auto& value : values) {
      list += list.empty() ? '[' : ',';
      list += quoted(name, value);
    }
    raw(name, list + ']');
  }

  std::string done() const { return out_.empty() ? "{}" : out_ + '}'; }

private:
  void raw(std::string_view name, std::string_view value) {
    out_ += out_.empty() ? '{' : ',';
    out_.append("\"").append(name).append("\":").append(value);
  }

  static std::string quoted(std::string_view name, std::string_view value) {
    if (!proto::is_utf8(value))
      refuse("The " + std::string(name) + " is not UTF-8.");
    constexpr std::string_view hex = "0123456789abcdef";
    std::string out = "\"";
    for (char c : value) {
      auto code = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
      } else if (code < 0x20) {
        out += "\\u00";
        out += hex[code >> 4];
        out += hex[code & 0xf];
      } else {
        out += c;
      }
    }
    return out + '"';
  }

  std::string out_;
};

std::string payload_of(const token_options& options) {
  auto now = std::chrono::floor<std::chrono::seconds>(options.now)
                 .time_since_epoch()
                 .count();
  object_writer out;
  out.text("sub", options.user);
  out.text("iss", options.issuer);
  out.text("aud", options.audience);
  out.number("iat", now);
  if (options.ttl)
    out.number("exp", now + options.ttl->count());
  out.json("info", options.info);
  out.text("channel", options.channel);
  out.text("client", options.client);
  out.texts("channels", options.channels);
  out.json("meta", options.meta);
  return out.done();
}

void check_kind(const token_options& options) {
  if (!options.channel.empty()
      && (!options.channels.empty() || !options.meta.empty()))
    refuse("A subscription token takes no list of channels and no meta.");
  if (options.channel.empty() && !options.client.empty())
    refuse("Only a subscription token names a client; give a channel.");
  if (options.ttl && options.ttl->count() <= 0)
    refuse("The time to live must be above 0 s.");
  if (options.hmac_secret.empty() == options.private_key_pem.empty())
    refuse("Either a secret or a private key must be given.");
}

std::optional<algorithm> algorithm_asked(const token_options& options) {
  if (options.algorithm.empty())
    return std::nullopt;
  auto alg = algorithm_named(options.algorithm);
  if (!alg)
    refuse("The algorithm \"" + options.algorithm
           + "\" is unknown; there are HS256, HS384, HS512, RS256, RS384, "
             "RS512, ES256, ES384 and ES512.");
  return alg;
}

std::string signed_text_of(algorithm alg, const token_options& options) {
  auto header =
      std::string(R"({"alg":")") + to_string(alg) + R"(","typ":"JWT"})";
  return base64url(header) + '.' + base64url(payload_of(options));
}

key_pair private_key(const std::string& pem) {
  try {
    return key_pair::read_private(pem);
  } catch (const std::invalid_argument& error) {
    refuse(std::string("The private key can't be used: ") + error.what());
  }
}

} // namespace

std::string make_token(const token_options& options) {
  check_kind(options);
  auto asked = algorithm_asked(options);
  std::string text;
  std::string signature;
  if (!options.hmac_secret.empty()) {
    auto alg = asked.value_or(algorithm::hs256);
    if (kind_of(alg) != key_kind::hmac)
      refuse(std::string(to_string(alg)) + " needs a private key.");
    text = signed_text_of(alg, options);
    signature = hmac_key{options.hmac_secret}.sign(alg, text);
  } else {
    auto key = private_key(options.private_key_pem);
    auto alg = asked.value_or(key.preferred());
    if (!key.serves(alg))
      refuse(std::string("The private key does not serve ") + to_string(alg)
             + '.');
    text = signed_text_of(alg, options);
    signature = key.sign(alg, text);
  }
  auto token = text + '.' + base64url(signature);
  if (token.size() > max_token_bytes)
    refuse("The token would have " + std::to_string(token.size())
           + " bytes; nodes accept at most 16384.");
  return token;
}

} // namespace actors
