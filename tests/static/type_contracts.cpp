// SPDX-License-Identifier: MIT
// What the types promise, checked by compiling; and every class template instantiated whole.
#include <litorch/litorch.hpp>

namespace litorch {

struct Pixel {
  std::uint8_t r, g, b;
};
enum class Label : std::int16_t { cat, dog };

template class Tensor<float>;
template class Tensor<Pixel>;
template class Tensor<Label>;
template class SharedTensor<float>;
template class SharedTensor<const Pixel>;
template class TensorView<float>;
template class TensorView<Pixel>;
template class SubsetSampler<std::span<const int>>;
template class TensorDataset<float, const Pixel>;
template class AnyDataset<Tensor<float>>;
template class ConcatDataset<std::vector<int>>;
template class SubsetDataset<TensorDataset<float>>;
template class NpyDataset<float>;
template class RangeStream<std::vector<int>>;
template class detail::StridedSpan<const Layout>;
template class detail::TensorPrinter<float>;
template class detail::TensorPrinter<bool>;
template class detail::TensorPrinter<std::complex<double>>;

static_assert(Element<Pixel> && Element<Label> && Element<const double> && !Element<std::string> && !Element<int&>);
static_assert(NamedElement<float> && NamedElement<const Float16> && NamedElement<char> && NamedElement<long long>);
static_assert(!NamedElement<Pixel> && !NamedElement<Label> && !NamedElement<long double>);
static_assert(dtype_of<long long> == DType::int64 && dtype_of<unsigned char> == DType::uint8);
static_assert(dtype_of<bool> == DType::boolean && dtype_of<const std::complex<float>> == DType::complex64);

// view_of() takes what is still there afterwards.
template <class X>
concept Viewable = requires(X&& row) {
  view_of(std::forward<X>(row));
};
static_assert(Viewable<std::vector<float>&> && !Viewable<std::vector<float>>);
static_assert(Viewable<const std::array<int, 3>&> && !Viewable<std::array<int, 3>> && Viewable<int (&)[3]>);
static_assert(Viewable<std::span<Pixel>> && !Viewable<std::vector<bool>&> && !Viewable<std::vector<std::string>&>);

static_assert(TensorLike<Tensor<int>> && TensorLike<TensorView<const int>> && !TensorLike<std::vector<int>>);
static_assert(!TensorLike<std::initializer_list<Tensor<int>>> && !TensorLike<std::span<const Tensor<int>>>);
static_assert(TensorRange<std::vector<Tensor<int>>> && TensorRange<const std::span<TensorView<int>>&>);
static_assert(!TensorRange<std::vector<int>> && !TensorRange<Tensor<int>>);
static_assert(Executor<InlineExecutor> && Executor<ThreadPool> && Executor<DefaultExecutor> && Executor<ThreadPool&>);
static_assert(!Executor<int>);
static_assert(Sampler<ShuffledSampler> && Sampler<WeightedSampler> && Sampler<DistributedSampler> &&
              Sampler<AnySampler>);
static_assert(BatchSampler<FixedBatchSampler> && BatchSampler<BucketBatchSampler> && !BatchSampler<ShuffledSampler>);
static_assert(Dataset<TensorDataset<float>> && Dataset<NpyDataset<float>> && Dataset<std::vector<int>>);
static_assert(!Dataset<Tensor<float>> && !BatchDataset<TensorDataset<float>> && StreamDataset<RangeStream<Shape&>>);

static_assert(std::is_trivially_copyable_v<TensorView<float>> && std::is_trivially_copyable_v<Shape>);
static_assert(std::is_nothrow_move_constructible_v<Tensor<float>> && std::is_nothrow_move_assignable_v<Storage>);
static_assert(!std::is_copy_constructible_v<SharedTensor<int>> && !std::is_default_constructible_v<SharedTensor<int>>);
static_assert(std::is_nothrow_move_constructible_v<SharedTensor<int>> &&
              !std::is_convertible_v<Shape, SharedTensor<int>>);
static_assert(sizeof(Float16) == 2 && std::is_trivially_copyable_v<Float16>);

// Layout arithmetic is for constant expressions too.
static_assert(Shape{2, 3, 4}.numel() == 24);
static_assert(detail::reshape(detail::row_major({6, 4}), Shape{2, 12})->strides == Strides{12, 1});
static_assert(detail::memory_order(detail::transpose(detail::row_major({2, 3}), 0, 1)) == Dims{1, 0});
static_assert(detail::overlaps_itself({{3, 2}, {1, 1}}) && !detail::overlaps_itself({{3, 2}, {2, 1}}));
static_assert(AlignedPartition(100, 4, 0, 2).part(0) == IndexRange{0, 64});

}  // namespace litorch
