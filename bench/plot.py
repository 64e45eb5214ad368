# SPDX-License-Identifier: MIT
"""Plots as SVG text: bars and lines on logarithmic axes."""
import math
from html import escape

COLOURS = {"litorch": "#0072b2", "roof": "#888888", "libtorch": "#d55e00", "NumPy": "#009e73", "xtensor": "#cc79a7",
           "Eigen": "#e69f00", "oneDNN": "#56b4e9"}
GRID = "#dddddd"


class Drawing:
    def __init__(self, width, height, title):
        self.width, self.height = width, height
        self.parts = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
        self.text(width / 2, 24, title, anchor="middle", size=16)

    def text(self, x, y, words, anchor="start", size=12, turn=0, colour="#222222"):
        turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"'
                          f'{turned}>{escape(words)}</text>')

    def line(self, points, colour, width=1, dash=""):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>')

    def rectangle(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>')

    def svg(self):
        body = "\n".join(self.parts)
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
                f'width="{self.width}" height="{self.height}" font-family="sans-serif">\n{body}\n</svg>\n')


class LogScale:
    """Values in [low, high] to positions in [start, stop]."""

    def __init__(self, low, high, start, stop):
        self.low, self.high, self.start, self.stop = low, high, start, stop

    def __call__(self, value):
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + part * (self.stop - self.start)

    def ticks(self, base, mantissas=(1,)):
        """The values m * base^k within the scale."""
        exponents = range(math.floor(math.log(self.low, base)), math.ceil(math.log(self.high, base)) + 1)
        values = [mantissa * base ** exponent for exponent in exponents for mantissa in mantissas]
        return [value for value in values if self.low * 0.999 <= value <= self.high * 1.001]


def legend(drawing, names, x, y):
    for name in names:
        drawing.line([(x, y - 4), (x + 22, y - 4)], COLOURS[name], 3, "5 4" if name == "roof" else "")
        drawing.text(x + 28, y, name)
        y += 20


def size_text(size):
    for unit, scale in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= scale:
            return f"{size / scale:.0f} {unit}"
    return f"{size:.0f} B"


def lines(title, x_title, y_title, curves):
    """`curves`: name -> [(bytes, value)]."""
    drawing = Drawing(760, 440, title)
    left, right, top, bottom = 70, 630, 45, 380
    points = [point for curve in curves.values() for point in curve]
    x_values, y_values = [x for x, _ in points], [y for _, y in points]
    x_of = LogScale(min(x_values), max(max(x_values), 2 * min(x_values)), left, right)
    y_of = LogScale(min(y_values) / 1.2, max(y_values) * 1.2, bottom, top)
    for value in x_of.ticks(4):
        drawing.line([(x_of(value), top), (x_of(value), bottom)], GRID)
        drawing.text(x_of(value), bottom + 16, size_text(value), "middle", 10)
    for value in y_of.ticks(10, (1, 2, 5)):
        drawing.line([(left, y_of(value)), (right, y_of(value))], GRID)
        drawing.text(left - 8, y_of(value) + 4, f"{value:g}", "end", 11)
    drawing.text((left + right) / 2, bottom + 42, x_title + " (log scale)", "middle")
    drawing.text(20, (top + bottom) / 2, y_title + " (log scale)", "middle", turn=-90)
    for name, curve in reversed(curves.items()):  # litorch on top
        path = [(x_of(x), y_of(y)) for x, y in curve]
        drawing.line(path, COLOURS[name], 3 if name == "litorch" else 2, "5 4" if name == "roof" else "")
        for x, y in path:
            drawing.rectangle(x - 2.5, y - 2.5, 5, 5, COLOURS[name])
    legend(drawing, curves, right + 20, top + 20)
    return drawing.svg()


def bars(title, x_title, rows):
    """`rows`: (label, ratio, name of the peer)."""
    step, left, right, top = 18, 300, 760, 60
    bottom = top + step * len(rows)
    drawing = Drawing(900, bottom + 60, title)
    ratios = [ratio for _, ratio, _ in rows] or [1]
    x_of = LogScale(min(0.5, min(ratios) / 1.2), max(10, max(ratios) * 1.2), left, right)
    for value in x_of.ticks(10, (1, 2, 5)):
        drawing.line([(x_of(value), top - 4), (x_of(value), bottom)], "#222222" if value == 1 else GRID)
        drawing.text(x_of(value), bottom + 16, f"{value:g}", "middle", 11)
    for number, (label, ratio, peer) in enumerate(rows):
        y = top + step * number
        start, stop = sorted((x_of(1), x_of(ratio)))
        drawing.rectangle(start, y + 2, max(stop - start, 1), step - 5, COLOURS[peer])
        drawing.text(left - 8, y + 13, label, "end", 11)
        drawing.text(stop + 6, y + 13, f"{ratio:.3g}", size=10)
    x = left
    for peer in [name for name in COLOURS if any(name == row[2] for row in rows)]:
        drawing.rectangle(x, 38, 12, 12, COLOURS[peer])
        drawing.text(x + 18, 48, peer)
        x += 90
    drawing.text((left + right) / 2, bottom + 42, x_title + " (log scale)", "middle")
    return drawing.svg()
