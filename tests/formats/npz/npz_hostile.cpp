// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"
#include "support/zip_files.hpp"

#include <litorch/io/npz.hpp>

#include <set>

using namespace litorch;
using support::ZipMemberSpec;
using support::ZipSpec;
using Code = FormatCode;

namespace {

std::string npy(const char* type, const char* shape, const std::string& data) {
  return support::npy_padded("{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': " + shape +
                             ", }") +
         data;
}
const std::string kTwo = npy("<f8", "(2,)", std::string(16, '\1'));
const Index kStart = static_cast<Index>(kTwo.size()) - 16;

struct Hostile {
  const char* name;
  Code code;
  Index offset;  ///< -1: as libzip says no place
  std::string file;
};

/// `file` with the bytes at `at` replaced.
std::string patched(std::string file, std::size_t at, const std::string& bytes) {
  return file.replace(at, bytes.size(), bytes);
}

std::vector<Hostile> table() {
  const ZipMemberSpec good{.name = "a.npy", .bytes = kTwo};
  const ZipMemberSpec deflated{.name = "a.npy", .bytes = kTwo, .method = 8};
  const std::string sound = support::zip_file({.members = {good}});
  const Index end = static_cast<Index>(sound.size()) - 22;
  const auto with = [&](auto change, bool deflate = false) {
    ZipMemberSpec member = deflate ? deflated : good;
    change(member);
    return support::zip_file({.members = {member}});
  };
  const auto holding = [&](const std::string& bytes) { return with([&](ZipMemberSpec& m) { m.bytes = bytes; }); };
  const std::string locator = "PK\6\7" + support::little_endian(0, 4);
  std::vector<Hostile> rows = {
      {"an empty file", Code::bad_archive, 0, ""},
      {"a .npy file", Code::bad_archive, kStart + 16 - 22, kTwo},
      {"text", Code::bad_archive, 8, "this is no archive but a text!"},
      {"a comment", Code::bad_archive, end + 5, support::zip_file({.members = {good}, .comment = "hello"})},
      {"a byte behind", Code::bad_archive, end + 1, sound + '\0'},
      {"the end alone, counting members", Code::bad_archive, 0,
       patched(std::string("PK\5\6") + std::string(18, '\0'), 8, "\1")},
      {"more members than room", Code::bad_archive, end, support::zip_file({.members = {good}, .entries = 65535})},
      {"a directory larger than the file", Code::bad_archive, end,
       support::zip_file({.members = {good}, .directory_bytes = 100000})},
      {"a directory that is shorter", Code::bad_archive, end,
       support::zip_file({.members = {good}, .directory_bytes = 40})},
      {"a directory elsewhere", Code::bad_archive, -1, support::zip_file({.members = {good}, .directory_offset = 3})},
      {"a directory behind the end", Code::bad_archive, -1,
       support::zip_file({.members = {good}, .directory_offset = 1u << 30})},
      {"bytes before the archive", Code::bad_archive, -1, "#!" + sound},
      {"fewer members than entries", Code::bad_archive, -1,
       support::zip_file({.members = {good, {.name = "b.npy", .bytes = kTwo}}, .entries = 1})},
      {"a zip64 directory that is nowhere", Code::bad_archive, end,
       patched(support::zip_file({.members = {good}, .before = ""}), 0, "PK")
           .insert(static_cast<std::size_t>(end),
                   locator + support::little_endian(7, 8) + support::little_endian(1, 4))},
      {"another local name", Code::bad_archive, -1, with([](ZipMemberSpec& m) { m.local_name = "b.npy"; })},
      {"another local method", Code::bad_archive, -1, with([](ZipMemberSpec& m) { m.local_method = 8; })},
      {"no local header", Code::bad_archive, -1, patched(sound, 0, "XX")},
      {"two members of one name", Code::duplicate_key, -1, support::zip_file({.members = {good, good}})},
      {"not an array", Code::bad_member, 0, with([](ZipMemberSpec& m) { m.name = "readme.txt"; })},
      {"a folder", Code::bad_member, 0, with([](ZipMemberSpec& m) { m.name = "a/", m.bytes = ""; })},
      {"upper case", Code::bad_member, 0, with([](ZipMemberSpec& m) { m.name = "a.NPY"; })},
      {"an array and a text", Code::bad_member, 0, support::zip_file({.members = {good, {.name = "t", .bytes = "t"}}})},
      {"encrypted", Code::bad_compression, 0, with([](ZipMemberSpec& m) { m.flags = 1; })},
      {"bzip2", Code::bad_compression, 0, with([](ZipMemberSpec& m) { m.method = 12; })},
      {"lzma", Code::bad_compression, 0, with([](ZipMemberSpec& m) { m.method = 14; })},
      {"deflate64", Code::bad_compression, 0, with([](ZipMemberSpec& m) { m.method = 9; })},
      {"an unknown method", Code::bad_compression, 0, with([](ZipMemberSpec& m) { m.method = 77; })},
      {"stored in another size", Code::bad_archive, 0, with([](ZipMemberSpec& m) { m.size = 145; })},
      {"a wrong checksum", Code::bad_checksum, 0, with([](ZipMemberSpec& m) { m.crc = 1; })},
      {"a wrong checksum, deflated", Code::bad_checksum, 0, with([](ZipMemberSpec& m) { m.crc = 1; }, true)},
      {"no deflate stream", Code::bad_archive, -1,
       with([](ZipMemberSpec& m) { m.archived = std::string(40, '\xff'); }, true)},
      {"a deflate stream cut short", Code::bad_checksum, -1,
       with([](ZipMemberSpec& m) { m.archived = support::deflate_stored(m.bytes).substr(0, 100); }, true)},
      {"deflates to less than it says", Code::bad_checksum, -1,
       with([](ZipMemberSpec& m) { m.archived = support::deflate_stored(m.bytes.substr(0, 136)); }, true)},
      {"deflates to more than it says", Code::bad_archive, -1,
       with([](ZipMemberSpec& m) { m.archived = support::deflate_stored(m.bytes + "more"); }, true)},
      {"claims 4 GB", Code::expands_too_much, 0,
       with(
           [](ZipMemberSpec& m) {
             m.bytes = npy("|u1", "(4000000000,)", std::string(12'000, '\0')), m.size = 4'000'000'000u + 128;
           },
           true)},
      {"an empty member", Code::truncated_header, 0, holding("")},
      {"half a magic", Code::truncated_header, 3, holding("\x93NU")},
      {"no .npy file", Code::bad_magic, 0, holding("hello")},
      {"a pickle", Code::unsupported_dtype, 20, holding(npy("|O", "(2,)", std::string(16, '\0')))},
      {"a negative extent", Code::negative_extent, kStart == 128 ? 61 : 60, holding(npy("<f8", "(-2,)", ""))},
      {"too little data", Code::truncated_data, kStart + 15, holding(kTwo.substr(0, kTwo.size() - 1))},
      {"too much data", Code::trailing_data, kStart + 16, holding(kTwo + "x")},
      {"a bad boolean", Code::bad_bool, kStart + 1, holding(npy("|b1", "(3,)", std::string("\1\2\0", 3)))},
      {"too little data, deflated", Code::truncated_data, kStart,
       with([](ZipMemberSpec& m) { m.bytes = npy("<f8", "(2,)", ""); }, true)},
  };
  return rows;
}

void load_first(const std::string& path) {
  NpzReader reader(path);
  if (reader.names().empty()) return;
  const std::string name = reader.names().front();
  visit_dtype(reader.entry(name).header.dtype, [&]<class T>() { reader.load<T>(name); });
}

}  // namespace

TEST_CASE("every hostile archive is refused with its own code and, where it is known, byte offset") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  std::set<std::string> files;
  for (const Hostile& row : table()) {
    INFO(row.name);
    CHECK(files.insert(row.file).second);
    support::write_file(path, row.file);
    const auto [code, offset] = support::format_error([&] { load_first(path); });
    CHECK(code == static_cast<int>(row.code));
    if (row.offset >= 0) CHECK(offset == row.offset);
  }
  CHECK(files.size() >= 40);
}

TEST_CASE("an archive made by hand is accepted, stored and deflated, and so is one in zip64") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  for (const int method : {0, 8}) {
    support::write_file(path, support::zip_file({.members = {{.name = "a.npy", .bytes = kTwo, .method = method},
                                                             {.name = ".npy", .bytes = kTwo, .method = method}}}));
    CHECK(NpzReader(path).names() == std::vector<std::string>{"a", ""});
    CHECK(load_npz<double>(path, "").numel() == 2);
    CHECK(load_npz<double>(path, "a").numel() == 2);
  }
}

TEST_CASE("an archive cut off at any byte is refused") {
  const support::TemporaryFolder folder;
  for (const bool compressed : {false, true}) {
    save_npz(folder / "whole.npz", {{"a", support::numbered<float>({3, 4})}, {"b", support::numbered<bool>({5})}},
             {.compressed = compressed});
    const std::string whole = support::read_file(folder / "whole.npz");
    for (std::size_t size = 0; size < whole.size(); ++size) {
      support::write_file(folder / "cut.npz", whole.substr(0, size));
      INFO(size << " of " << whole.size() << " bytes");
      CHECK(support::format_error([&] { NpzReader reader(folder / "cut.npz"); }).first ==
            static_cast<int>(Code::bad_archive));
    }
  }
}

TEST_CASE("an archive with any one bit changed is refused, or holds the same tensor") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "flipped.npz";
  const auto tensor = support::numbered<float>({3, 4});
  for (const bool compressed : {false, true}) {
    save_npz(path, {{"a", tensor}}, {.compressed = compressed});
    const std::string whole = support::read_file(path);
    int refused = 0, same = 0;
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      std::string flipped = whole;
      flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ 1u << bit % 8);
      support::write_file(path, flipped);
      INFO("bit " << bit);
      try {
        NpzReader reader(path);
        REQUIRE(reader.names().size() == 1);
        const auto loaded = reader.load<float>(reader.names()[0]);
        CHECK(support::same_bits(loaded, tensor));
        ++same;
      } catch (const FormatError&) {
        ++refused;
      }
    }
    CHECK(same < 400);  // version, time and attributes of the member
    CHECK(refused > 3 * same);
  }
}

TEST_CASE("a member may grow as much as the limits say, and the error says how to raise them") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "zeros.npz";
  const auto zeros = litorch::Tensor<std::uint8_t>::of(Storage::allocate_zeroed(1 << 20), {1 << 20});
  save_npz(path, {{"z", zeros}}, {.compressed = true});
  CHECK(support::same_bits(load_npz<std::uint8_t>(path, "z"), zeros));
  const NpzLimits strict{.max_expansion = 256, .always_allowed = 1 << 20};  // the header is over it
  CHECK(support::format_error([&] { load_npz<std::uint8_t>(path, "z", strict); }) ==
        std::pair{static_cast<int>(Code::expands_too_much), Index{0}});
  CHECK(support::same_bits(load_npz<std::uint8_t>(path, "z", {.max_expansion = 1032, .always_allowed = 0}), zeros));
  CHECK(support::mentions(support::message_of<FormatError>([&] { load_npz<std::uint8_t>(path, "z", strict); }),
                          {"load_npz()", "zeros.npz' member 'z.npy'", "1048704", "NpzLimits::max_expansion"}));
}
