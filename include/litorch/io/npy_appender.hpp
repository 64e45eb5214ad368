// SPDX-License-Identifier: MIT
// A .npy file that grows: rows are appended, and it is a valid file at every moment.
#pragma once

#include <litorch/io/npy_pieces.hpp>
#include <litorch/posix/append_file.hpp>

namespace litorch {

/// Appends rows of one shape to a row-major .npy file. Rows are gathered in a buffer of 1 MiB. When it is full, and on
/// flush(), they are written behind the others first, and the header that counts them then: a process that is killed at
/// any instant leaves a file with the last whole rows that its header knew of. NumPy reads it at any time. Rows that the
/// header does not count yet, left by a writer that was killed in between, are cut off when the file is opened here next.
/// sync() holds against a power cut as well.
///
/// One writer at a time: the file is locked. Not thread-safe.
template <NamedElement T>
class NpyAppender {
 public:
  /// Opens `path`, or makes it without rows. `row` is the shape of a row, {} for numbers. Throws IoError, also where
  /// another appender has the file open; FormatError, also for files in Fortran order or the other byte order; TypeError
  /// and ShapeError for a file of other elements or rows.
  NpyAppender(const std::string& path, const Shape& row) : shape_(rows_of(row)) {
    detail::byte_count(kCall, row, sizeof(T));
    while (!(file_ = posix::AppendFile(kCall, path))) create(path);
    open();
    buffer_ = Tensor<T>::uninitialized(kCall, {detail::kNpyPieceBytes / kItem});
  }
  NpyAppender(NpyAppender&&) noexcept = default;
  NpyAppender& operator=(NpyAppender&&) = delete;
  /// Flushes; call close() to hear of errors.
  ~NpyAppender() {
    try {
      close();
    } catch (...) {}
  }

  /// Rows, those that are not flushed included.
  Index size() const noexcept { return shape_[0]; }
  /// (size(), row...).
  const Shape& shape() const noexcept { return shape_; }

  /// Appends the rows of `piece`, of shape (n, row...). Moves each byte once, or twice by way of the buffer. Throws
  /// ShapeError, and IoError: none of the rows is appended then, and those before are as they were.
  template <TensorLike X>
  void append(const X& piece) requires std::same_as<typename X::value_type, T> {
    const TensorView<const T> view = piece;
    require_open("append");
    if (!fits(view.shape()))
      detail::fail<ShapeError>("NpyAppender::append(): the piece has shape ", view.shape(), ", which differs from ",
                               shape_, " of '", file_.path(), "' outside of dim 0; unsqueeze(0) a single row");
    Index rows = 0;
    if (!detail::add_checked(size(), view.size(0), rows))
      detail::fail<ShapeError>("NpyAppender::append(): more than 2^63 - 1 rows");
    const Shape grown = shape_.with(0, rows);
    detail::byte_count("NpyAppender::append", grown, sizeof(T));
    if (view.numel() > buffer_.numel() - waiting_) flush();
    if (view.numel() > buffer_.numel()) {
      commit(rows, [&](Behind& file) { detail::write_row_major<T>(file, view, buffer_.view()); });
    } else if (view.numel() > 0) {
      buffer_.view().narrow(0, waiting_, view.numel()).reshape(view.shape().dims()).copy_(view);
      waiting_ += view.numel();
    }
    shape_ = grown;
  }

  /// Appends the rows of another .npy file of any order and byte order, converted as cat_as() does where it holds other
  /// elements. Takes 1 MiB of memory, or a row, at a time; 16 MiB for files in Fortran order. Throws FormatError and
  /// IoError, also where that file becomes shorter meanwhile: the rows before are appended then. Throws ShapeError, and
  /// TypeError for a conversion that needs Casting::unsafe; nothing is appended then.
  void append_file(const std::string& path, Casting casting = Casting::safe) {
    constexpr const char* kWhat = "NpyAppender::append_file";
    require_open("append_file");
    const posix::InputFile file(kWhat, path);
    const NpyHeader header = detail::read_npy_header(file);
    if (!fits(header.shape))
      detail::fail<ShapeError>(kWhat, "(): '", path, "' has shape ", header.shape, ", which differs from ", shape_,
                               " of '", file_.path(), "' outside of dim 0");
    if (casting == Casting::safe && !can_cast(header.dtype, dtype_of<T>))
      detail::fail<TypeError>(kWhat, "(): '", path, "' holds ", name(header.dtype), ", which ", name(dtype_of<T>),
                              " of '", file_.path(), "' cannot hold without loss; pass Casting::unsafe");
    const Index rows = header.shape[0], row = shape_.with(0, 1).numel();
    const Index most = header.fortran_order ? 8 * detail::kNpyPieceBytes : detail::kNpyPieceBytes;
    const Index step = std::max<Index>(1, most / std::max<Index>(row * kItem, 1));
    for (Index first = 0; first < rows; first += step) {
      const Index last = std::min(rows, first + step);
      const Tensor<T> piece = Tensor<T>::uninitialized(kWhat, shape_.with(0, last - first));
      if (row > 0)
        detail::read_elements(file, header, {first * row, last * row}, dtype_of<T>,
                              {dtype_of<T>, casting, &detail::conversion_of<>}, piece.storage().data());
      append(piece);
    }
  }

  /// Hands all rows to the kernel: every reader sees them, and they stay if this process is killed. Throws IoError; the
  /// file is as it was then, and the rows are kept for the next flush.
  void flush() {
    require_open("flush");
    write_waiting(posix::Durability::cached);
  }
  /// flush() that returns when all is on disk, rows before the header that counts them. Throws as flush() does.
  void sync() {
    require_open("sync");
    write_waiting(posix::Durability::synced);
  }
  /// flush(), and lets others append. Throws IoError; the file is closed then too, without what was not flushed.
  void close() {
    if (!file_) return;
    const struct Closing {
      posix::AppendFile& file;
      ~Closing() { file = {}; }
    } closing{file_};
    flush();
  }

 private:
  static constexpr const char* kCall = "NpyAppender";
  static constexpr Index kItem = static_cast<Index>(sizeof(T));
  static constexpr Index kMostHeader = 4096;  // a page: the kernel writes it as a whole or not at all

  /// The end of the file, where rows are written.
  struct Behind {
    posix::AppendFile& file;
    Index at;
    void write(const void* data, std::size_t bytes) {
      file.write_at(data, bytes, at);
      at += static_cast<Index>(bytes);
    }
  };

  static Shape rows_of(const Shape& row) {
    Dims extents = row.dims();
    extents.insert(0, 0);
    return Shape(extents);
  }

  void create(const std::string& path) const {
    posix::OutputFile file(kCall, path);
    file.remove_abandoned();
    const std::string header = npy_header(dtype_of<T>, false, shape_);
    file.write(header.data(), header.size());
    file.publish_new();  // if somebody else was faster, theirs is as good
  }

  void open() {
    std::array<std::byte, kNpyHeadBytes> head;
    const std::span<const std::byte> read(head.data(), file_.read_at(head.data(), head.size(), 0));
    const NpyHeader header = parse(read);
    const auto& path = file_.path();
    if (header.dtype != dtype_of<T>)
      detail::fail<TypeError>(kCall, "(): '", path, "' holds ", name(header.dtype), ", not ", name(dtype_of<T>));
    if (header.swapped)
      detail::fail_format(FormatCode::swapped_data, header.data_offset, kCall, "(): '", path,
                          "' is in the other byte order than this machine; load_npy and save_npy it");
    if (header.fortran_order && header.shape.rank() > 1)
      detail::fail_format(FormatCode::bad_fortran_order, 0, kCall, "(): '", path,
                          "' is in Fortran order, in which rows cannot be appended; save it again row-major");
    if (header.shape.rank() != shape_.rank() || header.shape.with(0, 0) != shape_)
      detail::fail<ShapeError>(kCall, "(): '", path, "' has shape ", header.shape, ", which differs from ", shape_,
                               " outside of dim 0");
    header_bytes_ = header.data_offset;
    constexpr std::size_t kMoreDigits = 18;  // of 2^63 - 1 than of 0
    const std::size_t needed = 11 + kMoreDigits + detail::npy_dictionary(dtype_of<T>, false, shape_).size();
    if (static_cast<Index>(needed) > header_bytes_ || header_bytes_ > kMostHeader)
      detail::fail_format(FormatCode::header_too_long, 8, kCall, "(): '", path, "' has a header of ", header_bytes_,
                          " bytes, expected ", needed, " to ", kMostHeader, " to count rows in; save it again");
    shape_ = header.shape;
    counted_ = size();
    end_ = header.data_offset + header.data_bytes;
    if (file_.size() > end_) file_.truncate(end_);
  }

  /// What the header says, whether rows that it does not count follow or not. Another array behind the first is refused.
  NpyHeader parse(std::span<const std::byte> head) const {
    try {
      return parse_npy_header(kCall, file_.path(), head, file_.size());
    } catch (const FormatError& error) {
      if (error.code() != FormatCode::trailing_data) throw;
      std::array<char, 6> magic{};
      file_.read_at(magic.data(), magic.size(), error.offset());
      if (std::string_view(magic.data(), magic.size()) == "\x93NUMPY") throw;
      return parse_npy_header(kCall, file_.path(), head, error.offset());
    }
  }

  /// Whether an array of this shape differs in its number of rows only.
  bool fits(const Shape& shape) const { return shape.rank() == shape_.rank() && shape.with(0, size()) == shape_; }
  void require_open(const char* what) const {
    if (!file_) detail::fail_io(EBADF, kCall, "::", what, "(): the appender is closed");
  }

  void write_waiting(posix::Durability durability) {
    if (waiting_ == 0 && counted_ == size() && durability == posix::Durability::cached) return;
    const auto write = [&](Behind& file) {
      if (waiting_ > 0) file.write(buffer_.data(), static_cast<std::size_t>(waiting_ * kItem));
    };
    commit(size(), write, durability);
    waiting_ = 0;
  }

  /// Rows first, then the header that counts them. What fails is undone as far as the system lets us.
  template <class Write>
  void commit(Index rows, Write&& write, posix::Durability durability = posix::Durability::cached) {
    Behind behind{file_, end_};
    try {
      write(behind);
      if (durability == posix::Durability::synced) file_.sync();
      write_header(rows);
      if (durability == posix::Durability::synced) file_.sync();
    } catch (...) {
      try {
        write_header(counted_);
        file_.truncate(end_);
      } catch (const IoError&) {}
      throw;
    }
    end_ = behind.at;
    counted_ = rows;
  }
  void write_header(Index rows) {
    const std::string header =
        detail::npy_header_of_length(detail::npy_dictionary(dtype_of<T>, false, shape_.with(0, rows)), header_bytes_);
    file_.write_at(header.data(), header.size(), 0);
  }

  Shape shape_;  // with the rows that wait
  posix::AppendFile file_;
  Tensor<T> buffer_;
  Index waiting_ = 0;  // elements in the buffer
  Index counted_ = 0;  // rows that the header counts
  Index end_ = 0;      // of their bytes
  Index header_bytes_ = 0;
};

}  // namespace litorch
