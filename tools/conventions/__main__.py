"""The command line of the checks.

python -m tools.conventions          all checks
python -m tools.conventions names    one check
"""

import argparse
import gc
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from tools.conventions import imports, names, prose, sizes, stack_files, unused
from tools.conventions.sources import Finding, Source, sources

CHECKS: Mapping[str, Callable[[Sequence[Source]], Iterable[Finding]]] = {
    "names": lambda files: names.check(files, names.banned_names()),
    "prose": prose.check,
    "directions": imports.check_direction,
    "circles": imports.check_circles,
    "techniques": imports.check_techniques,
    "sizes": sizes.check,
    "unused": unused.check,
    "stack-files": lambda _: stack_files.check(),
}


def main(arguments: list[str] | None = None, files: Sequence[Source] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.conventions",
        description="Checks names, prose, imports, sizes and unused code.",
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"{', '.join(CHECKS)} (default: all)")
    chosen = parser.parse_args(arguments).checks
    if unknown := set(chosen) - set(CHECKS):
        parser.error(f"unknown check {', '.join(sorted(unknown))}; choose {', '.join(CHECKS)}")
    failed = False
    for name in chosen or CHECKS:
        findings = list(CHECKS[name](sources() if files is None else files))
        failed = failed or bool(findings)
        for finding in findings:
            print(finding)
    return 1 if failed else 0


if __name__ == "__main__":
    gc.disable()  # a million nodes of syntax trees are needed until the end
    sys.exit(main())
