// SPDX-License-Identifier: MIT
#include <litorch/interop/eigen.hpp>
#include <litorch/litorch.hpp>

// What view_of() takes, and what would be gone before the view.
namespace {

template <class X>
concept Viewable = requires(X&& object) {
  litorch::view_of(std::forward<X>(object));
};

static_assert(Viewable<Eigen::MatrixXf&> && !Viewable<Eigen::MatrixXf>);
static_assert(Viewable<Eigen::Map<Eigen::MatrixXf>> && Viewable<Eigen::Ref<Eigen::VectorXf>>);
static_assert(Viewable<const Eigen::Ref<const Eigen::VectorXf>&> && !Viewable<Eigen::Ref<const Eigen::VectorXf>>);
static_assert(!Viewable<decltype(std::declval<Eigen::MatrixXf&>() + std::declval<Eigen::MatrixXf&>())>);

}  // namespace
