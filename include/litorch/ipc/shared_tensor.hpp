// SPDX-License-Identifier: MIT
// Tensors that several processes share.
#pragma once

#include <litorch/ipc/segment.hpp>
#include <litorch/tensor/tensor.hpp>

namespace litorch {

/// Elements in memory that other processes see, too: those forked after it was made, and, where it has a name, every
/// process of the same user that opens the name. Elements start as zero bytes. Move-only; tensor() is a handle as any
/// other and keeps the memory mapped on its own, whatever becomes of this object, of the name and of the creator.
///
/// A name lasts until the object that created it ends in the process that created it, or until remove(). It does not end
/// with the objects that a forked child inherits. Where the creator is killed, reclaim_stale() removes what it left.
///
/// Types that files have a name for are checked by that name when a segment is opened, others by their size alone.
/// Nothing orders the elements that one process writes and another one reads: that takes a pipe, a wait for a child, or
/// atomics. Whoever can open a segment can also write its elements, or truncate it, after which touching them is a
/// SIGBUS, and copy() an error; only processes of the same user can. Anonymous memory cannot be truncated.
///
/// All functions but moves may be called by any number of threads and processes at once.
template <class T>
class SharedTensor {
  static_assert(Element<T>, "litorch: elements in shared memory must be trivially copyable");

 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;

  /// How long open() waits for a segment that another process is about to make.
  static constexpr std::chrono::milliseconds kReadyTimeout{2000};

  /// Without a name, for this process and the children it forks from now on. The memory is taken now. Throws ShapeError
  /// over 2^63 - 1 bytes, ShmError (no_space, system).
  explicit SharedTensor(const Shape& shape) requires(!std::is_const_v<T>) : tensor_(anonymous(shape)) {}

  /// Under a name of 1 to 30 characters of [A-Za-z0-9._-], for processes of this user only. Exactly one of several
  /// callers gets a name. The memory is taken now. Throws ShapeError, ShmError (bad_name, exists, no_space, permission,
  /// system); nothing is left then.
  static SharedTensor create(std::string_view name, const Shape& shape) requires(!std::is_const_v<T>) {
    return SharedTensor(name, detail::create_segment("create", name, shape, detail::element_format<T>()));
  }
  /// The segment of this name, to read and write. Throws ShmError: not_found at once, not_ready after `timeout`, and a
  /// code of its own for each way in which a segment is not what it should be.
  static SharedTensor open(std::string_view name,
                           std::chrono::milliseconds timeout = kReadyTimeout) requires(!std::is_const_v<T>) {
    return SharedTensor(name, open_as("open", name, posix::Access::write, timeout));
  }
  /// The same, mapped so that nobody can write through it. Throws as open() does.
  static SharedTensor<const T> open_readonly(std::string_view name, std::chrono::milliseconds timeout = kReadyTimeout) {
    return SharedTensor<const T>(name, open_as("open_readonly", name, posix::Access::read, timeout));
  }

  /// Takes a name away; false where there was none. Who has the segment open keeps it. Throws ShmError (bad_name,
  /// permission, not_regular).
  static bool remove(std::string_view name) { return posix::SharedMemory::remove("remove", name); }
  /// Removes the segments, of any element type, that belong to this user and whose creator has ended, and says how many.
  /// A creator is known by its process id, start time and pid namespace; those of another namespace (container) are left
  /// alone, and so is a segment whose creator was killed before it wrote a header: remove() takes that away. Throws
  /// ShmError where /dev/shm cannot be read.
  static Index reclaim_stale() { return detail::reclaim_segments("reclaim_stale"); }

  const Tensor<T>& tensor() const noexcept { return tensor_; }
  const Shape& shape() const noexcept { return tensor_.shape(); }
  /// The elements in memory of this process. What others write meanwhile may be in it, in part. Throws ShmError
  /// (truncated, system): the way to read a segment of a process that is not trusted to leave its size alone.
  Tensor<value_type> copy() const {
    const auto copy = Tensor<value_type>::uninitialized("copy", shape());
    const auto bytes = static_cast<std::size_t>(copy.numel()) * sizeof(T);
    const int error = posix::copy_mapped(copy.data(), tensor_.data(), bytes);
    if (error == EFAULT)
      detail::fail_shm(ShmCode::truncated, error, "copy(): segment '", name_, "' was truncated by another process");
    if (error != 0) detail::fail_shm(ShmCode::system, error, "copy(): cannot read segment '", name_, "'");
    return copy;
  }
  /// Empty for anonymous memory.
  const std::string& name() const noexcept { return name_; }

 private:
  template <class>
  friend class SharedTensor;

  SharedTensor(std::string_view name, detail::Segment segment) : name_(name), owned_(std::move(segment.name)) {
    std::byte* const data = segment.region.data() + segment.layout.data_offset;
    tensor_ = Tensor<T>::of(Storage::adopt(data, std::move(segment.region)), segment.layout.shape);
  }

  static detail::Segment open_as(const char* call, std::string_view name, posix::Access access,
                                 std::chrono::milliseconds timeout) {
    return detail::open_segment(call, name, detail::element_format<T>(), access, timeout);
  }
  static Tensor<T> anonymous(const Shape& shape) {
    const Index bytes = std::max<Index>(1, detail::byte_count("SharedTensor", shape, sizeof(T)));
    posix::MappedRegion region = posix::SharedMemory::anonymous("SharedTensor", bytes).map(bytes, posix::Access::write);
    std::byte* const data = region.data();
    return Tensor<T>::of(Storage::adopt(data, std::move(region)), shape);
  }

  std::string name_;
  posix::ShmName owned_;
  Tensor<T> tensor_;
};

}  // namespace litorch
