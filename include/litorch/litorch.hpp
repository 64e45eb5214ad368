// SPDX-License-Identifier: MIT
// The whole library but interop/ and distributed/, which need other libraries. A header that only passes tensors along
// is better off with <litorch/tensor/tensor.hpp>.
#pragma once

#include <litorch/io/npy.hpp>
#include <litorch/ipc/process_pool.hpp>
#include <litorch/ipc/shared_tensor.hpp>
#include <litorch/ops/assembly.hpp>
#include <litorch/ops/average.hpp>
#include <litorch/ops/block.hpp>
#include <litorch/ops/cat.hpp>
#include <litorch/ops/cat_as.hpp>
#include <litorch/ops/chunked.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/ops/growable.hpp>
#include <litorch/ops/pad.hpp>
#include <litorch/ops/reduce.hpp>
#include <litorch/ops/split.hpp>
#include <litorch/ops/stack.hpp>
#include <litorch/parallel/thread.hpp>
#include <litorch/parallel/thread_pool.hpp>
#include <litorch/tensor/compare.hpp>
#include <litorch/tensor/factory.hpp>
#include <litorch/tensor/print.hpp>
#include <litorch/tensor/random.hpp>
#include <litorch/tensor/tensor.hpp>
#include <litorch/version.hpp>
