#include "net/token_command.hpp"

#include "actors/auth/token_maker.hpp"
#include "cluster-config/loader.hpp"
#include "cluster-config/quantity.hpp"
#include "cluster-config/text_file.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace net {

namespace {

/// The command line of `roost token`.
struct token_arguments {
  std::string config_file;
  std::string private_key_file;
  std::string ttl = "24h";
  actors::token_options options;
};

/// The keys of this machine's node, and what it checks besides them.
void take_from_config(const std::string& file, actors::token_options& options) {
  auto client = config::load(file).client;
  auto own = !options.channel.empty() && client.subscription_token.enabled;
  const config::token_keys& keys =
      own ? static_cast<config::token_keys&>(client.subscription_token)
          : client.token;
  if (keys.hmac_secret_key.empty())
    throw std::invalid_argument(
        file + " has no " + (own ? "client.subscription_token" : "client.token")
        + ".hmac_secret_key to sign with; give --secret or --private-key.");
  options.hmac_secret = keys.hmac_secret_key;
  if (options.audience.empty())
    options.audience = keys.audience;
  if (options.issuer.empty())
    options.issuer = keys.issuer;
}

std::string make(const token_arguments& arguments) {
  auto options = arguments.options;
  auto ttl = config::parse_duration(arguments.ttl);
  if (!ttl || ttl->count() % 1000 != 0)
    throw std::invalid_argument("The time to live \"" + arguments.ttl
                                + "\" is not a time in whole seconds, such as "
                                  "90s, 24h or 0s for no end.");
  if (ttl->count() > 0)
    options.ttl = std::chrono::duration_cast<std::chrono::seconds>(*ttl);
  if (!arguments.private_key_file.empty()) {
    auto pem = config::read_text_file(arguments.private_key_file);
    if (!pem)
      throw std::invalid_argument("The key file \"" + arguments.private_key_file
                                  + "\" can't be read.");
    options.private_key_pem = *pem;
  }
  if (!arguments.config_file.empty())
    take_from_config(arguments.config_file, options);
  return actors::make_token(options);
}

void add_options(CLI::App& token, token_arguments& arguments) {
  auto& options = arguments.options;
  auto& signer =
      *token.add_option_group("Signed with", "Exactly one of these is given");
  signer.add_option("--secret", options.hmac_secret, "HMAC secret");
  signer.add_option("--config", arguments.config_file,
                    "Configuration of a node that takes the token");
  signer.add_option("--private-key", arguments.private_key_file,
                    "PEM file of an RSA or EC key");
  signer.require_option(1);
  token.add_option("--algorithm", options.algorithm,
                   "Such as HS256 (default: what the key is for)");
  token.add_option("--user", options.user, "User id (default: anonymous)");
  token
      .add_option("--ttl", arguments.ttl,
                  "How long the token is good; 0s: forever")
      ->capture_default_str();
  token.add_option("--info", options.info, "JSON that others see of the user");
  token.add_option("--audience", options.audience, "Whom the token is for");
  token.add_option("--issuer", options.issuer, "Who made the token");
  token.add_option("--channel", options.channel,
                   "Make a subscription token for this channel");
  token.add_option("--client", options.client,
                   "Subscription token: the one client id that may use it");
  token
      .add_option("--channels", options.channels,
                  "Connection token: channels that the server subscribes to, "
                  "separated by commas")
      ->delimiter(',');
  token.add_option("--meta", options.meta,
                   "Connection token: JSON for the server alone");
}

} // namespace

void add_token(CLI::App& app, int& exit_code, std::ostream& out,
               std::ostream& err) {
  auto& token = *app.add_subcommand("token", "Make a token for development");
  auto arguments = std::make_shared<token_arguments>();
  add_options(token, *arguments);
  token.callback([&exit_code, &out, &err, arguments] {
    try {
      out << make(*arguments) << '\n';
      exit_code = 0;
    } catch (const config::error& error) {
      err << error.what() << '\n';
      exit_code = 2;
    } catch (const std::invalid_argument& error) {
      err << "roost token: " << error.what() << '\n';
      exit_code = 2;
    }
  });
}

} // namespace net
