# roost_module(name SOURCES ... [DEPENDS ...] [PRIVATE_DEPENDS ...] [PCH headers ...])
#
# A static library of one folder, with our warnings. What DEPENDS lists is the
# whole of what its headers may include; PRIVATE_DEPENDS is for its sources.
set(ROOST_WARNINGS -Wall -Wextra -Wpedantic -Werror)

# Half of the time for a source goes to headers: compile several at once.
option(ROOST_UNITY_BUILD "Compile the sources of a target in batches" ON)

function(roost_batches name)
  if(ROOST_UNITY_BUILD)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    # A batch includes its sources, and g++ takes their locals for a header's.
    target_compile_options(${name} PRIVATE
      $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

function(roost_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;PCH" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${ROOST_WARNINGS})
  roost_batches(${name})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
  if(arg_PCH)
    target_precompile_headers(${name} PRIVATE ${arg_PCH})
  endif()
endfunction()

# roost_test(name SOURCES ... DEPENDS ... [PCH headers ...])
#
# One GoogleTest binary; every TEST in it becomes a ctest.
function(roost_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PCH" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  # Tests run once for each time that they are compiled: what they test is
  # optimised, they are not.
  target_compile_options(${name} PRIVATE ${ROOST_WARNINGS} -O0 -U_FORTIFY_SOURCE)
  roost_batches(${name})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  if(arg_PCH)
    target_precompile_headers(${name} PRIVATE ${arg_PCH})
  endif()
  set(timeout 120)
  if(ROOST_SANITIZE)
    set(timeout 600)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${timeout})
endfunction()
