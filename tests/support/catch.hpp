// SPDX-License-Identifier: MIT
// The one place that knows how Catch2 spells its headers: version 3 has many, version 2 has one.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
