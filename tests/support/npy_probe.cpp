// SPDX-License-Identifier: MIT
// What litorch makes of many .npy files at once, for npy_numpy_check.py, which asks NumPy for its opinion.
//
//   npy_probe headers FILE   FILE holds records of a 4-byte length and as many bytes; a line for each on standard output:
//                            accept DTYPE SWAPPED FORTRAN_ORDER DATA_OFFSET DATA_BYTES [EXTENT...], or refuse CODE OFFSET
//   npy_probe load FILE      FILE holds records as above, of whole files; as above without the last two numbers, and behind the
//                            extents `: ` and a checksum of the elements in row-major order in this machine's byte order
//   npy_probe copy FILE      FILE has lines IN OUT HOW; loads or maps IN, as HOW says, and saves it as OUT
//   npy_probe make FILE      FILE has lines OUT DTYPE LAYOUT SEED [EXTENT...]; saves a tensor of numbered bytes
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"

#include <cstdio>
#include <exception>
#include <limits>
#include <vector>

namespace {

using litorch::Index;

std::vector<std::vector<std::string>> read_words(const std::string& path) {
  std::vector<std::vector<std::string>> lines(1, std::vector<std::string>(1));
  for (const char c : support::read_file(path)) {
    if (c == '\n')
      lines.emplace_back(1);
    else if (c == ' ')
      lines.back().emplace_back();
    else
      lines.back().back() += c;
  }
  lines.pop_back();
  return lines;
}

/// The header as it would be at the start of a file with as many bytes of data as it asks for.
litorch::NpyHeader parse_any_size(std::span<const std::byte> head) {
  Index size = std::numeric_limits<Index>::max();
  try {
    return litorch::parse_npy_header("probe", "header", head, size);
  } catch (const litorch::FormatError& error) {
    if (error.code() != litorch::FormatCode::trailing_data) throw;
    size = error.offset();
  }
  return litorch::parse_npy_header("probe", "header", head, size);
}

void probe_headers(const std::string& path) {
  const std::string bytes = support::read_file(path);
  const auto records = std::as_bytes(std::span(bytes));
  for (std::size_t at = 0; at < records.size();) {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length |= std::to_integer<std::uint32_t>(records[at + i]) << (8 * i);
    try {
      const litorch::NpyHeader header = parse_any_size(records.subspan(at + 4, length));
      std::printf("accept %s %d %d %lld %lld", std::string(litorch::name(header.dtype)).c_str(), header.swapped,
                  header.fortran_order, static_cast<long long>(header.data_offset),
                  static_cast<long long>(header.data_bytes));
      for (const Index extent : header.shape) std::printf(" %lld", static_cast<long long>(extent));
      std::printf("\n");
    } catch (const litorch::FormatError& error) {
      std::printf("refuse %d %lld\n", static_cast<int>(error.code()), static_cast<long long>(error.offset()));
    }
    at += 4 + length;
  }
}

/// CRC-32, as zlib has it.
std::uint32_t checksum(const std::byte* data, std::size_t bytes) {
  std::uint32_t sum = ~0u;
  for (std::size_t i = 0; i < bytes; ++i) {
    sum ^= std::to_integer<std::uint32_t>(data[i]);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1u) != 0 ? 0xedb88320u : 0u);
  }
  return ~sum;
}

void load_files(const std::string& path) {
  const std::string bytes = support::read_file(path), file = path + ".npy";
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    support::write_file(file, bytes.substr(at + 4, length));
    try {
      const litorch::NpyHeader header = litorch::npy_info(file);
      litorch::visit_dtype(header.dtype, [&]<class T>() {
        const litorch::Tensor<T> tensor = litorch::load_npy<T>(file).contiguous();
        std::printf("accept %s %d %d", std::string(litorch::name(header.dtype)).c_str(), header.swapped,
                    header.fortran_order);
        for (const Index extent : tensor.shape()) std::printf(" %lld", static_cast<long long>(extent));
        const auto* const data = reinterpret_cast<const std::byte*>(tensor.data());
        std::printf(" : %x\n", checksum(data, static_cast<std::size_t>(tensor.numel()) * sizeof(T)));
      });
    } catch (const litorch::FormatError& error) {
      std::printf("refuse %d %lld\n", static_cast<int>(error.code()), static_cast<long long>(error.offset()));
    }
    at += 4 + length;
  }
}

void copy_files(const std::string& path) {
  for (const std::vector<std::string>& line : read_words(path))
    litorch::visit_dtype(litorch::npy_info(line.at(0)).dtype, [&]<class T>() {
      if (line.at(2) == "map")
        litorch::save_npy(line.at(1), litorch::map_npy<T>(line.at(0)));
      else
        litorch::save_npy(line.at(1), litorch::load_npy<T>(line.at(0)));
    });
}

/// A tensor equal to `tensor` whose elements lie as `layout` says: c, f (Fortran order), s (every second) or r (reversed).
template <class T>
litorch::Tensor<T> laid_out(const litorch::Tensor<T>& tensor, char layout) {
  if (layout == 'c' || tensor.rank() == 0) return tensor;
  litorch::Dims extents = tensor.shape().dims();
  const Index last = extents.rank() - 1;
  if (layout == 's') extents[last] *= 2;
  if (layout == 'f') extents = support::reversed(tensor).shape().dims();
  litorch::Tensor<T> copy = litorch::Tensor<T>::uninitialized("laid_out", litorch::Shape(extents));
  if (layout == 's') copy = copy.slice(last, 0, extents[last], 2);
  if (layout == 'f') copy = support::reversed(copy);
  if (layout == 'r') copy = copy.flip(0);
  copy.copy_(tensor);
  return copy;
}

void make_files(const std::string& path) {
  for (const std::vector<std::string>& line : read_words(path)) {
    std::vector<Index> extents;
    for (std::size_t i = 4; i < line.size(); ++i) extents.push_back(std::stoll(line[i]));
    std::size_t dtype = 0;
    while (litorch::kDTypes[dtype].name != line.at(1)) ++dtype;
    litorch::visit_dtype(static_cast<litorch::DType>(dtype), [&]<class T>() {
      const auto tensor = support::numbered<T>(litorch::Shape(extents.begin(), extents.end()), std::stoll(line.at(3)));
      litorch::save_npy(line.at(0), laid_out(tensor, line.at(2).at(0)));
    });
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 3 ? argv[1] : "";
  try {
    if (what == "headers")
      probe_headers(argv[2]);
    else if (what == "load")
      load_files(argv[2]);
    else if (what == "copy")
      copy_files(argv[2]);
    else if (what == "make")
      make_files(argv[2]);
    else
      return std::fprintf(stderr, "usage: npy_probe headers|load|copy|make FILE\n"), 2;
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "npy_probe: %s\n", error.what()), 1;
  }
  return 0;
}
