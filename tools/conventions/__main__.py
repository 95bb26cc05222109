"""``python -m tools.conventions [names|imports|sizes|…]``: prints each violation and exits with status 1 if there is one."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from tools.conventions import imports, names, sizes, unused
from tools.conventions.sources import Finding, Source, sources

CHECKS: Mapping[str, Callable[[Sequence[Source]], Iterable[Finding]]] = {
    "names": lambda files: names.check(files, names.banned_names()),
    "directions": imports.check_direction,
    "circles": imports.check_circles,
    "techniques": imports.check_techniques,
    "sizes": sizes.check,
    "unused": unused.check,
}

ENFORCED = ("directions", "circles", "techniques", "unused")
"""The checks that have to find nothing in `make check` and in the tests."""


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.conventions", description="Checks names, imports and sizes."
    )
    parser.add_argument(
        "checks",
        nargs="*",
        choices=[[], *CHECKS],
        metavar="CHECK",
        help=f"{', '.join(CHECKS)} (default: all)",
    )
    chosen = parser.parse_args(arguments).checks or list(CHECKS)
    files = sources()
    findings = [finding for check in chosen for finding in CHECKS[check](files)]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
