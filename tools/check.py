"""Checks that CI runs: format, lint, types, conventions (names, prose, imports, …), workflows, tests.

Stops at the first step that fails.

python -m tools.check            all (make check); further arguments go to pytest
python -m tools.check --quick    all but the tests
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass

from tools.bootstrap import REPOSITORY


@dataclass(frozen=True)
class Step:
    """A tool of the environment, as a module."""

    name: str
    remedy: str
    """The remedy when it fails."""
    command: tuple[str, ...]


MEND = "what stands above has to be mended"
QUICK = (
    Step("format", "type make format", ("ruff", "format", "--check", "--quiet", ".")),
    Step("lint", f"{MEND}, make format mends some of it", ("ruff", "check", "--quiet", ".")),
    Step("types", MEND, ("pyright",)),
    Step("conventions", MEND, ("tools.conventions",)),
    Step("workflows", MEND, ("tools.workflows",)),
)
TESTS = Step(
    "tests",
    'make test ARGS="--last-failed" runs the failed ones only',
    ("pytest", "-n", "auto", "--dist", "worksteal"),
)


def main(arguments: list[str] | None = None) -> int:
    """The exit status: that of the failed step, or 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.check", description="Runs what CI runs.")
    parser.add_argument("--quick", action="store_true", help="leave the tests out")
    options, for_pytest = parser.parse_known_args(arguments)
    steps = QUICK if options.quick else (*QUICK, TESTS)
    for step in steps:
        print(f"check: {step.name}", flush=True)
        extra = for_pytest if step is TESTS else []
        if subprocess.call([sys.executable, "-m", *step.command, *extra], cwd=REPOSITORY) != 0:
            print(f"check: {step.name} failed; {step.remedy}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
