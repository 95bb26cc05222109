"""Display of a report: the resources as a tree, the outputs `access` and `people` as tables, the others as
YAML.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import yaml
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from rehearsal.report import SECRET, STACK_TYPE, Report

_SIGNS: Final = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "replace": ("±", "magenta"),
    "delete": ("-", "red"),
}
_DEFAULT_PROVIDER: Final = "default"

_ACCESS_COLUMNS: Final = (
    ("workload", "{workload}"),
    ("service account", "{account}"),
    ("takes on", "{identity}"),
    ("which may read", "{reach}"),
    ("as", "{role}"),
    ("technique", "{technique}"),
)


_PEOPLE_COLUMNS: Final = (
    ("principal", "{principal}"),
    ("type", "{principalType}"),
    ("reads and writes every secret of", "{vault}"),
    ("as", "{role}"),
)
_TABLES: Final = {
    "access": ("access: who reads what", _ACCESS_COLUMNS),
    "people": ("people: who has rights on a whole vault", _PEOPLE_COLUMNS),
}


_LOG_WIDTH: Final = 200
"""Columns of a display that is not a terminal: tables must not wrap in a log."""


def console() -> Console:
    """The console for what a command prints at its end."""
    return Console() if sys.stdout.isatty() else Console(width=_LOG_WIDTH)


def show_outputs(report: Report, console: Console) -> None:
    """Every output: `access` and `people` as tables, the others as YAML."""
    for name, value in report.outputs.items():
        console.print()
        output = _output(name, value)
        # Text that the terminal wraps can be copied as one line; text that Rich wraps cannot.
        console.print(output, soft_wrap=isinstance(output, Text))


def tree(resources: Iterable[Mapping[str, Any]]) -> Tree:
    """Each resource below its parent, with Pulumi's sign for its operation."""
    rows = [
        row
        for row in resources
        if not (row["type"].startswith("pulumi:providers:") and row["name"].startswith(_DEFAULT_PROVIDER))
    ]
    root = next((row for row in rows if row["type"] == STACK_TYPE), None)
    whole = Tree(_label(root) if root else Text("no stack"))
    branches: dict[str, Tree] = {root["urn"]: whole} if root else {}
    waiting = [row for row in rows if row is not root]
    while waiting:
        ready = [
            row
            for row in waiting
            if row["parent"] in branches or not any(other["urn"] == row["parent"] for other in waiting)
        ]
        for row in ready:
            branches[row["urn"]] = branches.get(row["parent"], whole).add(_label(row))
        waiting = [row for row in waiting if row["urn"] not in branches]
    return whole


def _label(row: Mapping[str, Any]) -> Text:
    sign, style = _SIGNS.get(row["op"], (" ", "dim"))
    return Text.assemble(
        (f"{sign} ", style), (row["type"].replace("pulumi:pulumi:", ""), "dim"), " ", row["name"]
    )


def _output(name: str, value: Any) -> RenderableType:
    is_table = isinstance(value, Sequence) and value and all(isinstance(row, Mapping) for row in value)
    if name in _TABLES and is_table:
        return _table(value, *_TABLES[name])
    return Text(as_yaml({name: value}))


def _table(rows: Sequence[Mapping[str, Any]], title: str, columns: Sequence[tuple[str, str]]) -> Table:
    """One row per entry of an output of the program."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading, _ in columns:
        table.add_column(heading, overflow="fold")  # a narrow terminal wraps names instead of hiding them
    for row in rows:
        cells = _WithEmptyDefaults(row, reach=_reach(row), account=_account(row))
        table.add_row(*(form.format_map(cells) for _, form in columns))
    return table


def _account(row: Mapping[str, Any]) -> str:
    """ServiceAccount that takes on the identity: the workload's own, or that of the operator that reads."""
    if row.get("access") == "operator":
        subject = str(row.get("subject") or "").removeprefix("system:serviceaccount:")
        return subject.replace(":", "/") or "that of the operator"
    return f"{row.get('namespace', '')}/{row.get('serviceAccount', '')}"


def _reach(row: Mapping[str, Any]) -> str:
    """Objects that a row of `access` may read; empty for a row of another output."""
    reach = str(row.get("scope", "")).rsplit("/vaults/", 1)[-1]
    if row.get("secret") == "*":
        reach += " (every secret)"
    return reach if row.get("asked", True) else f"{reach} (not asked for)"


class _WithEmptyDefaults(dict[str, Any]):
    """Missing keys are empty: a program of another version may publish fewer."""

    def __missing__(self, key: str) -> str:
        return ""


def as_yaml(outputs: Mapping[str, Any]) -> str:
    """Outputs as YAML."""
    text = yaml.safe_dump(dict(outputs), sort_keys=False, allow_unicode=True, width=10**6).rstrip()
    # YAML would quote the mask; the documented form has no quotes.
    return text.replace(f"'{SECRET}'", SECRET)
