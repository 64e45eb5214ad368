// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/io/safetensors.hpp>

using namespace litorch;
using Code = FormatCode;

namespace {

struct Hostile {
  const char* name;
  Code code;
  std::string json;  ///< `@` is left out and marks the byte that the error names; without one it is not checked
  std::size_t data = 24;
};

/// A header of one tensor `a` with these members.
std::string one(const std::string& members) { return "{\"a\":{" + members + "}}"; }
std::string typed(const std::string& dtype) {
  return one("\"shape\":[2,3],\"data_offsets\":[0,24],\"dtype\":" + dtype);
}
std::string shaped(const std::string& shape) {
  return one("\"dtype\":\"F32\",\"data_offsets\":[0,24],\"shape\":" + shape);
}
std::string placed(const std::string& offsets) {
  return one("\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":" + offsets);
}
const std::string kGood = "\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]";
std::string second(const std::string& offsets) {
  return "{\"a\":{" + kGood + "},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" + offsets + "}}";
}

std::vector<Hostile> table() {
  std::vector<Hostile> rows = {
      {"nothing", Code::bad_syntax, "@"},
      {"a space first", Code::bad_syntax, "@ {}"},
      {"a byte order mark", Code::bad_syntax, "@\xef\xbb\xbf{}"},
      {"a list", Code::bad_syntax, "@[]"},
      {"a zero byte", Code::bad_syntax, std::string("{}@\0", 4)},
      {"a zero byte inside", Code::bad_syntax, one(kGood) + std::string("@\0}", 3)},
      {"no end", Code::bad_syntax, "{\"a\":{"},
      {"a comma at the end", Code::bad_syntax, "{\"a\":{" + kGood + "},@}"},
      {"something behind", Code::bad_syntax, one(kGood) + "@x"},
      {"two objects", Code::bad_syntax, one(kGood) + "@{}"},
      {"a comment", Code::bad_syntax, "{@/* */}"},
      {"single quotes", Code::bad_syntax, "{@'a':1}"},
      {"not UTF-8", Code::bad_syntax, "{\"@\xff\":1}"},
      {"an overlong code", Code::bad_syntax, "{\"@\xc0\x80\":1}"},
      {"half a surrogate", Code::bad_syntax, "{\"\\ud800@\":1}"},
      {"a newline in a name", Code::bad_syntax, "{\"@\n\":1}"},
      {"NaN", Code::bad_syntax, "{\"a\":@NaN}"},
      {"a number too large for any type", Code::bad_syntax, shaped("[1e999]")},
      {"a tensor that is a number", Code::bad_syntax, "{\"a\":1}@"},
      {"a tensor that is null", Code::bad_syntax, "{\"a\":null@}"},
      {"a tensor that is true", Code::bad_syntax, "{\"a\":true@}"},
      {"a tensor that is a text", Code::bad_syntax, "{\"a\":\"b\"@}"},
      {"a tensor that is a list", Code::bad_syntax, "{\"a\":[@]}"},
      {"a list in a list in a list", Code::bad_syntax, "{\"a\":[@" + std::string(90'000, '[') + "}"},
      {"objects without end", Code::unknown_key,
       [] {
         std::string text;
         for (int i = 0; i < 20'000; ++i) text += "{\"a\":";
         return text.insert(std::string("{\"a\":{\"a\"").size(), "@");
       }()},
      {"lists without end in a shape", Code::bad_shape, shaped("[[@" + std::string(90'000, '['))},
      {"two tensors of one name", Code::duplicate_key, "{\"a\":{" + kGood + "},\"a\"@:{" + kGood + "}}"},
      {"one name, spelled twice", Code::duplicate_key, "{\"a\":{" + kGood + "},\"\\u0061\"@:{" + kGood + "}}"},
      {"two shapes", Code::duplicate_key, one(kGood + ",\"shape\"@:[2,3]")},
      {"two types", Code::duplicate_key, one("\"dtype\":\"F32\",\"dtype\"@:\"F32\"")},
      {"two offsets", Code::duplicate_key, one(kGood + ",\"data_offsets\"@:[0,24]")},
      {"metadata twice", Code::duplicate_key, "{\"__metadata__\":{},\"__metadata__\"@:{}}"},
      {"one key of the metadata twice", Code::duplicate_key, "{\"__metadata__\":{\"k\":\"v\",\"k\"@:\"w\"}}"},
      {"an unknown key", Code::unknown_key, one(kGood + ",\"strides\"@:[3,1]")},
      {"a key in capitals", Code::unknown_key, one("\"DTYPE\"@:\"F32\"")},
      {"an empty tensor", Code::missing_key, "{\"a\":{}@}"},
      {"no type", Code::missing_key, "{\"a\":{\"shape\":[2,3],\"data_offsets\":[0,24]}@}"},
      {"no shape", Code::missing_key, "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,24]}@}"},
      {"no offsets", Code::missing_key, "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3]}@}"},
      {"metadata that are a list", Code::bad_metadata, "{\"__metadata__\":[@]}"},
      {"metadata that are null", Code::bad_metadata, "{\"__metadata__\":null@}"},
      {"metadata with a number", Code::bad_metadata, "{\"__metadata__\":{\"k\":true@}}"},
      {"metadata with an object", Code::bad_metadata, "{\"__metadata__\":{\"k\":{@}}}"},
  };
  for (const char* text : {"\"f32\"@", "\"F33\"@", "\"\"@", "\"float32\"@", "\"F32 \"@", "\"<f4\"@", "null@", "[@]",
                           "{@}", "true@", "\"BF17\"@", "\"C128\"@"})
    rows.push_back({text, Code::bad_dtype, typed(text)});
  for (const char* text : {"\"2,3\"@", "null@", "{@}", "true@", "[\"2\"@,3]", "[null@]", "[2,[@3]]", "[2.0,3]", "[1e1]",
                           "[true@]", "[{@}]"})
    rows.push_back({text, Code::bad_shape, shaped(text)});
  for (const char* text : {"\"0,24\"@", "null@", "{@}", "[]@", "[0]", "[0,24,0]", "[0.0,24]", "[0,24.0]", "[-0,24]",
                           "[-1,23]", "[\"0\"@,24]", "[[@0,24]]", "[0,18446744073709551615]", "[24,0]", "[0,23]",
                           "[0,25]", "[9223372036854775807,9223372036854775807]", "[0,9223372036854775808]"})
    rows.push_back({text, Code::bad_offsets, placed(text)});
  for (const char* text : {"[-1]", "[2,-3]", "[-9223372036854775808]", "[-0]"})
    rows.push_back({text, Code::negative_extent, shaped(text)});
  for (const char* text : {"[9223372036854775808]", "[18446744073709551615]", "[18446744073709551616]"})
    rows.push_back({text, Code::extent_too_large, shaped(text)});
  for (const char* text : {"[1,1,1,1,1,1,1,1,1]", "[2,3,1,1,1,1,1,1,1,1]"})
    rows.push_back({text, Code::too_many_dims, shaped(text)});
  for (const char* text : {"[9223372036854775807]", "[4294967296,4294967296]", "[0,9223372036854775807]",
                           "[4611686018427387904]", "[9223372036854775807,0]"})
    rows.push_back({text, Code::size_overflow, shaped(text)});
  rows.push_back({"half a byte", Code::bad_offsets, one("\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]"), 1});
  return rows;
}

std::string file_of(std::string json, std::size_t data, std::size_t* mark = nullptr) {
  const std::size_t at = json.find('@');
  if (mark != nullptr) *mark = at;
  if (at != std::string::npos) json.erase(at, 1);
  return support::little_endian(json.size(), 8) + json + std::string(data, '\0');
}

SafetensorsHeader parse(const std::string& file) {
  const std::vector<char> bytes(file.begin(), file.end());  // memory that ends where the file does
  return parse_safetensors_header("test", "bytes", std::as_bytes(std::span(bytes)), static_cast<Index>(file.size()));
}

}  // namespace

TEST_CASE("every hostile safetensors header is refused with its own code and byte offset") {
  for (const Hostile& row : table()) {
    INFO(row.name << ": " << row.json.substr(0, 100));
    std::size_t mark = 0;
    const std::string file = file_of(row.json, row.data, &mark);
    const auto [code, offset] = support::format_error([&] { parse(file); });
    CHECK(code == static_cast<int>(row.code));
    if (mark != std::string::npos) CHECK(offset == static_cast<Index>(8 + mark));
  }
  CHECK(table().size() >= 90);
}

TEST_CASE("safetensors data that overlap, leave holes, or do not fill the file are refused where they do") {
  const auto error = [](const std::string& json, std::size_t data) {
    return support::format_error([&] { parse(file_of(json, data)); });
  };
  const auto at = [](Code code, const std::string& json, Index offset) {
    return std::pair{static_cast<int>(code), static_cast<Index>(8 + json.size()) + offset};
  };
  const std::string sound = second("[24,28]"), hole = second("[25,29]"), overlap = second("[20,24]"),
                    inside = second("[4,8]"), late = one("\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[1,5]");
  CHECK(error(sound, 28).first == -1);
  CHECK(error(sound, 27) == at(Code::truncated_data, sound, 27));
  CHECK(error(sound, 0) == at(Code::truncated_data, sound, 0));
  CHECK(error(sound, 29) == at(Code::trailing_data, sound, 28));
  CHECK(error(hole, 29) == at(Code::data_gap, hole, 24));
  CHECK(error(overlap, 24) == at(Code::overlapping_data, overlap, 20));
  CHECK(error(inside, 24) == at(Code::overlapping_data, inside, 4));
  CHECK(error(late, 5) == at(Code::data_gap, late, 0));
  CHECK(error("{}", 0).first == -1);
  CHECK(error("{}", 1) == at(Code::trailing_data, "{}", 0));
  const std::string far =
      one("\"dtype\":\"U8\",\"shape\":[9223372036854775807],\"data_offsets\":[0,9223372036854775807]");
  CHECK(error(far, 8) == at(Code::truncated_data, far, 8));
}

TEST_CASE("a safetensors header over 100 MB or over the file's size is refused before anything is allocated for it") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  const auto error = [&](std::uint64_t length) {
    support::write_file(path, support::little_endian(length, 8) + "{}");
    return support::format_error([&] { safetensors_info(path); });
  };
  const int too_long = static_cast<int>(Code::header_too_long), truncated = static_cast<int>(Code::truncated_header);
  CHECK(error(2).first == -1);
  CHECK(error(3) == std::pair{truncated, Index{10}});
  CHECK(error(100'000'000) == std::pair{truncated, Index{10}});
  for (const std::uint64_t length :
       {std::uint64_t{100'000'001}, std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{7}})
    CHECK(error(length) == std::pair{too_long, Index{0}});
  for (std::size_t size = 0; size < 8; ++size) {
    support::write_file(path, std::string(size, '\0'));
    CHECK(support::format_error([&] { safetensors_info(path); }) == std::pair{truncated, static_cast<Index>(size)});
  }
}

TEST_CASE(
    "a safetensors file cut off at any byte is refused, with any bit of its header changed refused or consistent") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  save_safetensors(path, {{"a", support::numbered<float>({3, 4})}, {"b", support::numbered<bool>({5})}}, {{"k", "v"}});
  const std::string whole = support::read_file(path);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(support::format_error([&] { parse(whole.substr(0, size)); }).first >= 0);
  int refused = 0;
  const std::size_t header_bits = 8 * (whole.size() - 53);
  for (std::size_t bit = 0; bit < header_bits; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ 1u << bit % 8);
    INFO("bit " << bit);
    try {
      const SafetensorsHeader header = parse(flipped);
      REQUIRE(header.tensors.size() == 2);
      CHECK(header.tensors[0].data_bytes + header.tensors[1].data_bytes == 53);
    } catch (const FormatError&) {
      ++refused;
    }
  }
  CHECK(refused > static_cast<int>(header_bits / 2));
}
