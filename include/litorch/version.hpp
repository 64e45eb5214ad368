// SPDX-License-Identifier: MIT
// The one place that states the version; CMake reads these three lines.
#pragma once

#define LITORCH_VERSION_MAJOR 0
#define LITORCH_VERSION_MINOR 1
#define LITORCH_VERSION_PATCH 0
