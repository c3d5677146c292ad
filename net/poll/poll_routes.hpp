#pragma once

#include "actors/client/connection/connection.hpp"
#include "cluster-config/node_config.hpp"
#include "net/admission/admission.hpp"
#include "net/http/exchange.hpp"
#include "net/poll/poll_request.hpp"

#include <cstddef>
#include <string_view>

namespace net {

/// Where clients of long polling send all that they ask.
constexpr std::string_view poll_path = "/connection/poll";

/// Where the module for browsers is (net/pages/roost-polling.js).
constexpr std::string_view poll_module_path = "/roost-polling.js";

/// Of the body of such a request, whose commands have the size of a stranger's
/// message: whose they are is not known before it is read.
std::size_t poll_body_limit(const config::node_config& config);

/// Opens a session for a request that may, and answers with its name. It holds
/// one of `places`, beside the socket of the request.
http_reply open_poll_session(request_context context,
                             const http_request& request,
                             const poll_request& wanted,
                             actors::client_origin origin,
                             const peer_address& client, admission& places);

/// Answers a request that opens none: asks the session, on whatever node it is.
void answer_poll(request_context context, const http_request& request,
                 const poll_request& wanted, on_reply done);

/// The module for browsers, which pages of any origin may load.
http_reply poll_module(const http_request& request);

} // namespace net
