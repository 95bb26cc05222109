"""tools/engine.py: which Pulumi engine is used, and why. No network, no Go: programs are shell scripts."""

from pathlib import Path

import pytest

from tests.tools.fake_engine import calls_of, on_path, pulumi, script
from tools import engine, engine_installer
from tools.engine_finder import EngineError, Version
from tools.engine_installer import EngineInstaller

pytestmark = pytest.mark.servers

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.256.0", Version(3, 256, 0)),
        ("v3.256.0\n", Version(3, 256, 0)),
        ("v3.257.0-alpha.x1a2b", Version(3, 257, 0, final=False)),
        ("3.256.0+dirty", Version(3, 256, 0)),
        ("3.256", None),
        ("", None),
        ("pulumi: command not binary", None),
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


def test_a_new_enough_pulumi_on_path_is_preferred(installer: EngineInstaller) -> None:
    pulumi(on_path(installer), "v3.260.1")
    pulumi(installer.own_binary, "v3.256.0")
    binary = installer.find()
    assert binary is not None
    assert (binary.path, binary.version) == (on_path(installer), Version(3, 260, 1))
    assert "on PATH" in binary.origin


@pytest.mark.parametrize("other", ["v3.200.0", "v4.0.0", "what?"])
def test_the_projects_own_copy_comes_next(installer: EngineInstaller, other: str) -> None:
    pulumi(on_path(installer), other)
    pulumi(installer.own_binary, "v3.256.0")
    binary = installer.find()
    assert binary is not None
    assert binary.path == installer.own_binary
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
    build = (
        'while [ "$1" != -o ]; do shift; done; '
        'printf "#!/bin/sh\\necho v3.256.0\\n" > "$2"; /bin/chmod +x "$2"'
    )
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
