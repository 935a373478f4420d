# `tests` builds every test program, `programs` everything that lands in bin/ beside them.
add_custom_target(tests)
add_custom_target(programs)

# One static library for each folder of src/, linked as src/layers.txt says. tests/architecture reads the same
# table and holds every #include against it.

# tutti_layer(NAME [EXTERNAL library…]): the library tutti_NAME from src/NAME/**.cpp (main files excepted: *_main.cpp).
function(tutti_layer name)
  cmake_parse_arguments(arg "" "" "EXTERNAL" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_main\\.cpp$")
  if(NOT sources)
    add_library(tutti_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(tutti_${name} STATIC ${sources})
    set(scope PUBLIC)
  endif()
  target_link_libraries(tutti_${name} ${scope} tutti_options ${arg_EXTERNAL})
  file(STRINGS ${CMAKE_SOURCE_DIR}/src/layers.txt lines REGEX "^${name}:")
  string(REGEX REPLACE "^${name}: *" "" needs "${lines}")
  separate_arguments(needs)
  foreach(need ${needs})
    target_link_libraries(tutti_${name} ${scope} tutti_${need})
  endforeach()
endfunction()

# tutti_test(FOLDER [LINK library…] [EXTERNAL library…]): one program FOLDER_test from tests/FOLDER/*_test.cpp.
function(tutti_test folder)
  cmake_parse_arguments(arg "" "" "LINK;EXTERNAL" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE TUTTI_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(TUTTI_SANITIZE)
    target_compile_options(${name}_test PRIVATE -O0)  # the tests themselves: half the time of a whole build
  endif()
  target_link_libraries(${name}_test PRIVATE ${arg_LINK} ${arg_EXTERNAL} GTest::gtest_main GTest::gmock rapidcheck)
  add_test(NAME ${name} COMMAND ${name}_test)
  add_dependencies(tests ${name}_test)
endfunction()

# tutti_program(NAME SOURCE… LINK library…): an executable in bin/.
function(tutti_program name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  add_dependencies(programs ${name})
endfunction()
