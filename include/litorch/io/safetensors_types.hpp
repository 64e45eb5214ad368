// SPDX-License-Identifier: MIT
// What the header of a safetensors file says, and the names it has for element types.
#pragma once

#include <litorch/base/dtype.hpp>
#include <litorch/shape/shape.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace litorch {

/// One tensor of a safetensors file: little-endian elements in row-major order.
struct SafetensorsEntry {
  std::string name;
  std::string type;            ///< as the file spells it: F32
  std::optional<DType> dtype;  ///< none where litorch has no C++ type for it: BF16, F8_E4M3 and the like
  Shape shape;
  Index data_offset = 0;  ///< from the start of the file
  Index data_bytes = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> tensors;  ///< in the order of their data
  std::map<std::string, std::string> metadata;
};

/// The longest header that is accepted, in bytes: the limit of the format.
inline constexpr Index kSafetensorsMaxHeader = 100'000'000;

namespace detail {

struct SafetensorsType {
  std::string_view name;
  Index bits;
  std::optional<DType> dtype;
};
inline constexpr SafetensorsType kSafetensorsTypes[] = {
    {"BOOL", 8, DType::boolean},
    {"I8", 8, DType::int8},
    {"I16", 16, DType::int16},
    {"I32", 32, DType::int32},
    {"I64", 64, DType::int64},
    {"U8", 8, DType::uint8},
    {"U16", 16, DType::uint16},
    {"U32", 32, DType::uint32},
    {"U64", 64, DType::uint64},
    {"F16", 16, DType::float16},
    {"F32", 32, DType::float32},
    {"F64", 64, DType::float64},
    {"C64", 64, DType::complex64},
    {"BF16", 16, {}},
    {"F8_E4M3", 8, {}},
    {"F8_E5M2", 8, {}},
    {"F8_E8M0", 8, {}},
    {"F6_E2M3", 6, {}},
    {"F6_E3M2", 6, {}},
    {"F4", 4, {}},
};

}  // namespace detail
}  // namespace litorch
