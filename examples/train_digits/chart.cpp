// SPDX-License-Identifier: MIT
#include "chart.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lt = litorch;

namespace {

constexpr const char* kInk = "#222222";
constexpr const char* kFaint = "#666666";
constexpr const char* kGrid = "#dddddd";

std::string number(double value, int digits = 1) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

class Drawing {
 public:
  Drawing(double width, double height)
      : svg_("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width, 0) + ' ' + number(height, 0) +
             "\" width=\"" + number(width, 0) + "\" height=\"" + number(height, 0) +
             "\" font-family=\"sans-serif\">\n") {
    rectangle(0, 0, width, height, "#ffffff");
  }

  void rectangle(double x, double y, double width, double height, const std::string& fill) {
    svg_ += "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\"" +
            number(height) + "\" fill=\"" + fill + "\"/>\n";
  }
  void line(const std::vector<std::pair<double, double>>& points, const std::string& colour, double width = 1) {
    svg_ += "<polyline fill=\"none\" stroke-linejoin=\"round\" stroke=\"" + colour + "\" stroke-width=\"" +
            number(width) + "\" points=\"";
    for (const auto& [x, y] : points) svg_ += number(x) + ',' + number(y) + ' ';
    svg_ += "\"/>\n";
  }
  void text(double x, double y, const std::string& words, const std::string& anchor, double size = 13,
            const std::string& colour = kInk, bool upright = false) {
    svg_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\" font-size=\"" +
            number(size, 0) + "\" fill=\"" + colour + '"' +
            (upright ? " transform=\"rotate(-90 " + number(x) + ' ' + number(y) + ")\"" : "") + '>' + words +
            "</text>\n";
  }
  std::string finished() && { return svg_ + "</svg>\n"; }

 private:
  std::string svg_;
};

constexpr double kLeft = 80, kRight = 560, kPanelHeight = 190, kPanelStep = 270;

void draw_panel(Drawing& drawing, const Panel& panel, double top, std::size_t epochs) {
  const double bottom = top + kPanelHeight;
  const auto x_of = [&](std::size_t epoch) {
    return epochs < 2 ? kLeft
                      : kLeft + (kRight - kLeft) * static_cast<double>(epoch - 1) / static_cast<double>(epochs - 1);
  };
  const auto y_of = [&](double value) {
    return bottom - (bottom - top) * (std::clamp(value, panel.low, panel.high) - panel.low) / (panel.high - panel.low);
  };
  drawing.text(kLeft, top - 12, panel.title, "start", 14);
  for (int at = 0; panel.low + at * panel.tick <= panel.high * 1.0001; ++at) {
    const double value = panel.low + at * panel.tick;
    drawing.line({{kLeft, y_of(value)}, {kRight, y_of(value)}}, at == 0 ? kFaint : kGrid);
    drawing.text(kLeft - 8, y_of(value) + 4, number(value, panel.tick < 1 ? 1 : 0) + panel.unit, "end", 12, kFaint);
  }
  const std::size_t stride = std::max<std::size_t>(1, epochs / 8);
  for (std::size_t epoch = 1; epoch <= epochs; ++epoch)
    if (epoch == 1 || epoch % stride == 0) {
      drawing.line({{x_of(epoch), bottom}, {x_of(epoch), bottom + 5}}, kFaint);
      drawing.text(x_of(epoch), bottom + 19, std::to_string(epoch), "middle", 12, kFaint);
    }
  drawing.text((kLeft + kRight) / 2, bottom + 38, "epoch", "middle", 12, kFaint);
  // Names stand at the ends of their lines, apart from one another.
  std::vector<const Curve*> by_height;
  for (const Curve& curve : panel.curves) by_height.push_back(&curve);
  std::sort(by_height.begin(), by_height.end(),
            [](const Curve* a, const Curve* b) { return a->values.back() > b->values.back(); });
  double free = top - 20;
  for (const Curve* curve : by_height) {
    std::vector<std::pair<double, double>> points;
    for (std::size_t at = 0; at < curve->values.size(); ++at)
      points.emplace_back(x_of(at + 1), y_of(curve->values[at]));
    drawing.line(points, curve->colour, 2.5);
    free = std::max(points.back().second, free + 17);
    drawing.text(kRight + 10, free + 4,
                 curve->name + ' ' + number(curve->values.back(), panel.tick < 1 ? 2 : 1) + panel.unit, "start", 13,
                 curve->colour);
  }
}

/// From white to dark blue.
std::string shade(double part) {
  const double to[3] = {8, 69, 148};
  char text[8];
  const auto channel = [&](int i) { return static_cast<unsigned>(std::lround(255 + (to[i] - 255) * part)) & 255u; };
  std::snprintf(text, sizeof(text), "#%02x%02x%02x", channel(0), channel(1), channel(2));
  return text;
}

}  // namespace

std::string learning_curve(const std::string& title, const std::vector<Panel>& panels) {
  Drawing drawing(740, 60 + kPanelStep * static_cast<double>(panels.size()));
  drawing.text(kLeft, 28, title, "start", 17);
  double top = 75;
  for (const Panel& panel : panels) {
    draw_panel(drawing, panel, top, panel.curves.front().values.size());
    top += kPanelStep;
  }
  return std::move(drawing).finished();
}

std::string confusion_picture(const std::string& title, const lt::Tensor<lt::Index>& counts) {
  constexpr double kCell = 46, kX = 80, kY = 92;
  const lt::Index digits = counts.size(0);
  const double side = kCell * static_cast<double>(digits);
  Drawing drawing(kX + side + 40, kY + side + 40);
  drawing.text(kX, 28, title, "start", 17);
  drawing.text(kX + side / 2, 58, "taken for", "middle", 13, kFaint);
  drawing.text(30, kY + side / 2, "the digit is", "middle", 13, kFaint, true);
  for (lt::Index row = 0; row < digits; ++row) {
    lt::Index all = 0;
    for (lt::Index column = 0; column < digits; ++column) all += counts(row, column);
    const double y = kY + kCell * static_cast<double>(row);
    drawing.text(kX - 16, y + kCell / 2 + 5, std::to_string(row), "middle", 15);
    drawing.text(kX + kCell * (static_cast<double>(row) + 0.5), kY - 12, std::to_string(row), "middle", 15);
    for (lt::Index column = 0; column < digits; ++column) {
      const lt::Index count = counts(row, column);
      const double part = all == 0 ? 0 : static_cast<double>(count) / static_cast<double>(all);
      const double x = kX + kCell * static_cast<double>(column);
      // Mistakes are few: the root makes them visible. They are orange, so that the eye finds them.
      const bool mistake = row != column && count > 0;
      drawing.rectangle(x + 1, y + 1, kCell - 2, kCell - 2,
                        mistake      ? "#fdae6b"
                        : count == 0 ? "#f4f4f4"
                                     : shade(std::sqrt(part)));
      if (count > 0)
        drawing.text(x + kCell / 2, y + kCell / 2 + 5, std::to_string(count), "middle", 14, mistake ? kInk : "#ffffff");
    }
  }
  drawing.text(kX, kY + side + 26, "Blue: right. Orange: mistaken.", "start", 12, kFaint);
  return std::move(drawing).finished();
}
