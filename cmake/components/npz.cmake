# NumPy's .npz archives. Debian: libzip-dev. Looked for without its CMake package, which on Debian wants programs of
# libzip-tools.
set(headers io/npz.hpp io/npz_archive.hpp io/npz_reader.hpp io/npz_writer.hpp)
find_path(LITORCH_LIBZIP_INCLUDE_DIR zip.h)
find_library(LITORCH_LIBZIP_LIBRARY zip)
mark_as_advanced(LITORCH_LIBZIP_INCLUDE_DIR LITORCH_LIBZIP_LIBRARY)
if(LITORCH_LIBZIP_INCLUDE_DIR AND LITORCH_LIBZIP_LIBRARY AND NOT TARGET litorch_libzip)
  add_library(litorch_libzip INTERFACE IMPORTED GLOBAL)
  target_include_directories(litorch_libzip INTERFACE ${LITORCH_LIBZIP_INCLUDE_DIR})
  target_link_libraries(litorch_libzip INTERFACE ${LITORCH_LIBZIP_LIBRARY})
endif()
set(needs litorch_libzip)
