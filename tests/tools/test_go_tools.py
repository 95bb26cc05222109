"""tools/go_tools.py: which actionlint or kubelogin is used. No network, no Go: programs are shell scripts."""

from pathlib import Path

import pytest

from tests.tools.fake_engine import calls_of, script
from tools import go_tools
from tools.go_tools import TOOLS, GoToolError, GoToolFinder

pytestmark = pytest.mark.servers

BUILD = (
    'echo called >> "$0.log"; while [ "$1" != -o ]; do shift; done; '
    'printf "#!/bin/sh\\necho built\\n" > "$2"; /bin/chmod +x "$2"'
)


@pytest.fixture
def finder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GoToolFinder:
    """A checkout without tools, on a machine with an empty PATH and no Go."""
    module = tmp_path / "repo/tools/actionlint"
    module.mkdir(parents=True)
    (module / "go.mod").write_text("module x\n\nrequire github.com/rhysd/actionlint v1.7.12 // indirect\n")
    (module / "go.sum").write_text("one\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(go_tools, "GO_FOLDER", str(tmp_path / "no-go-here"))
    return GoToolFinder(TOOLS["actionlint"], tmp_path / "repo", {"PATH": str(tmp_path / "bin")})


def on_path(finder: GoToolFinder, name: str) -> Path:
    return Path(finder.environment["PATH"]) / name


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_every_tool_is_pinned_by_its_module(name: str) -> None:
    assert GoToolFinder(TOOLS[name]).pinned_version().count(".") == 2
    assert (GoToolFinder(TOOLS[name]).go_module / "go.sum").exists()


def test_one_on_path_of_the_pinned_version_is_used(finder: GoToolFinder) -> None:
    script(on_path(finder, "actionlint"), "echo v1.7.12; echo installed by hand")
    assert finder.path() == on_path(finder, "actionlint")


@pytest.mark.parametrize("version", ["v1.7.1", "v1.7.120", "v2.0.0", "what"])
def test_one_of_another_version_is_passed_over(finder: GoToolFinder, version: str) -> None:
    script(on_path(finder, "actionlint"), f"echo {version}")
    script(on_path(finder, "go"), BUILD)
    assert finder.path() == finder.own_binary


@pytest.mark.parametrize(("version", "counts"), [("1.36.0", True), ("1.36.9", True), ("1.37.0", False)])
def test_an_installed_server_counts_with_any_patch_of_its_minor_version(
    finder: GoToolFinder, tmp_path: Path, version: str, counts: bool
) -> None:
    (finder.root / "tools/kubernetes").mkdir()
    for name, text in (("go.mod", "module x\n\nrequire k8s.io/kubernetes v1.36.3\n"), ("go.sum", "one\n")):
        (finder.root / "tools/kubernetes" / name).write_text(text)
    assets = tmp_path / "assets"
    assets.mkdir()
    installed = script(assets / "kube-apiserver", f"echo Kubernetes v{version}")
    script(on_path(finder, "go"), BUILD)
    environment = {**finder.environment, "KUBEBUILDER_ASSETS": str(assets)}
    server = GoToolFinder(TOOLS["kube-apiserver"], finder.root, environment)
    assert server.path() == (installed if counts else server.own_binary)


def test_a_server_is_built_with_its_version(finder: GoToolFinder) -> None:
    """Without it kube-apiserver is v0.0.0-master, and serves no version that clients know."""
    (finder.root / "tools/kubernetes").mkdir()
    for name, text in (("go.mod", "module x\n\nrequire k8s.io/kubernetes v1.36.3\n"), ("go.sum", "one\n")):
        (finder.root / "tools/kubernetes" / name).write_text(text)
    script(on_path(finder, "go"), f'echo "$@" > "$0.arguments"; {BUILD}')
    GoToolFinder(TOOLS["kube-apiserver"], finder.root, finder.environment).path()
    arguments = on_path(finder, "go.arguments").read_text()
    assert "-X k8s.io/component-base/version.gitVersion=v1.36.3" in arguments


def test_a_main_package_of_the_project_is_built_where_it_is_and_again_when_it_changes(
    finder: GoToolFinder,
) -> None:
    """daprd: Dapr's runtime with the one component that reads a vault."""
    module = finder.root / "tools/daprd"
    module.mkdir()
    (module / "go.mod").write_text("module x\n\nrequire (\n\tgithub.com/dapr/dapr v1.18.3\n)\n")
    (module / "go.sum").write_text("one\n")
    (module / "main.go").write_text("package main\n")
    go = script(on_path(finder, "go"), f'echo "$PWD" "$@" > "$0.arguments"; {BUILD}')
    daprd = GoToolFinder(TOOLS["daprd"], finder.root, finder.environment)
    for _ in range(2):
        assert daprd.path() == daprd.own_binary
    words = on_path(finder, "go.arguments").read_text().split()
    assert (words[0], words[-1]) == (str(module), ".")
    assert "github.com/dapr/dapr/pkg/buildinfo.version=v1.18.3" in " ".join(words)
    assert calls_of(go) == 1
    (module / "main.go").write_text("package main // with another component\n")
    daprd.path()
    assert calls_of(go) == 2


def test_it_is_built_once_until_its_sources_change(finder: GoToolFinder) -> None:
    go = script(on_path(finder, "go"), BUILD)
    for _ in range(3):
        assert finder.path() == finder.own_binary
    assert calls_of(go) == 1
    (finder.go_module / "go.sum").write_text("another\n")
    finder.path()
    assert calls_of(go) == 2
    assert not list(finder.own_binary.parent.parent.glob("making-*"))


def test_without_go_one_sentence_names_what_to_install(finder: GoToolFinder) -> None:
    with pytest.raises(
        GoToolError, match=r"^there is no actionlint 1\.7\.12, .*or Go \(https://go\.dev/dl\)$"
    ):
        finder.path()


def test_a_failed_build_shows_its_last_lines_and_leaves_nothing(finder: GoToolFinder) -> None:
    script(on_path(finder, "go"), "echo no space left on device >&2; exit 1")
    with pytest.raises(GoToolError, match="no space left on device"):
        finder.path()
    assert not finder.own_binary.exists()
