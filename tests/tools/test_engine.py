"""tools/engine.py: which Pulumi engine is used, and why. No network, no Go: every program here is a shell script."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools import engine, engine_installer
from tools.engine_finder import EngineError, Version
from tools.engine_installer import EngineInstaller
from tools.processes import INTERRUPTS, LongCommand, deferred_interrupts, install_signal_handlers

REPOSITORY = Path(__file__).resolve().parents[2]
GO_MOD = "module x\n\nrequire (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.256.0 // indirect\n)\n"

Script = Callable[..., Path]


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EngineInstaller:
    """A repository without an engine, on a machine with an empty PATH and no network."""
    (tmp_path / "repo" / "tools" / "pulumi").mkdir(parents=True)
    (tmp_path / "repo" / "tools" / "pulumi" / "go.mod").write_text(GO_MOD)
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(engine_installer, "connection_problem", lambda host: f"{host}: no network in tests")
    monkeypatch.setattr(engine_installer, "GO_FOLDER", str(tmp_path / "no-go-here"))
    return EngineInstaller(tmp_path / "repo", {"PATH": str(tmp_path / "bin")})


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def pulumi(path: Path, version: str) -> Path:
    """A ``pulumi`` that prints a version and counts its calls in a file beside it."""
    return script(path, f'echo called >> "{path}.log"\necho {version}')


def calls_of(path: Path) -> int:
    log = Path(f"{path}.log")
    return len(log.read_text().splitlines()) if log.exists() else 0


def on_path(installer: EngineInstaller) -> Path:
    return Path(installer.environment["PATH"]) / "pulumi"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.256.0", Version(3, 256, 0)),
        ("v3.256.0\n", Version(3, 256, 0)),
        ("v3.257.0-alpha.x1a2b", Version(3, 257, 0, final=False)),
        ("3.256.0+dirty", Version(3, 256, 0)),
        ("3.256", None),
        ("", None),
        ("pulumi: command not found", None),
    ],
)
def test_a_version_is_read_as_pulumi_prints_it(text: str, version: Version | None) -> None:
    assert Version.parse(text) == version


@pytest.mark.parametrize(
    ("text", "satisfies"),
    [
        ("3.256.0", True),
        ("3.256.1", True),
        ("3.1000.0", True),
        ("3.257.0-alpha.1", True),
        ("3.255.9", False),
        ("3.256.0-beta.1", False),
        ("4.0.0", False),
    ],
)
def test_an_engine_satisfies_the_pin_from_that_release_on_within_its_major_version(
    text: str, satisfies: bool
) -> None:
    version = Version.parse(text)
    assert version is not None
    assert version.satisfies(Version(3, 256, 0)) is satisfies


def test_the_engine_and_the_sdk_are_pinned_to_the_same_release() -> None:
    pins = re.findall(r"^pulumi==(\S+)", (REPOSITORY / "requirements.txt").read_text(), re.MULTILINE)
    assert pins == [str(EngineInstaller(REPOSITORY).pinned_version())]


def test_a_new_enough_pulumi_on_path_is_preferred(installer: EngineInstaller) -> None:
    pulumi(on_path(installer), "v3.260.1")
    pulumi(installer.own_binary, "v3.256.0")
    found = installer.find()
    assert found is not None
    assert (found.path, found.version) == (on_path(installer), Version(3, 260, 1))
    assert "on PATH" in found.origin


@pytest.mark.parametrize("other", ["v3.200.0", "v4.0.0", "what?"])
def test_the_projects_own_copy_comes_next(installer: EngineInstaller, other: str) -> None:
    pulumi(on_path(installer), other)
    pulumi(installer.own_binary, "v3.256.0")
    found = installer.find()
    assert found is not None
    assert found.path == installer.own_binary
    assert len(installer.rejections) == 1
    assert str(on_path(installer)) in installer.rejections[0]


def test_an_own_copy_of_another_release_is_not_used(installer: EngineInstaller) -> None:
    pulumi(installer.own_binary, "v3.255.0")
    assert installer.find() is None
    assert installer.rejections == ["the project's own copy is 3.255.0; the project needs 3.256.0"]


def test_a_pulumi_that_fails_is_passed_over(installer: EngineInstaller) -> None:
    script(on_path(installer), "echo v3.300.0; exit 3")
    assert installer.find() is None


def test_an_engine_is_called_once_while_its_file_is_unchanged(installer: EngineInstaller) -> None:
    pulumi(on_path(installer), "v3.256.0")
    for _ in range(3):
        assert installer.find() is not None
    assert calls_of(on_path(installer)) == 1
    pulumi(on_path(installer), "v3.100.0")
    assert installer.find() is None
    assert calls_of(on_path(installer)) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 1}'])
def test_an_unreadable_version_cache_is_replaced(installer: EngineInstaller, text: str) -> None:
    pulumi(installer.own_binary, "v3.256.0")
    installer.version_cache.write_text(text)
    assert installer.find() is not None


def test_without_go_one_sentence_names_what_to_install(
    installer: EngineInstaller, capfd: pytest.CaptureFixture[str]
) -> None:
    assert engine.main([], installer) == 1
    output = capfd.readouterr().err
    assert "install Pulumi 3.256.0 or newer" in output
    assert "or Go (https://go.dev/dl), then type make setup" in output
    assert "Traceback" not in output


def test_go_builds_it_if_nothing_else_is_usable(installer: EngineInstaller) -> None:
    # the arguments of go build end with: -o BINARY PACKAGE
    build = 'while [ "$1" != -o ]; do shift; done; printf "#!/bin/sh\\necho v3.256.0\\n" > "$2"; /bin/chmod +x "$2"'
    script(on_path(installer).with_name("go"), build)
    made = installer.install()
    assert (made.path, made.version) == (installer.own_binary, Version(3, 256, 0))
    assert "built from tools/pulumi" in made.origin
    assert not list(installer.tools.glob("making-*"))


def test_a_failed_build_shows_its_last_lines_and_leaves_nothing(installer: EngineInstaller) -> None:
    script(on_path(installer).with_name("go"), "echo no space left on device >&2; exit 1")
    with pytest.raises(EngineError, match="no space left on device"):
        installer.install()
    assert not installer.own_binary.exists()
    assert not list(installer.tools.glob("making-*"))


def test_a_failed_build_leaves_the_older_engine_whole(installer: EngineInstaller) -> None:
    pulumi(installer.own_binary, "v3.255.0")
    script(on_path(installer).with_name("go"), "exit 1")
    with pytest.raises(EngineError):
        installer.install()
    assert installer.version_of(installer.own_binary) == Version(3, 255, 0)


def test_a_download_is_tried_before_a_build(
    installer: EngineInstaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_installer, "connection_problem", lambda host: None)
    install = (
        "import pathlib, sys; bin = pathlib.Path(sys.argv[1], 'bin'); bin.mkdir()\n"
        "for name in 'pulumi', 'pulumi-language-python':\n"
        "    path = bin / name; path.write_text('#!/bin/sh\\necho v' + sys.argv[2]); path.chmod(0o755)\n"
    )
    monkeypatch.setattr(engine_installer, "INSTALL", install)
    made = installer.install()
    assert "official installer" in made.origin
    assert sorted(file.name for file in installer.own_binary.parent.iterdir()) == [
        "pulumi",
        "pulumi-language-python",
    ]


def test_a_hanging_installer_is_ended(installer: EngineInstaller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_installer, "connection_problem", lambda host: None)
    monkeypatch.setattr(engine_installer, "INSTALL", "import time; time.sleep(60)")
    monkeypatch.setattr(engine_installer, "INSTALLER_SECONDS", 0.2)
    with pytest.raises(EngineError, match="no Go"):
        installer.install()


def test_stopping_it_ends_the_build_and_leaves_nothing_half_made(installer: EngineInstaller) -> None:
    pid = installer.root / "pid"
    script(
        on_path(installer).with_name("go"),
        f'echo half > {installer.root}/half; echo $$ > "{pid}"; exec /bin/sleep 60',
    )
    program = (
        "import signal, sys; from pathlib import Path; from tools import engine, engine_installer\n"
        "engine_installer.connection_problem = lambda host: 'no network in tests'\n"
        "signal.signal(signal.SIGTERM, engine.raise_interrupt)\n"
        "sys.exit(engine.main([], engine_installer.EngineInstaller(Path(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", program, str(installer.root)]
    run = subprocess.Popen(
        command, cwd=REPOSITORY, env=dict(installer.environment), stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 20
    while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(signal.SIGTERM)
    _, output = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "stopped" in output
    assert "Traceback" not in output
    assert not installer.own_binary.exists()
    assert not list(installer.tools.glob("making-*"))
    assert _is_gone(int(pid.read_text()))


@pytest.mark.parametrize("number", INTERRUPTS)
def test_an_interrupt_while_a_process_starts_ends_it(
    installer: EngineInstaller,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    default_handlers: None,
) -> None:
    """The worst moment: the process runs, but the caller does not know it yet."""
    started: list[subprocess.Popen[str]] = []

    def popen(*args: Any, **keys: Any) -> subprocess.Popen[str]:
        started.append(real(*args, **keys))
        signal.raise_signal(number)
        return started[-1]

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", popen)
    install_signal_handlers(engine.raise_interrupt)
    with pytest.raises(KeyboardInterrupt):
        LongCommand("sleeping", ["/bin/sleep", "60"], installer.root, {}).wait()
    assert started[0].poll() is not None


@pytest.fixture
def default_handlers() -> Iterator[None]:
    """Python's own handlers, even if the parent ignores a signal (nohup, &); afterwards the earlier ones again."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in INTERRUPTS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_ignored_signal_stays_ignored(default_handlers: None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    install_signal_handlers(engine.raise_interrupt)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    with deferred_interrupts():
        signal.raise_signal(signal.SIGHUP)


def _is_gone(process: int) -> bool:
    """Whether the process ends within two seconds: init, which inherits it, may take a moment to reap it."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_path_prints_the_path_and_nothing_else(
    installer: EngineInstaller, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi(installer.own_binary, "v3.256.0")
    assert engine.main(["--path"], installer) == 0
    assert capfd.readouterr() == (f"{installer.own_binary}\n", "")


def test_path_makes_nothing(installer: EngineInstaller, capfd: pytest.CaptureFixture[str]) -> None:
    assert engine.main(["--path"], installer) == 1
    assert capfd.readouterr() == ("", "engine: there is no engine yet, type make setup\n")


def test_it_reports_which_engine_and_why_unless_it_is_quiet(
    installer: EngineInstaller, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi(installer.own_binary, "v3.256.0")
    assert engine.main(["--quiet"], installer) == 0
    assert capfd.readouterr() == ("", "")
    assert engine.main([], installer) == 0
    assert (
        capfd.readouterr().err == f"engine: pulumi 3.256.0, {installer.own_binary} (the project's own copy)\n"
    )


def test_the_progress_of_a_build_counts_modules_and_packages() -> None:
    lines = ["go: downloading example.com/a v1", "go: downloading example.com/b v1", "example.com/a"]
    assert engine_installer.go_build_progress(lines) == "2 modules downloaded, 1 packages compiled"
    assert engine_installer.go_build_progress([]) == ""
