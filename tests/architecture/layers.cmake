# Builds scratch houses with the project's own helper: downward works, upward fails, at configuring for a link and at compiling for an include.
# Run: cmake -DSOURCE=<repository> -DSCRATCH=<folder> -DCOMPILER=<c++> -P layers.cmake
cmake_minimum_required(VERSION 3.24)

# house(NAME CORE_LINKS CORE_INCLUDES MOTION_LINKS): rooms core and motion, each with one source.
function(house name core_links core_includes motion_links)
  set(folder ${SCRATCH}/${name})
  file(REMOVE_RECURSE ${folder})
  file(WRITE ${folder}/CMakeLists.txt "
cmake_minimum_required(VERSION 3.24)
project(house LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
include(${SOURCE}/packaging/cmake/ChoreiaRooms.cmake)
add_subdirectory(core)
add_subdirectory(motion)
")
  file(WRITE ${folder}/core/CMakeLists.txt "choreia_library(core ${core_links})\n")
  file(WRITE ${folder}/core/stone.h "#pragma once\nint stone();\n")
  file(WRITE ${folder}/core/stone.cpp "${core_includes}\n#include \"core/stone.h\"\nint stone() { return 1; }\n")
  file(WRITE ${folder}/motion/CMakeLists.txt "choreia_library(motion ${motion_links})\n")
  file(WRITE ${folder}/motion/beam.h "#pragma once\nint beam();\n")
  file(WRITE ${folder}/motion/beam.cpp "#include \"motion/beam.h\"\n#include \"core/stone.h\"\nint beam() { return stone(); }\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${folder} -B ${folder}/build -DCMAKE_CXX_COMPILER=${COMPILER}
                  RESULT_VARIABLE configured OUTPUT_VARIABLE output ERROR_VARIABLE output)
  set(built -1)
  if(configured EQUAL 0)
    execute_process(COMMAND ${CMAKE_COMMAND} --build ${folder}/build RESULT_VARIABLE built OUTPUT_VARIABLE build_output ERROR_VARIABLE build_output)
    string(APPEND output "${build_output}")
  endif()
  set(configured ${configured} PARENT_SCOPE)
  set(built ${built} PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect what)
  if(NOT (${ARGN}))
    message(FATAL_ERROR "${what} (configured: ${configured}, built: ${built})\n${output}")
  endif()
  message(STATUS "${what}: as it should")
endfunction()

house(downward "" "" "PUBLIC core")
expect("a downward link and include builds" configured EQUAL 0 AND built EQUAL 0)

house(upward_link "PUBLIC motion" "" "PUBLIC core")
expect("an upward link fails at configuring" NOT configured EQUAL 0 AND output MATCHES "room 'core' may not link room")

house(upward_link_by_target "PRIVATE choreia_motion" "" "PUBLIC core")
expect("an upward link by the target's name fails too" NOT configured EQUAL 0 AND output MATCHES "room 'core' may not link room")

house(upward_link_by_alias "PRIVATE choreia::motion" "" "PUBLIC core")
expect("an upward link by the alias fails too" NOT configured EQUAL 0 AND output MATCHES "room 'core' may not link room")

house(qt_in_the_engine "PRIVATE Qt6::Core" "" "PUBLIC core")
expect("Qt in an engine room fails at configuring" NOT configured EQUAL 0 AND output MATCHES "room 'core' may not link Qt")

house(upward_include "" "#include \"motion/beam.h\"" "PUBLIC core")
expect("an upward include does not compile" configured EQUAL 0 AND NOT built EQUAL 0 AND output MATCHES "motion/beam.h: No such file|'motion/beam.h' file not found")

house(include_without_link "" "" "")
expect("an include of a room that is not linked does not compile" configured EQUAL 0 AND NOT built EQUAL 0 AND output MATCHES "core/stone.h")
