"""A machine with nothing but fake Pythons, which are shell scripts."""

import stat
from pathlib import Path

from tools.bootstrap import LOCKS, OWN_ENVIRONMENTS
from tools.environment import Environment

FAKE = r"""#!/bin/sh
# A Python of one version: it answers the probe, makes environments by copying itself, and "installs" locks.
echo "$0 $*" >>"$CALLS"
case "$1 $2" in
    "-c "*ensurepip*) echo "VERSION NEW MISSING" ;;
    "-c import pip"*) [ ! -e "$BROKEN" ] ;;
    "-m venv")
        if [ -e "$NO_VENV" ]; then echo first; echo 'no space left on device'; exit 1; fi
        /bin/rm -rf "$4"; /bin/mkdir -p "$4/bin" "$4/lib"
        echo 'version = VERSION' >"$4/pyvenv.cfg"
        /bin/cp "$0" "$4/bin/python"; /bin/rm -f "$BROKEN" ;;
    "-m pip")
        echo 'Collecting a==1'
        if [ -e "$NO_PIP" ]; then echo 'ERROR: no network' >&2; exit 1; fi
        echo 'Installing collected packages: a' ;;
    "-m compileall") : ;;
    *) exit 64 ;;
esac
"""


class Machine:
    """A repository with locks, and a PATH with nothing but fake Pythons."""

    def __init__(self, root: Path) -> None:
        self.root, self.bin = root / "repository", root / "bin"
        self.bin.mkdir()
        for lock in (*LOCKS, *(lock for *_, lock in OWN_ENVIRONMENTS.values())):
            path = self.root / lock
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a==1 \\\n    --hash=sha256:00\n")
        self.calls_file = root / "calls"
        self.flags = {name: root / name for name in ("BROKEN", "NO_VENV", "NO_PIP")}

    def python(self, name: str, version: str = "3.12.1", missing: str = "") -> Path:
        is_new = tuple(map(int, version.split(".")[:2])) >= (3, 11)
        text = FAKE.replace("VERSION", version).replace("NEW", str(int(is_new))).replace("MISSING", missing)
        path = self.bin / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def calls(self) -> list[str]:
        """The arguments that the fake Pythons were called with since the last time."""
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        self.calls_file.unlink(missing_ok=True)
        return [line.removeprefix(f"{self.root}/").removeprefix(f"{self.bin}/") for line in lines]

    def installed(self) -> bool:
        return any(" -m pip install " in line for line in self.calls())

    @property
    def environment(self) -> Environment:
        return Environment(self.root, ".venv", LOCKS)

    def stamps(self) -> list[str]:
        return [path.name for path in self.environment.folder.glob(".ready-*")]
