"""Writes the locks anew from their ``*.in`` files: exact versions with hashes, for every platform.

python -m tools.lock              keep the locked versions where they still fit
python -m tools.lock --upgrade    take newer releases (`make lock ARGS=--upgrade`)
"""

import subprocess
import sys

from tools.bootstrap import LOCKS, OWN_ENVIRONMENTS, REPOSITORY


def main(arguments: list[str]) -> int:
    """The exit status. Unknown arguments go to uv."""
    options = [
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
    ]
    locks = [*LOCKS, *(lock for *_, lock in OWN_ENVIRONMENTS.values())]
    options += ["--custom-compile-command", "make lock"]
    for lock in locks:
        command = [sys.executable, "-m", "uv", "pip", "compile", *options, "--output-file", lock, *arguments]
        status = subprocess.call([*command, lock.replace(".txt", ".in")], cwd=REPOSITORY)
        if status != 0:
            return status
    commands = " and ".join(f"make {what}" for what in ("setup", *OWN_ENVIRONMENTS))
    print(f"lock: done, see git diff {' '.join(locks)}; {commands} install them")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
