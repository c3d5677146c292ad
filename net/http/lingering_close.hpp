#pragma once

#include "net/admission/admission.hpp"
#include "net/asio.hpp"
#include "net/gateway.hpp"

#include <chrono>
#include <string>

namespace net {

/// Ends a connection whose last bytes are an answer that must arrive. Closing
/// with unread bytes would reset it, and the client might lose the answer: only
/// sending ends at once, and what still comes is read, kept nowhere, until the
/// client ends too, has been silent for a second, or `limit` has passed.
void close_lingering(lane_gateway& where, plain_socket socket,
                     std::chrono::milliseconds limit, socket_place place);

/// Answers 503 with `why` before anything is read, or nothing where that is
/// empty, and ends the connection so. `held` lives as long as the socket.
void turn_away(lane_gateway& where, plain_socket socket, const std::string& why,
               std::shared_ptr<void> held);

} // namespace net
