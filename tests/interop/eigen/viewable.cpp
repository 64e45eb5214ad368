// SPDX-License-Identifier: MIT
#include <litorch/interop/eigen.hpp>
#include <litorch/litorch.hpp>

#include <array>

// What view_of() takes, and what would be gone before the view.
namespace {

template <class X>
concept Viewable = requires(X&& object) {
  litorch::view_of(std::forward<X>(object));
};

static_assert(Viewable<std::vector<float>&> && !Viewable<std::vector<float>>);
static_assert(Viewable<const std::array<int, 3>&> && !Viewable<std::array<int, 3>>);
static_assert(Viewable<std::span<int>> && Viewable<int (&)[3]> && !Viewable<std::vector<bool>&>);
static_assert(!Viewable<std::vector<std::string>&>);
static_assert(Viewable<Eigen::MatrixXf&> && !Viewable<Eigen::MatrixXf>);
static_assert(Viewable<Eigen::Map<Eigen::MatrixXf>> && Viewable<Eigen::Ref<Eigen::VectorXf>>);
static_assert(Viewable<const Eigen::Ref<const Eigen::VectorXf>&> && !Viewable<Eigen::Ref<const Eigen::VectorXf>>);
static_assert(!Viewable<decltype(std::declval<Eigen::MatrixXf&>() + std::declval<Eigen::MatrixXf&>())>);

}  // namespace
