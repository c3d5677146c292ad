# What makes a mistake with memory end the process rather than serve whoever
# made it happen. tests/protocol/hardening.test.mjs looks for it in the binary.

# Sanitizers watch more closely.
if(NOT ROOST_SANITIZE)
  add_compile_options(-fPIE)
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    add_compile_options(-fcf-protection=full)
  endif()
  # Checks the bounds of containers and views, where they are cheap to know.
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  # Needs the optimiser; the C library warns where there is none. A packager's
  # flags may have one of their own.
  set(optimised $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)
  add_compile_options(
    "$<${optimised}:SHELL:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>")
endif()
