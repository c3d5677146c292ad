#pragma once

#include <string_view>

namespace net {

/// A file of net/pages, built into the binary.
struct page {
  /// As in the request line: "/", "/demo.js" ...
  std::string_view path;
  std::string_view content_type;
  std::string_view body;
};

/// Returns the page at `path` (without a query), or nullptr: in a build without
/// the demo page (ROOST_DEMO_PAGE=OFF) for all but /roost-polling.js.
const page* find_page(std::string_view path);

} // namespace net
