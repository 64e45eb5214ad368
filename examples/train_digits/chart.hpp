// SPDX-License-Identifier: MIT
// What came of the training, as SVG pictures.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <string>
#include <vector>

/// A line of a panel: a value an epoch.
struct Curve {
  std::string name, colour;
  std::vector<double> values;
};

/// Values by epoch, from `low` to `high`, with a grid line at each multiple of `tick`.
struct Panel {
  std::string title, unit;
  double low, high, tick;
  std::vector<Curve> curves;
};

/// Panels one above the other.
std::string learning_curve(const std::string& title, const std::vector<Panel>& panels);

/// How many pictures of each digit (row) were taken for which (column), from a (10, 10) tensor.
std::string confusion_picture(const std::string& title, const litorch::Tensor<litorch::Index>& counts);
