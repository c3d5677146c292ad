#pragma once

#include <iosfwd>

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace net {

/// Says on `err` what is wrong with the arguments that `app` has not parsed: a
/// word that no command knows comes first, with what is allowed in its place.
/// Prints the help to `out` when it was that what was asked for. Returns the
/// status of the process: 0 then, else 2.
int refuse_arguments(const CLI::App& app, const CLI::ParseError& wrong,
                     std::ostream& out, std::ostream& err);

} // namespace net
