# The few build rules every directory uses.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

add_library(mailreeve_flags INTERFACE)
target_include_directories(mailreeve_flags INTERFACE ${CMAKE_SOURCE_DIR}
                                                     ${CMAKE_BINARY_DIR})
target_compile_options(
  mailreeve_flags
  INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion
            -Wsign-conversion
            $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
            $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
            $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>
            # Designated initialisers leave the rest to its default on purpose.
            -Wno-missing-field-initializers -fno-omit-frame-pointer
            -fstack-protector-strong)
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_definitions(mailreeve_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
# Tell the code where `cmake --install` puts what it looks for at run time.
target_compile_definitions(
  mailreeve_flags
  INTERFACE MAILREEVE_VERSION="${PROJECT_VERSION}"
            MAILREEVE_DATA_DIR="${CMAKE_INSTALL_FULL_DATADIR}/mailreeve")
if(MAILREEVE_SANITIZE)
  # The inserted checks draw warnings of their own; the plain builds have the
  # last word on warnings.
  target_compile_options(
    mailreeve_flags INTERFACE -fsanitize=${MAILREEVE_SANITIZE}
                              -fno-sanitize-recover=all -Wno-error)
  target_link_options(mailreeve_flags INTERFACE
                      -fsanitize=${MAILREEVE_SANITIZE})
endif()

# What nearly every file includes, compiled once for the libraries and once, with
# doctest, for the unit tests: programs are compiled with other options (-fPIE).
# Both are good for all only where all have the same of what the C library's
# headers look at: some packages set it for those who use them.
target_compile_options(mailreeve_flags INTERFACE -pthread)
target_compile_definitions(mailreeve_flags INTERFACE _LARGEFILE64_SOURCE)
if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  # GCC 12 forgets that they are the system's, and warns of what std::string does
  # in them. Release builds go without, and have the last word.
  foreach(warning array-bounds restrict stringop-overflow stringop-overread
                  maybe-uninitialized free-nonheap-object)
    target_compile_options(mailreeve_flags
                           INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-${warning}>)
  endforeach()
endif()
set(MAILREEVE_COMMON_HEADERS
    <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map>
    <memory> <mutex> <optional> <string> <string_view> <unordered_map> <utility>
    <vector>)

# mailreeve_precompile(TARGET FIRST HEADER...)
#
# TARGET takes the headers that FIRST has compiled; FIRST compiles them.
function(mailreeve_precompile target first)
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    # What ccache takes for the compiled headers' content, which names the
    # directory: so that a second checkout finds what the first has compiled.
    # They are the system's headers, which change with the compiler.
    file(
      GENERATE
      OUTPUT
        ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.gch.sum
      CONTENT "${ARGN}\n")
  elseif(TARGET ${first})
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()

# mailreeve_modules(DIRECTORY...)  The directories that have come so far, bottom
# to top: a module links only what stands above it in the list.
macro(mailreeve_modules)
  foreach(directory ${ARGN})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${directory}/CMakeLists.txt)
      add_subdirectory(${directory})
    endif()
  endforeach()
endmacro()

# mailreeve_library(NAME [RECURSE] [EXCLUDE file...] [LINK target...])
#
# A static library of every *.cpp in the calling directory. A directory is a
# module: adding a file needs no edit here.
function(mailreeve_library name)
  cmake_parse_arguments(ARG "RECURSE" "" "EXCLUDE;LINK" ${ARGN})
  if(ARG_RECURSE)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cpp)
  else()
    file(GLOB sources CONFIGURE_DEPENDS *.cpp)
  endif()
  foreach(file IN LISTS ARG_EXCLUDE)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC mailreeve_flags ${ARG_LINK})
  mailreeve_precompile(${name} mailreeve_base ${MAILREEVE_COMMON_HEADERS})
endfunction()

# mailreeve_unit_test(DIRECTORY [LINK target...])
#
# One doctest program, unit_DIRECTORY, of every *.cpp in tests/unit/DIRECTORY.
function(mailreeve_unit_test directory)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  string(REPLACE "/" "_" name unit_${directory})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
       ${CMAKE_SOURCE_DIR}/tests/unit/${directory}/*.cpp)
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE mailreeve_test_main ${ARG_LINK})
  mailreeve_precompile(${name} unit_base ${MAILREEVE_COMMON_HEADERS}
                       <doctest/doctest.h>)
  if(NOT TARGET unit_tests)
    add_custom_target(unit_tests)
  endif()
  add_dependencies(unit_tests ${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(
    ${name}
    PROPERTIES LABELS unit TIMEOUT 300 WORKING_DIRECTORY
               ${CMAKE_SOURCE_DIR}/tests/unit/${directory})
endfunction()
