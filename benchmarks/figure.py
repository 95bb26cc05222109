"""docs/pictures/scale.svg: seconds and memory of a preview by the number of workloads, from a run's JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.results import Measurement, Results
from benchmarks.variants import FLAT, FLAT_SILENT, THIS, VARIANTS

_WIDTH, _HEIGHT, _LEFT, _TOP = 340, 220, 60, 50
_GAP: Final = 110
_COLORS: Final = {THIS: "#0b6bcb", FLAT_SILENT: "#b26b00", FLAT: "#c0392b"}


def figure(results: Results) -> str:
    """The picture; the same results give the same text."""
    panels = [
        _panel(results, 0, "seconds", lambda each: each.seconds),
        _panel(results, _WIDTH + _GAP, "peak memory of the program, MiB", lambda each: each.peak_mebibytes),
    ]
    width, height = 2 * _WIDTH + _GAP + _LEFT + 30, _HEIGHT + _TOP + 60
    keys = "".join(
        f'<rect x="{_LEFT + number * 250}" y="8" width="12" height="12" fill="{color}"/>'
        f'<text x="{_LEFT + number * 250 + 18}" y="18">{VARIANTS[name].label}</text>'
        for number, (name, color) in enumerate(_COLORS.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' font-family="sans-serif" font-size="12" fill="#444">\n'
        "<title>Previews: seconds and memory by the number of workloads</title>\n"
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n{keys}\n' + "\n".join(panels) + "\n</svg>\n"
    )


def _panel(results: Results, left: int, title: str, value: Callable[[Measurement], float]) -> str:
    sizes = results.sizes()
    lines = {
        name: [each for size in sizes if (each := results.find(name, "preview", size))] for name in _COLORS
    }
    most = max((value(each) for line in lines.values() for each in line), default=1.0)
    across, x0, y0 = max(sizes, default=1), _LEFT + left, _TOP + _HEIGHT

    def point(each: Measurement) -> tuple[float, float]:
        return (
            round(x0 + _WIDTH * each.workloads / across, 1),
            round(y0 - _HEIGHT * value(each) / most, 1),
        )

    drawn = [
        f'<text x="{x0}" y="{_TOP - 10}" font-weight="bold">{title}</text>',
        f'<path d="M{x0} {_TOP}V{y0}H{x0 + _WIDTH}" fill="none" stroke="#999"/>',
        *(
            f'<text x="{x0 + _WIDTH * size / across:.1f}" y="{y0 + 18}" text-anchor="middle">{size:,}</text>'
            for size in sizes
            if size == across or size >= across / 5
        ),
        f'<text x="{x0 + _WIDTH / 2:.0f}" y="{y0 + 36}" text-anchor="middle">workloads</text>',
        *(
            f'<text x="{x0 - 6}" y="{y0 - _HEIGHT * part + 4:.1f}" text-anchor="end">{most * part:.0f}</text>'
            for part in (0.0, 0.5, 1.0)
        ),
        *(_line(_COLORS[name], [point(each) for each in line]) for name, line in lines.items()),
    ]
    return "\n".join(drawn)


def _line(color: str, points: Sequence[tuple[float, float]]) -> str:
    path = " ".join(f"{x},{y}" for x, y in points)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{color}"/>' for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>{dots}'
