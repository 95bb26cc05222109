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

from tools import engine
from tools.engine import EngineError, Version, Workshop

REPOSITORY = Path(__file__).resolve().parents[2]
GO_MOD = "module x\n\nrequire (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.256.0 // indirect\n)\n"

Script = Callable[..., Path]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A repository without an engine, on a machine with nothing on PATH but a shell's basics and no way out."""
    (tmp_path / "repo" / "tools" / "pulumi").mkdir(parents=True)
    (tmp_path / "repo" / "tools" / "pulumi" / "go.mod").write_text(GO_MOD)
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(engine, "unreachable", lambda host: f"{host}: no network in tests")
    monkeypatch.setattr(engine, "GO_FOLDER", str(tmp_path / "no-go-here"))
    return Workshop(tmp_path / "repo", {"PATH": str(tmp_path / "bin")})


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def pulumi(path: Path, version: str) -> Path:
    """A ``pulumi`` that knows its version, and counts in a file beside it how often it was asked."""
    return script(path, f'echo asked >> "{path}.log"\necho {version}')


def asked(path: Path) -> int:
    log = Path(f"{path}.log")
    return len(log.read_text().splitlines()) if log.exists() else 0


def on_path(shop: Workshop) -> Path:
    return Path(shop.environment["PATH"]) / "pulumi"


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
    ("have", "serves"),
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
def test_an_engine_serves_from_the_pinned_release_on_within_its_major_version(
    have: str, serves: bool
) -> None:
    version = Version.parse(have)
    assert version is not None
    assert version.serves(Version(3, 256, 0)) is serves


def test_the_engine_and_the_sdk_are_pinned_to_the_same_release() -> None:
    pins = re.findall(r"^pulumi==(\S+)", (REPOSITORY / "requirements.txt").read_text(), re.MULTILINE)
    assert pins == [str(Workshop(REPOSITORY).wanted())]


def test_a_new_enough_pulumi_on_path_is_preferred(shop: Workshop) -> None:
    pulumi(on_path(shop), "v3.260.1")
    pulumi(shop.own, "v3.256.0")
    found = shop.find()
    assert found is not None
    assert (found.path, found.version) == (on_path(shop), Version(3, 260, 1))
    assert "on PATH" in found.why


@pytest.mark.parametrize("other", ["v3.200.0", "v4.0.0", "what?"])
def test_the_projects_own_copy_comes_next(shop: Workshop, other: str) -> None:
    pulumi(on_path(shop), other)
    pulumi(shop.own, "v3.256.0")
    found = shop.find()
    assert found is not None
    assert found.path == shop.own
    assert len(shop.remarks) == 1
    assert str(on_path(shop)) in shop.remarks[0]


def test_an_own_copy_of_another_release_is_not_used(shop: Workshop) -> None:
    pulumi(shop.own, "v3.255.0")
    assert shop.find() is None
    assert shop.remarks == ["the project's own copy is 3.255.0, wanted is 3.256.0"]


def test_a_pulumi_that_fails_is_passed_over(shop: Workshop) -> None:
    script(on_path(shop), "echo v3.300.0; exit 3")
    assert shop.find() is None


def test_an_engine_is_asked_once_for_as_long_as_its_file_stays_the_same(shop: Workshop) -> None:
    pulumi(on_path(shop), "v3.256.0")
    for _ in range(3):
        assert shop.find() is not None
    assert asked(on_path(shop)) == 1
    pulumi(on_path(shop), "v3.100.0")
    assert shop.find() is None
    assert asked(on_path(shop)) == 2


@pytest.mark.parametrize("memory", ["", "{", "[]", '{"x": 1}'])
def test_a_spoilt_memory_is_forgotten(shop: Workshop, memory: str) -> None:
    pulumi(shop.own, "v3.256.0")
    shop.memory.write_text(memory)
    assert shop.find() is not None


def test_without_go_one_sentence_says_what_to_install(
    shop: Workshop, capfd: pytest.CaptureFixture[str]
) -> None:
    assert engine.main([], shop) == 1
    said = capfd.readouterr().err
    assert "install Pulumi 3.256.0 or newer" in said
    assert "or Go (https://go.dev/dl), then type make setup" in said
    assert "Traceback" not in said


def test_it_is_built_by_go_where_nothing_else_serves(shop: Workshop) -> None:
    # the arguments of go build end with: -o BINARY PACKAGE
    build = 'while [ "$1" != -o ]; do shift; done; printf "#!/bin/sh\\necho v3.256.0\\n" > "$2"; /bin/chmod +x "$2"'
    script(on_path(shop).with_name("go"), build)
    made = shop.make()
    assert (made.path, made.version) == (shop.own, Version(3, 256, 0))
    assert "built from tools/pulumi" in made.why
    assert not list(shop.tools.glob("making-*"))


def test_a_failed_build_shows_its_last_words_and_leaves_nothing(shop: Workshop) -> None:
    script(on_path(shop).with_name("go"), "echo no space left on device >&2; exit 1")
    with pytest.raises(EngineError, match="no space left on device"):
        shop.make()
    assert not shop.own.exists()
    assert not list(shop.tools.glob("making-*"))


def test_a_failed_build_leaves_the_older_engine_whole(shop: Workshop) -> None:
    pulumi(shop.own, "v3.255.0")
    script(on_path(shop).with_name("go"), "exit 1")
    with pytest.raises(EngineError):
        shop.make()
    assert shop.version_of(shop.own) == Version(3, 255, 0)


def test_a_download_is_tried_before_a_build(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "unreachable", lambda host: None)
    install = (
        "import pathlib, sys; bin = pathlib.Path(sys.argv[1], 'bin'); bin.mkdir()\n"
        "for name in 'pulumi', 'pulumi-language-python':\n"
        "    path = bin / name; path.write_text('#!/bin/sh\\necho v' + sys.argv[2]); path.chmod(0o755)\n"
    )
    monkeypatch.setattr(engine, "INSTALL", install)
    made = shop.make()
    assert "official installer" in made.why
    assert sorted(file.name for file in shop.own.parent.iterdir()) == ["pulumi", "pulumi-language-python"]


def test_an_installer_that_hangs_is_ended(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "unreachable", lambda host: None)
    monkeypatch.setattr(engine, "INSTALL", "import time; time.sleep(60)")
    monkeypatch.setattr(engine, "INSTALLER_SECONDS", 0.2)
    with pytest.raises(EngineError, match="no Go"):
        shop.make()


def test_stopping_it_ends_the_build_and_leaves_nothing_half_made(shop: Workshop) -> None:
    pid = shop.root / "pid"
    script(
        on_path(shop).with_name("go"), f'echo half > {shop.root}/half; echo $$ > "{pid}"; exec /bin/sleep 60'
    )
    program = (
        "import signal, sys; from pathlib import Path; from tools import engine\n"
        "engine.unreachable = lambda host: 'no network in tests'\n"
        "signal.signal(signal.SIGTERM, engine.stop)\n"
        "sys.exit(engine.main([], engine.Workshop(Path(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", program, str(shop.root)]
    run = subprocess.Popen(
        command, cwd=REPOSITORY, env=dict(shop.environment), stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 20
    while not (pid.exists() and pid.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(signal.SIGTERM)
    _, said = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "stopped" in said
    assert "Traceback" not in said
    assert not shop.own.exists()
    assert not list(shop.tools.glob("making-*"))
    assert _is_gone(int(pid.read_text()))


@pytest.mark.parametrize("number", engine.INTERRUPTS)
def test_an_interrupt_while_a_process_starts_ends_it(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, restored: None
) -> None:
    """The worst moment: the process is there, and nobody has its name yet."""
    started: list[subprocess.Popen[str]] = []

    def popen(*args: Any, **keys: Any) -> subprocess.Popen[str]:
        started.append(real(*args, **keys))
        signal.raise_signal(number)
        return started[-1]

    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", popen)
    engine.heed(engine.stop)
    with pytest.raises(KeyboardInterrupt):
        engine.Run("sleeping", ["/bin/sleep", "60"], shop.root, {}).wait()
    assert started[0].poll() is not None


@pytest.fixture
def restored() -> Iterator[None]:
    """The handlers of this process as they were."""
    before = {number: signal.getsignal(number) for number in engine.INTERRUPTS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_what_is_to_be_ignored_stays_so(restored: None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    engine.heed(engine.stop)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    with engine.held_back():
        signal.raise_signal(signal.SIGHUP)


def _is_gone(process: int) -> bool:
    """Whether it is: only init, which inherits it, may take a moment to take note."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_path_prints_the_path_and_nothing_else(shop: Workshop, capfd: pytest.CaptureFixture[str]) -> None:
    pulumi(shop.own, "v3.256.0")
    assert engine.main(["--path"], shop) == 0
    assert capfd.readouterr() == (f"{shop.own}\n", "")


def test_path_makes_nothing(shop: Workshop, capfd: pytest.CaptureFixture[str]) -> None:
    assert engine.main(["--path"], shop) == 1
    assert capfd.readouterr() == ("", "engine: there is no engine yet, type make setup\n")


def test_it_says_which_engine_and_why_unless_told_to_be_quiet(
    shop: Workshop, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi(shop.own, "v3.256.0")
    assert engine.main(["--quiet"], shop) == 0
    assert capfd.readouterr() == ("", "")
    assert engine.main([], shop) == 0
    assert capfd.readouterr().err == f"engine: pulumi 3.256.0, {shop.own} (the project's own copy)\n"


def test_the_progress_of_a_build_counts_modules_and_packages() -> None:
    lines = ["go: downloading example.com/a v1", "go: downloading example.com/b v1", "example.com/a"]
    assert engine.go_progress(lines) == "2 modules downloaded, 1 packages compiled"
    assert engine.go_progress([]) == ""
