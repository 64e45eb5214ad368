// SPDX-License-Identifier: MIT
// The whole library but interop/ and distributed/, which need other libraries. A header that only passes tensors along
// is better off with <litorch/tensor/tensor.hpp>.
#pragma once

#include <litorch/data/any_sampler.hpp>
#include <litorch/data/batch_sampler.hpp>
#include <litorch/data/bucket_batch_sampler.hpp>
#include <litorch/data/data_loader.hpp>
#include <litorch/data/dataset.hpp>
#include <litorch/data/dataset_adaptors.hpp>
#include <litorch/data/distributed_sampler.hpp>
#include <litorch/data/npy_dataset.hpp>
#include <litorch/data/permutation.hpp>
#include <litorch/data/random.hpp>
#include <litorch/data/remaining_sampler.hpp>
#include <litorch/data/sampler.hpp>
#include <litorch/data/sequence_collate.hpp>
#include <litorch/data/stream_dataset.hpp>
#include <litorch/data/stream_loader.hpp>
#include <litorch/data/tensor_dataset.hpp>
#include <litorch/data/weighted_sampler.hpp>
#include <litorch/io/npy.hpp>
#include <litorch/io/npy_appender.hpp>
#include <litorch/io/npy_shards.hpp>
#include <litorch/io/npy_split.hpp>
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
