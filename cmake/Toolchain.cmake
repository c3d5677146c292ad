# Compiler settings that every target shares.

find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

if(ROOST_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "ROOST_BUILD_FUZZERS needs clang, as the preset fuzz has it")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(ROOST_SANITIZE)
  # CAF binds null references when an actor function has no extra arguments.
  add_compile_options(-fsanitize=${ROOST_SANITIZE} -fno-sanitize=null,vptr
                      -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # A third of the time that g++ takes for a file with all checks. What reads
    # the bytes of others is checked for it by clang: see the preset fuzz.
    add_compile_options(-fno-sanitize=alignment)
    # Sanitized code makes it see paths that are not there; the release build
    # warns of those that are.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  add_link_options(-fsanitize=${ROOST_SANITIZE})
  if(ROOST_SANITIZE STREQUAL thread)
    # Asio has fences of its own beside its locks, which the sanitizer cannot
    # follow and g++ warns of.
    add_compile_options(-Wno-tsan)
    # Protobuf's classes have other members where this macro is set, and
    # Debian's library is built without; the standard library needs to know.
    add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
  endif()
endif()
