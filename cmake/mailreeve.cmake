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
