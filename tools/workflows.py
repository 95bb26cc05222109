"""Checks the workflows in .github: zizmor (security) and actionlint (syntax, expressions, types).

python -m tools.workflows    both, on .github

zizmor runs offline and in its pedantic persona. actionlint uses shellcheck if the machine has it. An ignored
finding is a comment in the workflow with its reason: `# zizmor: ignore[rule] reason`.
"""

import subprocess
import sys
from pathlib import Path

from tools.bootstrap import REPOSITORY
from tools.go_tools import TOOLS, GoToolError, GoToolFinder

ZIZMOR = ("--offline", "--persona=pedantic", "--quiet", "--no-progress", "--strict-collection", ".github")


def main() -> int:
    """The exit status of the first that finds something, or 0."""
    try:
        actionlint = GoToolFinder(TOOLS["actionlint"]).path()
    except (GoToolError, OSError) as error:
        print(f"workflows: {error}", file=sys.stderr)
        return 1
    commands = (
        [str(Path(sys.executable).with_name("zizmor")), *ZIZMOR],
        [str(actionlint), "-color" if sys.stdout.isatty() else "-no-color"],
    )
    for command in commands:
        if status := subprocess.call(command, cwd=REPOSITORY):
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
