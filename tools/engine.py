"""The Pulumi engine of this project: finds one or makes one, and says which is used and why.

    python tools/engine.py             see to it that there is an engine (part of `make setup`)
    python tools/engine.py --quiet     the same, silent when there is nothing to do
    python tools/engine.py --path      print the path of the engine in use, make nothing

Order: a ``pulumi`` on PATH that is new enough, the project's own in .tools/bin, the official installer,
``go build`` from tools/pulumi (a cold build: about 4 minutes).
Owns: .tools/. Deliberately not here: Python packages (Makefile), and what the engine is run for (rehearsal/).
Needs Python 3.11 and nothing else: it runs before anything is installed.
"""

import argparse
import collections
import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, NamedTuple

INSTALLER_HOST = "get.pulumi.com"
MODULE = "github.com/pulumi/pulumi/pkg/v3"
GO_FOLDER = "/usr/local/go/bin"
"""Where Go's own instructions put it, whether PATH has it or not."""
CONNECT_SECONDS = 3
INSTALLER_SECONDS = 300
INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# The SDK's own installer has no time-out (pulumi/automation/_cmd.py, _download_to_file): it runs apart, with one.
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


class EngineError(Exception):
    """No engine, with a sentence that says what to do."""


class Version(NamedTuple):
    """A release; an alpha, beta or rc sorts before the release it leads to."""

    major: int
    minor: int
    patch: int
    final: bool = True

    @classmethod
    def parse(cls, text: str) -> "Version | None":
        """``v3.256.0``, ``3.257.0-alpha.1`` …; None for anything else."""
        match = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+\S+)?", text.strip())
        return cls(*(int(part) for part in match.group(1, 2, 3)), final=match[4] is None) if match else None

    def serves(self, wanted: "Version") -> bool:
        """New enough, and of the same major version."""
        return self.major == wanted.major and self >= wanted

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}{'' if self.final else ' (pre-release)'}"


@dataclass(frozen=True)
class Engine:
    """A ``pulumi`` that can be used."""

    path: Path
    version: Version
    why: str


@dataclass
class Workshop:
    """Where the engine is looked for, made and remembered."""

    root: Path
    """The repository."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    remarks: list[str] = field(default_factory=list)
    """Why an earlier choice was passed over."""

    @property
    def modules(self) -> Path:
        return self.root / "tools" / "pulumi"

    @property
    def tools(self) -> Path:
        return self.root / ".tools"

    @property
    def own(self) -> Path:
        return self.tools / "bin" / "pulumi"

    @property
    def memory(self) -> Path:
        return self.tools / "engine.json"

    def wanted(self) -> Version:
        """The pinned release: the one that tools/pulumi/go.mod names."""
        try:
            pins = (self.modules / "go.mod").read_text()
        except OSError as error:
            raise EngineError(
                f"{self.modules / 'go.mod'}, which names the release, cannot be read: {error.strerror}"
            ) from error
        found = re.search(rf"^\s*{re.escape(MODULE)} (v\S+)", pins, re.MULTILINE)
        version = Version.parse(found[1]) if found else None
        if version is None:
            raise EngineError(f"{self.modules / 'go.mod'} names no release of {MODULE}")
        return version

    # ---------------------------------------------------------------------------------------------------------- looking

    def find(self) -> Engine | None:
        """The engine to use, if there is one; ``remarks`` then say why others were passed over."""
        wanted = self.wanted()
        self.remarks.clear()
        on_path = shutil.which("pulumi", path=self.environment.get("PATH", ""))
        if on_path and not (self.own.exists() and self.own.samefile(on_path)):
            version = self.version_of(Path(on_path))
            if version and version.serves(wanted):
                return Engine(Path(on_path), version, f"the one on PATH, at least {wanted}")
            self.remarks.append(
                f"{on_path} on PATH is {version or 'no working pulumi'}, wanted is {wanted} or newer"
            )
        if self.own.exists():
            version = self.version_of(self.own)
            if version and version == wanted:
                return Engine(self.own, version, "the project's own copy")
            self.remarks.append(
                f"the project's own copy is {version or 'no working pulumi'}, wanted is {wanted}"
            )
        return None

    def version_of(self, binary: Path) -> Version | None:
        """What ``pulumi version`` says, remembered for as long as the file stays the same: asking takes 0.2 s."""
        status = binary.stat()
        stamp = [status.st_mtime_ns, status.st_size]
        known = self._recall()
        match known.get(str(binary)):
            case {"file": file, "version": str(text)} if file == stamp:
                return Version.parse(text)
            case _:
                text = self._ask(binary)
        version = Version.parse(text)
        if version:
            self._remember({**known, str(binary): {"file": stamp, "version": text}})
        return version

    def _ask(self, binary: Path) -> str:
        environment = {**self.environment, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            run = subprocess.run(
                [binary, "version"], capture_output=True, text=True, env=environment, timeout=30
            )
            return run.stdout.strip() if run.returncode == 0 else ""
        return ""

    def _recall(self) -> dict[str, object]:
        with contextlib.suppress(OSError, ValueError):
            known = json.loads(self.memory.read_text())
            return known if isinstance(known, dict) else {}
        return {}

    def _remember(self, known: Mapping[str, object]) -> None:
        with contextlib.suppress(OSError):  # a checkout that cannot be written to works too, only slower
            self.tools.mkdir(exist_ok=True)
            draft = self.memory.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(known, indent=2) + "\n")
            draft.replace(self.memory)

    # ----------------------------------------------------------------------------------------------------------- making

    def make(self) -> Engine:
        """Downloads or builds the pinned release into .tools/bin; what is there stays whole until the new one is."""
        with self._alone(), self._bench() as bench:
            if engine := self.find():  # another set-up made it while this one waited
                return engine
            wanted = self.wanted()
            for remark in self.remarks:
                say(remark)
            why = self._download(wanted, bench) or self._build(wanted, bench)
            made = self.version_of(self.own)
            if made != wanted:
                raise EngineError(
                    f"{self.own} was made, but does not answer as {wanted}; remove it, type make setup"
                )
            return Engine(self.own, wanted, why)

    def _download(self, wanted: Version, bench: Path) -> str | None:
        if problem := unreachable(INSTALLER_HOST):
            say(f"the official installer is out of reach ({problem})")
            return None
        command = [sys.executable, "-I", "-c", INSTALL, str(bench), str(wanted)]
        run = Run("downloading pulumi", command, self.root, self.environment)
        if run.wait(INSTALLER_SECONDS) != 0:
            say(f"the official installer failed ({run.last_words(1) or 'without a word'})")
            return None
        # pulumi goes last: the language hosts beside it are there when it is
        for file in sorted((bench / "bin").iterdir(), key=lambda file: file.name == "pulumi"):
            self._put(file)
        return f"from the official installer at {INSTALLER_HOST}"

    def _build(self, wanted: Version, bench: Path) -> str:
        go = shutil.which("go", path=os.pathsep.join([self.environment.get("PATH", ""), GO_FOLDER]))
        if go is None:
            raise EngineError(
                "there is no pulumi to use, none can be downloaded, and there is no Go to build it with; "
                f"install Pulumi {wanted} or newer (https://www.pulumi.com/docs/install) or Go (https://go.dev/dl), "
                "then type make setup"
            )
        say(
            f"building pulumi {wanted} from its pinned Go modules: about 4 minutes and 3 GB of Go's caches, once"
        )
        stamp = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={wanted}"
        binary = bench / "pulumi"
        flags = ["-v", "-mod=readonly", "-trimpath", "-ldflags", stamp, "-o", str(binary)]
        command = [go, "build", *flags, f"{MODULE}/cmd/pulumi"]
        run = Run("building pulumi", command, self.modules, self.environment, describe=go_progress)
        if run.wait() != 0:
            raise EngineError(
                f"go build failed, its last words:\n{run.last_words(12)}\n"
                "mend that (network? disk space? Go as new as tools/pulumi/go.mod asks for?) and type make setup"
            )
        self._put(binary)
        return f"built from tools/pulumi in {elapsed(run.seconds)}; it rehearses, deploying takes the whole Pulumi CLI"

    def _put(self, file: Path) -> None:
        self.own.parent.mkdir(parents=True, exist_ok=True)
        file.replace(self.own.parent / file.name)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One maker at a time: two would only slow each other down."""
        self.tools.mkdir(exist_ok=True)
        with (self.tools / "engine.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("another set-up is at work here, waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def _bench(self) -> Iterator[Path]:
        """A folder on the same disk, gone afterwards; what a killed run left is cleared (the lock is held)."""
        for left in self.tools.glob("making-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(
            prefix="making-", dir=self.tools, ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)


# ------------------------------------------------------------------------------------------------------ running, saying


class Run:
    """A long command: its elapsed time is shown, its last lines are kept, its children end with it."""

    def __init__(
        self,
        label: str,
        command: list[str],
        folder: Path,
        environment: Mapping[str, str],
        describe: Callable[[list[str]], str] | None = None,
    ) -> None:
        self.label, self.describe, self.started = label, describe, time.monotonic()
        self.lines: list[str] = []
        self.command, self.folder, self.environment = command, folder, dict(environment)
        self.process: subprocess.Popen[str] | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def last_words(self, count: int) -> str:
        return "\n".join(collections.deque((line for line in self.lines if line), count))

    def wait(self, limit: float = float("inf")) -> int:
        """The exit status; -1 when the limit was reached."""
        tty = sys.stderr.isatty()
        pause = 0.5 if tty else 10
        try:
            with held_back():
                process = self.process = self._start()
            while self.seconds < limit:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(min(pause, limit - self.seconds))
                done = self.describe(self.lines) if self.describe else ""
                line = f"{self.label} … {elapsed(self.seconds)}{f', {done}' if done else ''}"
                sys.stderr.write(f"\r\033[K  {line}" if tty else f"  {line}\n")
                sys.stderr.flush()
            self.lines.append(f"not done after {elapsed(limit)}")
            return -1
        finally:
            if tty:
                sys.stderr.write("\r\033[K")
            self._end()

    def _start(self) -> subprocess.Popen[str]:
        # a session of its own, so that its children can be ended with it
        process = subprocess.Popen(
            self.command, cwd=self.folder, env=self.environment, start_new_session=True, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self.reader.start()
        return process

    def _end(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
        self.reader.join(timeout=5)

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self.lines.append(line.rstrip())


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """An interrupt that comes meanwhile comes at the end: a process that was started is known to whoever has to end it.

    Handlers, not a mask: the new process would inherit a mask. Only the main thread is ever interrupted.
    """
    came: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in INTERRUPTS:
            # one that is ignored stays ignored, in the child as well
            if callable(signal.getsignal(number)):
                handlers[number] = signal.signal(number, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def heed(handler: Callable[[int, FrameType | None], None]) -> None:
    """A closed terminal and a polite kill end it as Ctrl-C does, but for what is to be ignored (nohup)."""
    for number in INTERRUPTS[1:]:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def go_progress(lines: list[str]) -> str:
    """What ``go build -v`` has done: it names each module that it downloads and each package that it compiles."""
    downloaded = sum(line.startswith("go: downloading ") for line in lines)
    compiled = sum(not line.startswith("go: ") for line in lines)
    parts = [f"{downloaded} modules downloaded"] * bool(downloaded) + [
        f"{compiled} packages compiled"
    ] * bool(compiled)
    return ", ".join(parts)


def elapsed(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def unreachable(host: str) -> str | None:
    """Why there is no connection to a host's HTTPS port, or to the proxy that leads there; None when there is one."""
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

    # a thread: looking a name up heeds no time-out
    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS + 0.5)
    return problem[0]


def say(text: str) -> None:
    print(f"engine: {text}", file=sys.stderr, flush=True)


def stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None, shop: Workshop | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="tools/engine.py", description="Finds or makes the Pulumi engine.")
    parser.add_argument(
        "--path", action="store_true", help="print the path of the engine in use, make nothing"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing when there is nothing to do")
    options = parser.parse_args(arguments)
    shop = shop or Workshop(Path(__file__).resolve().parent.parent)
    try:
        found = shop.find()
        if options.path:
            if found is None:
                raise EngineError("; ".join([*shop.remarks, "there is no engine yet, type make setup"]))
            print(found.path)
            return 0
        engine = found or shop.make()
    except (EngineError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; nothing half-made is left, type make setup to go on")
        return 130
    if not (found and options.quiet):
        say(f"pulumi {engine.version}, {engine.path} ({engine.why})")
    return 0


if __name__ == "__main__":
    heed(stop)
    sys.exit(main())
