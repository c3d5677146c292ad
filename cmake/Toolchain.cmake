# Compiler settings that every target shares.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What ccache's manual asks for with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
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
