"""Installs the pinned Pulumi engine into .tools/bin: by the official installer, else with ``go build`` from
tools/pulumi.

Deliberately not here: the choice between engines that exist (tools/engine_finder.py). Needs the standard
library only, so that it runs before anything is installed.
"""

import contextlib
import os
import shutil
import socket
import sys
import tempfile
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tools.engine_finder import MODULE, EngineBinary, EngineError, EngineFinder, Version
from tools.processes import LongCommand, format_seconds

INSTALLER_HOST = "get.pulumi.com"
GO_FOLDER = "/usr/local/go/bin"
"""The folder of Go's installation instructions, which PATH may lack."""
CONNECT_SECONDS = 3
INSTALLER_SECONDS = 300

# The SDK's installer has no time-out (pulumi/automation/_cmd.py, _download_to_file): it runs in a process of
# its own, with one.
INSTALL = """
import socket, subprocess, sys
try:
    from pulumi.automation import PulumiCommand
    from semver import VersionInfo
except ImportError:
    sys.exit("this Python has no Pulumi SDK")
socket.setdefaulttimeout(10)
try:
    PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
except subprocess.CalledProcessError as error:
    sys.exit((error.output or b"").decode(errors="replace").strip() or str(error))
except Exception as error:
    sys.exit(str(error))
"""


class EngineInstaller(EngineFinder):
    """Finds an engine, or installs one."""

    def install(self) -> EngineBinary:
        """Downloads or builds the pinned release; an older copy stays whole until the new one is complete."""
        with self._exclusive_lock(), self._scratch_folder() as folder:
            if engine := self.find():  # another set-up installed it while this one waited
                return engine
            pinned = self.pinned_version()
            for rejection in self.rejections:
                report(rejection)
            origin = self._download(pinned, folder) or self._build(pinned, folder)
            installed = self.version_of(self.own_binary)
            if installed != pinned:
                raise EngineError(
                    f"{self.own_binary} was installed, but its version is {installed or 'unknown'} "
                    f"and not {pinned}; remove it, then type make setup"
                )
            return EngineBinary(self.own_binary, pinned, origin)

    def _download(self, pinned: Version, folder: Path) -> str | None:
        if problem := connection_problem(INSTALLER_HOST):
            report(f"the official installer is out of reach ({problem})")
            return None
        command = [sys.executable, "-I", "-c", INSTALL, str(folder), str(pinned)]
        run = LongCommand("downloading pulumi", command, self.root, self.environment)
        if run.wait(INSTALLER_SECONDS) != 0:
            report(f"the official installer failed ({run.last_lines(1) or 'it printed nothing'})")
            return None
        # pulumi comes last: once it is in place, so are the language hosts beside it
        for file in sorted((folder / "bin").iterdir(), key=lambda file: file.name == "pulumi"):
            self._move_into_place(file)
        return f"from the official installer at {INSTALLER_HOST}"

    def _build(self, pinned: Version, folder: Path) -> str:
        go = shutil.which("go", path=os.pathsep.join([self.environment.get("PATH", ""), GO_FOLDER]))
        if go is None:
            raise EngineError(
                "there is no pulumi to use, none can be downloaded, and there is no Go to build it with; "
                f"install Pulumi {pinned} or newer (https://www.pulumi.com/docs/install) "
                "or Go (https://go.dev/dl), then type make setup"
            )
        report(
            f"building pulumi {pinned} from its pinned Go modules: "
            "about 4 minutes and 3 GB of Go's caches, once"
        )
        stamp = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={pinned}"
        binary = folder / "pulumi"
        flags = ["-v", "-mod=readonly", "-trimpath", "-ldflags", stamp, "-o", str(binary)]
        command = [go, "build", *flags, f"{MODULE}/cmd/pulumi"]
        run = LongCommand(
            "building pulumi", command, self.go_module, self.environment, progress=go_build_progress
        )
        if run.wait() != 0:
            raise EngineError(
                f"go build failed, its last lines:\n{run.last_lines(12)}\n"
                "mend that (network? disk space? Go as new as tools/pulumi/go.mod requires?), "
                "then type make setup"
            )
        self._move_into_place(binary)
        return (
            f"built from tools/pulumi in {format_seconds(run.seconds)}; "
            "it serves rehearsals, a deployment needs the whole Pulumi CLI"
        )

    def _move_into_place(self, file: Path) -> None:
        self.own_binary.parent.mkdir(parents=True, exist_ok=True)
        file.replace(self.own_binary.parent / file.name)

    @contextlib.contextmanager
    def _exclusive_lock(self) -> Iterator[None]:
        """One installation at a time: two would only slow each other down."""
        import fcntl  # Windows has none

        self.tools.mkdir(exist_ok=True)
        with (self.tools / "engine.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report("another set-up is at work here, waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def _scratch_folder(self) -> Iterator[Path]:
        """A temporary folder on the disk of .tools; also removes those of killed runs, since the lock is
        held.
        """
        for leftover in self.tools.glob("making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(
            prefix="making-", dir=self.tools, ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)


def go_build_progress(lines: list[str]) -> str:
    """The progress of ``go build -v``, which names each module that it downloads and each package that it
    compiles.
    """
    downloaded = sum(line.startswith("go: downloading ") for line in lines)
    compiled = sum(not line.startswith("go: ") for line in lines)
    counts = ((downloaded, "modules downloaded"), (compiled, "packages compiled"))
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def connection_problem(host: str) -> str | None:
    """The reason that the HTTPS port of a host, or of its proxy, does not answer. None: it answers."""
    port = 443
    proxy = urllib.request.getproxies().get("https")
    if proxy and not urllib.request.proxy_bypass(host):
        parts = urllib.parse.urlsplit(proxy if "//" in proxy else f"//{proxy}")
        host, port = parts.hostname or host, parts.port or port
    problem: list[str | None] = [f"{host} does not answer within {CONNECT_SECONDS} s"]

    def probe() -> None:
        try:
            socket.create_connection((host, port), CONNECT_SECONDS).close()
            problem[0] = None
        except OSError as error:
            problem[0] = f"{host}: {error.strerror or error}"

    # a thread: the time-out does not hold for the look-up of the name
    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS + 0.5)
    return problem[0]


def report(text: str) -> None:
    print(f"engine: {text}", file=sys.stderr, flush=True)
