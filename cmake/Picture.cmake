# The picture of the layers, ARCHITECTURE.svg, drawn from the #include lines of include/litorch. An arrow is an include
# that no other way of arrows says already; the words in a box are all the layers it includes.
#
#   cmake -P cmake/Picture.cmake                draws it anew
#   cmake -D CHECK=ON -P cmake/Picture.cmake    fails where it is not what would be drawn
#
# INCLUDE_DIR (the folder that holds litorch/) and PICTURE may be given too.
cmake_minimum_required(VERSION 3.25)

cmake_path(SET root NORMALIZE ${CMAKE_CURRENT_LIST_DIR}/..)
if(NOT INCLUDE_DIR)
  set(INCLUDE_DIR ${root}/include)
endif()
if(NOT PICTURE)
  set(PICTURE ${root}/ARCHITECTURE.svg)
endif()

# --- the layers, each before those that may include it: where its box is, and what is in it --------------------------
set(layers "")
set(height 72)
macro(layer name x y width fill about)
  list(APPEND layers ${name})
  set(x_${name} ${x})
  set(y_${name} ${y})
  set(width_${name} ${width})
  set(fill_${name} ${fill})
  set(about_${name} "${about}")
endmacro()
layer(base 84 648 640 eaeef2 "errors, element types, facts about the platform")
layer(shape 300 532 204 ddf4ff "shapes, strides, runs")
layer(parallel 84 532 192 ddf4ff "executors, threads")
layer(posix 528 532 196 ddf4ff "every system call")
layer(tensor 300 416 424 dafbe1 "memory, views of it, and the handle that owns")
layer(ops 84 300 640 fff8c5 "cat, stack, split, Assembly, Growable, reductions: plans of disjoint ranges")
layer(interop 772 416 184 fbefff "Eigen, DLPack")
layer(ipc 84 184 308 ffebe9 "shared tensors, process pools")
layer(io 416 184 308 ffebe9 "files: .npy, shards of them, and more")
layer(data 84 68 640 fff1e5 "datasets, samplers, collation, loaders")
layer(distributed 772 68 184 fbefff "many machines: MPI")

# --- what includes what ----------------------------------------------------------------------------------------------
file(GLOB folders RELATIVE ${INCLUDE_DIR}/litorch LIST_DIRECTORIES TRUE ${INCLUDE_DIR}/litorch/*)
list(FILTER folders EXCLUDE REGEX "\\.hpp$")
foreach(folder IN LISTS folders)
  if(NOT folder IN_LIST layers)
    message(FATAL_ERROR "include/litorch/${folder} has no place in the picture: give it one in cmake/Picture.cmake")
  endif()
  set(included "")
  file(GLOB_RECURSE headers ${INCLUDE_DIR}/litorch/${folder}/*.hpp)
  foreach(header IN LISTS headers)
    file(STRINGS ${header} lines REGEX "^[ \t]*#[ \t]*include[ \t]*<litorch/[^/>]+/")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^[^<]*<litorch/([^/]+)/.*" "\\1" target "${line}")
      list(APPEND included ${target})
    endforeach()
  endforeach()
  set(direct_${folder} "")
  foreach(layer IN LISTS layers) # in the order of the layers
    if(layer IN_LIST included AND NOT layer STREQUAL folder)
      list(APPEND direct_${folder} ${layer})
    endif()
  endforeach()
endforeach()

foreach(layer IN LISTS layers)
  if(NOT layer IN_LIST folders)
    list(REMOVE_ITEM layers ${layer})
    continue()
  endif()
  set(far_${layer} "") # what is reached in two steps or more
  foreach(target IN LISTS direct_${layer})
    list(APPEND far_${layer} ${direct_${target}} ${far_${target}})
  endforeach()
endforeach()

# --- the drawing ------------------------------------------------------------------------------------------------------
set(arrows "")
set(boxes "")
macro(arrow path)
  string(APPEND arrows "  <path d=\"${path}\"/>\n")
endmacro()

# From the lower edge straight down; beside each other, straight across; else down and across, from above where other boxes
# are in the way. Each way out of a box has a place of its own.
function(draw_arrow from to number)
  set(left ${x_${from}})
  if(left LESS x_${to})
    set(left ${x_${to}})
  endif()
  math(EXPR from_right "${x_${from}} + ${width_${from}}")
  math(EXPR to_right "${x_${to}} + ${width_${to}}")
  set(right ${from_right})
  if(to_right LESS right)
    set(right ${to_right})
  endif()
  math(EXPR bottom "${y_${from}} + ${height}")
  math(EXPR middle "${y_${to}} + ${height} / 2")
  math(EXPR tip "${to_right} + 3")
  if(left LESS right)
    math(EXPR x "(${left} + ${right}) / 2")
    math(EXPR top "${y_${to}} - 3")
    arrow("M${x} ${bottom}V${top}")
  elseif(y_${from} EQUAL y_${to})
    arrow("M${x_${from}} ${middle}H${tip}")
  else()
    math(EXPR x "${x_${from}} + 28 + 32 * ${number}")
    if(to_right LESS 724)
      math(EXPR gap "${y_${to}} - 22")
      math(EXPR into "${to_right} - 40")
      math(EXPR top "${y_${to}} - 3")
      arrow("M${x} ${bottom}V${gap}H${into}V${top}")
    else()
      arrow("M${x} ${bottom}V${middle}H${tip}")
    endif()
  endif()
  set(arrows "${arrows}" PARENT_SCOPE)
endfunction()

foreach(layer IN LISTS layers)
  set(number 0)
  foreach(target IN LISTS direct_${layer})
    if(NOT target IN_LIST far_${layer})
      draw_arrow(${layer} ${target} ${number})
      math(EXPR number "${number} + 1")
    endif()
  endforeach()

  math(EXPR middle "${x_${layer}} + ${width_${layer}} / 2")
  math(EXPR letters "${width_${layer}} / 5") # that fit into a line
  set(words "includes only the standard library")
  set(more "")
  set(before "includes ")
  foreach(target IN LISTS direct_${layer})
    if(before STREQUAL "includes ")
      set(words "")
    endif()
    string(LENGTH "${words}${before}${target}" length)
    if(length GREATER letters OR more)
      string(APPEND more "${before}${target}")
    else()
      string(APPEND words "${before}${target}")
    endif()
    set(before " · ")
  endforeach()
  set(steps 24 44 64)
  if(more)
    set(steps 20 37 52)
    math(EXPR y "${y_${layer}} + 66")
    set(more "    <text x=\"${middle}\" y=\"${y}\" class=\"small\">${more}</text>\n")
  endif()
  foreach(line name about includes)
    list(POP_FRONT steps step)
    math(EXPR text_${line} "${y_${layer}} + ${step}")
  endforeach()
  string(APPEND boxes "  <g>\n"
    "    <rect x=\"${x_${layer}}\" y=\"${y_${layer}}\" width=\"${width_${layer}}\" height=\"${height}\" rx=\"8\" fill=\"#${fill_${layer}}\"/>\n"
    "    <text x=\"${middle}\" y=\"${text_name}\" class=\"name\">${layer}/</text>\n"
    "    <text x=\"${middle}\" y=\"${text_about}\">${about_${layer}}</text>\n"
    "    <text x=\"${middle}\" y=\"${text_includes}\" class=\"small\">${words}</text>\n"
    "${more}"
    "  </g>\n")
endforeach()

set(levels "")
foreach(level RANGE 5)
  math(EXPR y "653 + ${height} / 2 - 116 * ${level}")
  string(APPEND levels "  <text x=\"56\" y=\"${y}\" class=\"level\">L${level}</text>\n")
endforeach()

set(legend "")
set(y 624)
foreach(line "An arrow: #include lines that" "no other arrows imply." "" "Headers that need a library are" "opt-in wherever they lie:" "cmake/components says which.")
  math(EXPR y "${y} + 15")
  string(APPEND legend "  <text x=\"772\" y=\"${y}\" class=\"small legend\">${line}</text>\n")
endforeach()

string(CONCAT drawn
"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 768\" width=\"1000\" height=\"768\" role=\"img\">\n"
"  <title>The layers of litorch and what each includes</title>\n"
"  <!-- Drawn by cmake -P cmake/Picture.cmake from the #include lines; do not edit. -->\n"
"  <style>\n"
"    text { font: 13px 'Helvetica Neue', Helvetica, Arial, sans-serif; fill: #1f2328; text-anchor: middle }\n"
"    .name { font-size: 16px; font-weight: 700 }\n"
"    .small { font-size: 11px; fill: #59636e }\n"
"    .level { font-size: 14px; font-weight: 700; fill: #818b98 }\n"
"    .title { font-size: 14px; font-weight: 700; text-anchor: start }\n"
"    .legend { text-anchor: start }\n"
"    .panel { fill: #f6f8fa; stroke: #d1d9e0 }\n"
"    g rect { stroke: #818b98 }\n"
"    path { fill: none; stroke: #59636e; stroke-width: 1.6; marker-end: url(#tip) }\n"
"  </style>\n"
"  <defs>\n"
"    <marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\">\n"
"      <polygon points=\"0,0 8,4 0,8\" fill=\"#59636e\"/>\n"
"    </marker>\n"
"  </defs>\n"
"  <rect width=\"1000\" height=\"768\" rx=\"12\" fill=\"#ffffff\"/>\n"
"  <rect x=\"24\" y=\"20\" width=\"716\" height=\"724\" rx=\"12\" class=\"panel\"/>\n"
"  <rect x=\"756\" y=\"20\" width=\"220\" height=\"724\" rx=\"12\" class=\"panel\" stroke-dasharray=\"6 4\"/>\n"
"  <text x=\"40\" y=\"48\" class=\"title\">litorch::litorch, all of litorch.hpp</text>\n"
"  <text x=\"772\" y=\"48\" class=\"title\">opt-in: targets of their own</text>\n"
"${levels}${arrows}${boxes}${legend}</svg>\n")

if(NOT CHECK)
  file(WRITE ${PICTURE} "${drawn}")
  return()
endif()
file(READ ${PICTURE} found)
if(NOT found STREQUAL drawn)
  message(FATAL_ERROR "${PICTURE} is not what the #include lines say; draw it anew: cmake -P cmake/Picture.cmake")
endif()
