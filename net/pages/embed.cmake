# Writes OUTPUT, a C++ source with the files of PAGES (joined by "|") as
# constants. Each is served under its file name, index.html as "/".
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")

string(REPLACE "|" ";" files "${PAGES}")
list(LENGTH files count)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name "${file}" NAME)
  get_filename_component(extension "${file}" LAST_EXT)
  string(SUBSTRING "${extension}" 1 -1 extension)
  set(path "/${name}")
  if(name STREQUAL "index.html")
    set(path "/")
  endif()
  file(READ "${file}" body)
  # The map file that a minified script names is not served.
  string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" body "${body}")
  string(APPEND entries
    "    {\"${path}\", \"${type_${extension}}\",\n"
    "     R\"roost_page(${body})roost_page\"},\n")
endforeach()

file(WRITE "${OUTPUT}" "\
// Made by net/pages/embed.cmake from the files of net/pages.
#include \"net/pages/pages.hpp\"

#include <array>

namespace net {

namespace {

constexpr std::array<page, ${count}> pages{{
${entries}}};

} // namespace

const page* find_page(std::string_view path) {
  for (const auto& candidate : pages) {
    if (candidate.path == path)
      return &candidate;
  }
  return nullptr;
}

} // namespace net
")
