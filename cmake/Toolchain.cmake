# Compiler settings that every target shares.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  # A precompiled header is part of the command line that ccache hashes.
  set(ENV{CCACHE_SLOPPINESS} "pch_defines,time_macros,include_file_mtime,include_file_ctime")
endif()

find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

if(ROOST_SANITIZE)
  # CAF binds null references when an actor function has no extra arguments.
  add_compile_options(-fsanitize=${ROOST_SANITIZE} -fno-sanitize=null,vptr
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ROOST_SANITIZE})
endif()
