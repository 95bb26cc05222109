"""Shows the pins and what is newer upstream, or moves them.

    python -m tools.pins                        pinned, newest served, and the page of the changes
    python -m tools.pins --write                move all that are newer, within their major version
    python -m tools.pins --write pulumi-random  move these

Owns: which version a pin moves to. The SDK does not get ahead of the engine: a CLI runs programs of older
SDKs, not of newer ones. A move ends with what is left to do by hand.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools import lock
from tools.bootstrap import REPOSITORY
from tools.pins.pinned import Pin, PinError, newer, pins
from tools.pins.served import go, npm_command, run, served

ENGINE, SDK = "pulumi engine", "pulumi SDK"
_GET_SECONDS = 900
_NPM_INSTALL = (
    "install",
    "--package-lock-only",
    "--save-exact",
    "--omit-lockfile-registry-resolved",
    "--ignore-scripts",
)
"""A lock without addresses: who installs from it has a registry of their own choice."""
NEXT = """
pins: what is left, in this order:
  make setup policy        installs them; an engine takes about 4 minutes to build
  make plans               then read git diff tests/plans: each changed line has a reason in the pages above
  make test                the tests of released states among them: nothing may be replaced
  CHANGELOG.md             a line, if users have to install something newer
"""


@dataclass(frozen=True)
class Row:
    """A pin beside what is served."""

    pin: Pin
    pinned: str
    newest: str
    note: str = ""

    @property
    def moves(self) -> bool:
        """Whether `--write` moves it: the newest version is newer, of the same major version."""
        same_major = self.newest.split(".")[0] == self.pinned.split(".")[0]
        return self.is_newer and same_major and not self.pin.is_moved_by_hand

    @property
    def is_newer(self) -> bool:
        return newer(self.newest, self.pinned)


def rows(root: Path) -> list[Row]:
    """Every pin. One whose registry does not answer has a note."""
    table_rows: list[Row] = []
    engine = ""
    for pin in pins(root):
        pinned = pin.read(root)
        try:
            versions = served(pin, root)
        except PinError as error:
            table_rows.append(Row(pin, pinned, "", str(error)))
            continue
        note = "" if versions or pin.kind == "kubernetes" else "no version is served"
        if pin.name == ENGINE:
            engine = versions[0] if versions and newer(versions[0], pinned) else pinned
        if pin.name == SDK and engine and versions and newer(versions[0], engine):
            note = f"{versions[0]} is newer than every engine"
            versions = [each for each in versions if not newer(each, engine)]
        row = Row(pin, pinned, versions[0] if versions else "", note)
        if row.is_newer and not row.moves:
            row = replace(row, note="by hand" if pin.is_moved_by_hand else "by hand: another major version")
        table_rows.append(row)
    return table_rows


def show(table_rows: list[Row]) -> None:
    table = Table("what", "pinned", "newest served")
    table.add_column("changes upstream", overflow="fold")
    for row in table_rows:
        changes = row.pin.changes_between(row.pinned, row.newest) if row.is_newer or not row.newest else ""
        table.add_row(
            row.pin.name, row.pinned, row.newest or "–", "; ".join(filter(None, (row.note, changes)))
        )
    width = None if sys.stdout.isatty() else 160
    Console(width=width, highlight=False).print(table)


def move(table_rows: list[Row], root: Path) -> list[str]:
    """Move the pins to their newest versions, and write the locks.

    One that cannot move holds up no other: its reason is in the answer, one line each. Raises PinError if the
    packages do not fit together.
    """
    stayed: list[str] = []
    for row in table_rows:
        try:
            folder = root / Path(row.pin.places[0].file).parent
            if row.pin.kind in ("engine", "go"):
                run([go(), "get", *_target(folder, row)], folder, _GET_SECONDS)
            elif row.pin.kind == "npm":
                run(
                    [*npm_command(), *_NPM_INSTALL, f"{row.pin.served_as}@{row.newest}"], folder, _GET_SECONDS
                )
        except PinError as error:
            stayed.append(f"{row.pin.name} stays at {row.pinned}: {error}")
            continue
        if row.pin.name == SDK and any(line.startswith(f"{ENGINE} stays") for line in stayed):
            stayed.append(f"{row.pin.name} stays at {row.pinned}: it does not get ahead of the engine")
            continue
        row.pin.write(root, row.newest)
        print(f"pins: {row.pin.name} {row.pinned} → {row.newest}", flush=True)
    if any(row.pin.kind == "python" for row in table_rows) and lock.main([]) != 0:
        raise PinError("the packages do not fit together; the lines above say which, mend requirements.in")
    return stayed


def _target(folder: Path, row: Row) -> list[str]:
    """The argument of `go get`: the package of the line `tool`, or the module of the folder's own program."""
    for line in (folder / "go.mod").read_text(encoding="utf-8").splitlines():
        if line.startswith("tool "):
            return ["-tool", f"{line.removeprefix('tool ').strip()}@v{row.newest}"]
    return [f"{row.pin.served_as}@v{row.newest}"]


def main(arguments: list[str] | None = None, root: Path = REPOSITORY) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.pins", description="Shows the pins and what is newer upstream, or moves them."
    )
    parser.add_argument("--write", action="store_true", help="move the pins")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these (default: all)")
    options = parser.parse_args(arguments)
    try:
        known = [pin.name for pin in pins(root)]
        if unknown := [name for name in options.names if name not in known]:
            raise PinError(f"{unknown[0]!r} is no pin; name some of {', '.join(known)}")
        table_rows = [row for row in rows(root) if not options.names or row.pin.name in options.names]
        if not options.write:
            show(table_rows)
            return 0
        moved = [row for row in table_rows if row.moves]
        show(moved)
        stayed = move(moved, root)
        print(NEXT if moved else "pins: nothing is newer")
        for line in stayed:
            print(f"pins: {line}", file=sys.stderr)
        return 1 if stayed else 0
    except PinError as error:
        print(f"pins: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
