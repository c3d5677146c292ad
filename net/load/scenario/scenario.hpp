#pragma once

#include "net/load/report.hpp"
#include "net/load/settings.hpp"

namespace net::load {

// Each runs one scenario against the server of the settings, and throws
// load_error or usage_error when there is nothing to report.

/// Subscribers of one room and publishers, at a rate or in search of the
/// highest.
report run_broadcast(const settings& with);

/// Many rooms whose members all publish, at a rate or in search of the highest.
report run_rooms(const settings& with);

/// Connections that stay: what the server needs for each.
report run_idle(const settings& with);

/// Connections that come and go: how many a second.
report run_connect(const settings& with);

/// Clients with one request each under way: round trips a second.
report run_echo(const settings& with);

/// Publications over HTTP, one or many in a request.
report run_api(const settings& with);

/// The generator's own limit, against a sink in this process.
report run_self(const settings& with);

} // namespace net::load
