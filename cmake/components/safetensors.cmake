# Files of safetensors. Debian: nlohmann-json3-dev.
set(headers io/safetensors.hpp io/safetensors_header.hpp io/safetensors_types.hpp)
find_package(nlohmann_json 3 QUIET CONFIG)
set(needs nlohmann_json::nlohmann_json)
