#pragma once

#include <string_view>

namespace net::load {

/// How a publisher brings its publications to a server.
class publication_way {
public:
  /// Whether it works, and little enough waits in it.
  virtual bool takes_more() const = 0;

  /// Queues a publication for `flush`; while it takes more.
  virtual void publish(std::string_view payload) = 0;

  virtual void flush() = 0;

protected:
  ~publication_way() = default;
};

} // namespace net::load
