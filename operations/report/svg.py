"""A workload's chain as an inline SVG: its links from left to right, each end in a column by its distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

import networkx as nx

from operations.report.drawing import arrows
from operations.report.model import Reading

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 180, 44, 86, 16, 8
_LETTERS: Final = 27
"""Characters of a line in a box; the whole text is its tooltip."""
_LABEL: Final = 15
_PAGE: Final = 1400
"""Width up to which a chain is shrunk to the page; a wider one scrolls."""


def chain_svg(readings: Iterable[Reading], title: str) -> str:
    """The links of all readings, each once; the style sheet of the page colours `gained` and `lost`."""
    graph = _graph(readings)
    places = _places(graph)
    width = max((x for x, _ in places.values()), default=0) + _WIDTH + 2 * _MARGIN
    height = max((y for _, y in places.values()), default=0) + _HEIGHT + 2 * _MARGIN
    kind = "chain wide" if width > _PAGE else "chain"
    parts = [
        f'<svg class="{kind}" role="img" viewBox="0 0 {width} {height}" width="{width}">',
        f"<title>{escape(title)}</title>",
    ]
    edges = [_edge(places[source], places[target], data) for source, target, data in graph.edges(data=True)]
    # Labels above all lines, each on the page's own ground.
    parts += [line for line, _ in edges]
    parts += [label for _, label in edges]
    parts += [_box(text, place) for text, place in places.items()]
    return "".join([*parts, "</svg>"])


def _graph(readings: Iterable[Reading]) -> nx.DiGraph[str]:
    graph: nx.DiGraph[str] = nx.DiGraph()
    for arrow in arrows(readings):
        graph.add_edge(arrow.source, arrow.target, what=arrow.label, change=arrow.change)
    return graph


def _places(graph: nx.DiGraph[str]) -> dict[str, tuple[int, int]]:
    """The upper left corner of each end. An end stands right of all that lead to it."""
    places: dict[str, tuple[int, int]] = {}
    for column, layer in enumerate(nx.topological_generations(_without_cycles(graph))):
        for row, end in enumerate(layer):
            places[end] = (_MARGIN + column * (_WIDTH + _GAP_X), _MARGIN + row * (_HEIGHT + _GAP_Y))
    return places


def _without_cycles(graph: nx.DiGraph[str]) -> nx.DiGraph[str]:
    """The graph without the arrows that lead back, of which a chain has none."""
    acyclic = graph.copy()
    while not nx.is_directed_acyclic_graph(acyclic):
        acyclic.remove_edge(*nx.find_cycle(acyclic)[-1][:2])
    return acyclic


def _edge(start: tuple[int, int], end: tuple[int, int], data: Mapping[str, str]) -> tuple[str, str]:
    """The line and its label."""
    x1, y1 = start[0] + _WIDTH, start[1] + _HEIGHT // 2
    x2, y2 = end[0], end[1] + _HEIGHT // 2
    middle = (x1 + x2) // 2
    label = _short(data["what"].split(",")[0], _LABEL)
    return (
        f'<path class="{data["change"]}" d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"/>',
        f'<text class="what on-line" x="{middle}" y="{(y1 + y2) // 2 - 4}">'
        f"<title>{escape(data['what'])}</title>{escape(label)}</text>",
    )


def _box(text: str, place: tuple[int, int]) -> str:
    """Two lines: what it is, and its name."""
    x, y = place
    kind, _, name = text.partition(" of " if text.startswith("pods ") else " ")
    middle = x + _WIDTH // 2
    return (
        f'<g><title>{escape(text)}</title><rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
        f'<text class="what" x="{middle}" y="{y + 17}">{escape(_short(kind, _LETTERS))}</text>'
        f'<text x="{middle}" y="{y + 33}">{escape(_short(name, _LETTERS))}</text></g>'
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
