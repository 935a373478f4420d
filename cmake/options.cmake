# Compiler, linker and sanitizer settings shared by every target.
add_library(tutti_options INTERFACE)
target_compile_options(tutti_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
target_include_directories(tutti_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include)
# Boost 1.81 at its own: no header of an older Boost can win.
target_compile_definitions(tutti_options INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
                           BOOST_ERROR_CODE_HEADER_ONLY)

set(CMAKE_C_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1 -fno-omit-frame-pointer")

if(TUTTI_WERROR)
  target_compile_options(tutti_options INTERFACE -Werror)
endif()
if(TUTTI_SANITIZE)
  target_compile_options(tutti_options INTERFACE -fsanitize=${TUTTI_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(tutti_options INTERFACE -fsanitize=${TUTTI_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT TUTTI_SANITIZE STREQUAL "thread")
    target_compile_options(tutti_options INTERFACE -fno-sanitize=function)
  endif()
endif()

find_program(TUTTI_CCACHE ccache)
if(TUTTI_CCACHE)
  # Paths below the source tree do not count: another checkout of the same code compiles nothing again.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=true
                                  ${TUTTI_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
find_program(TUTTI_MOLD mold)
if(TUTTI_MOLD)
  target_link_options(tutti_options INTERFACE -fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
