// SPDX-License-Identifier: MIT
// The roof: how fast this machine copies as many bytes as the output has, from one warm buffer to another, when nothing
// else is to be done. Plain code that shares nothing with litorch's own kernels and threads.
#pragma once

#include <support/peer.hpp>

namespace litorch::bench {

/// memcpy and a copy with streaming stores on all threads, which spin between two copies, and memcpy on one. The best
/// of them is the roof.
std::vector<Contestant> roofs();

}  // namespace litorch::bench
