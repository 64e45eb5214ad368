// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace litorch;

namespace {

/// Of each page of the file, whether it is in the page cache.
std::vector<unsigned char> cached_pages(const std::string& path) {
  const posix::InputFile file("test", path);
  const posix::MappedRegion region =
      posix::MappedRegion::file("test", path, file.fd(), static_cast<std::size_t>(file.size()));
  std::vector<unsigned char> pages(posix::whole_pages(region.size()) / posix::page_size());
  if (::mincore(region.data(), region.size(), pages.data()) != 0) throw std::runtime_error("mincore");
  for (unsigned char& page : pages) page &= 1;
  return pages;
}

/// Takes the file out of the page cache; false where its file system lives there.
bool drop(const std::string& path) {
  const posix::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ::fsync(file.get());
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  const std::vector<unsigned char> pages = cached_pages(path);
  return std::count(pages.begin(), pages.end(), 1) == 0;
}

}  // namespace

TEST_CASE("map_npy_shards reads the page of the header of each file, and no page of data until it is looked at") {
  const support::TemporaryFolder folder;
  const Index pages = 30, row = static_cast<Index>(posix::page_size() / sizeof(float));
  std::vector<std::string> paths;
  bool dropped = true;
  for (int i = 0; i < 20; ++i) {
    paths.push_back(folder / std::to_string(i) + ".npy");
    save_npy(paths.back(), support::numbered<float>({pages, row}, i));
    dropped = drop(paths.back()) && dropped;
  }
  const ChunkedTensor<const float> mapped = map_npy_shards<float>(paths);
  CHECK(mapped.shape() == Shape({20 * pages, row}));
  if (dropped) {
    std::vector<unsigned char> first_only(static_cast<std::size_t>(pages) + 1, 0);
    first_only[0] = 1;
    for (const std::string& path : paths) CHECK(cached_pages(path) == first_only);
  }
  CHECK(support::same_bits(mapped.chunk(7), support::numbered<float>({pages, row}, 7)));
}
