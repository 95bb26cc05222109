"""tools/pins: what is pinned, what is served, and which versions a pin moves to. Registries are stand-ins."""

import json
from pathlib import Path

import pytest

from tools import lock
from tools.bootstrap import REPOSITORY
from tools.go_tools import TOOLS
from tools.node_tools.finder import TOOLS as NODE_TOOLS
from tools.pins import __main__ as command
from tools.pins import served
from tools.pins.pinned import Pin, PinError, newer, pins

pytestmark = pytest.mark.servers

GO_MOD = """\
module x

tool github.com/pulumi/pulumi/pkg/v3/cmd/pulumi

require (
\tgithub.com/pulumi/pulumi/pkg/v3 v3.1.0 // indirect
)
"""
READER = TOOLS["vault-reader"]
AZURE = (READER.module, *READER.other_modules)
NPM = {"@azure/identity": "4.13.0"}
CHART = 'CHART = Chart(\n    name="dapr",\n    repository="REPOSITORY",\n    version="1.2.0",\n)\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a pin of each kind."""
    files = {
        "requirements.in": "pulumi==3.1.0\npulumi-random==4.0.0\npydantic>=2\n",
        "policy/requirements.in": "pulumi==3.1.0\n",
        "docs/deploying.md": "| [Pulumi CLI](https://pulumi.example) 3.1.0 or newer |\n",
        "components/operators/dapr.py": CHART.replace("REPOSITORY", tmp_path.joinpath("charts").as_uri()),
        "charts/index.yaml": "entries: {dapr: [{version: 1.3.0-rc.1}, {version: 1.2.0}, {version: 1.10.0}]}",
        "Pulumi.dev.yaml": 'config:\n  cluster:\n    kubernetes_version: "1.36"\n',
        "tools/pulumi/go.mod": GO_MOD,
        **{
            f"tools/{tool.module_folder}/go.mod": f"module x\n\ntool x\n\nrequire {tool.module} v0.2.0\n"
            for tool in TOOLS.values()
        },
        "tools/vault-reader/go.mod": f"module x\n\nrequire {AZURE[0]} v0.2.0\nrequire {AZURE[1]} v0.2.0\n",
        **{f"tools/{name}/package.json": json.dumps({"dependencies": NPM}, indent=2) for name in NODE_TOOLS},
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that run; pip and go answer with versions."""
    seen: list[list[str]] = []

    def run(words: list[str], folder: Path | None = None, seconds: int = 0) -> str:
        seen.append(words)
        if "index" in words:
            newest = "3.9.0, 3.4.0, 3.4.0a1, 3.1.0" if words[-1] == "pulumi" else "5.0.0, 4.0.0"
            return f"{words[-1]} (9.9.9)\nAvailable versions: {newest}\n"
        if "view" in words:
            return '["4.13.0", "4.14.0-beta.1", "4.13.1", "5.0.0"]' if NPM[words[-3]] else ""
        if "-versions" in words:
            return (
                f"{words[-1]} v3.1.0 v3.5.0 v3.6.0-beta.1\n"
                if "pulumi" in words[-1]
                else f"{words[-1]} v0.2.0\n"
            )
        return ""

    monkeypatch.setattr(served, "run", run)
    monkeypatch.setattr(command, "run", run)
    monkeypatch.setattr(served, "go", lambda: "go")
    monkeypatch.setattr(command, "go", lambda: "go")
    monkeypatch.setattr(served, "npm", lambda: ["npm"])
    monkeypatch.setattr(command, "npm_command", lambda: ["npm"])
    monkeypatch.setattr(lock, "main", lambda arguments: seen.append(["lock", *arguments]) or 0)
    return seen


def test_every_pin_of_this_repository_is_found_and_the_sdk_is_no_newer_than_the_engine() -> None:
    """Reading a pin also compares the files that name it: requirements, go.mod, the page on deploying."""
    versions = {pin.name: pin.read(REPOSITORY) for pin in pins(REPOSITORY)}
    engine, sdk = versions.pop("pulumi engine"), versions.pop("pulumi SDK")
    assert not newer(sdk, engine)
    charts = {"csi-secrets-store-provider-azure", "dapr", "external-secrets", "reloader"}
    charts |= {"secrets-store-sync-controller", "akv2k8s"}
    packages = {"pulumi-azure-native", "pulumi-kubernetes", "pulumi-random"}
    tools = {tool.module_folder for tool in TOOLS.values()} - {"vault-reader"}
    readers = {"azidentity", "azsecrets", "@azure/identity", "@azure/keyvault-secrets"}
    assert versions.keys() == charts | packages | tools | readers | {"Kubernetes"}


def test_files_that_disagree_are_named(root: Path) -> None:
    (root / "policy/requirements.in").write_text("pulumi==3.0.9\n")
    (sdk,) = (pin for pin in pins(root) if pin.name == "pulumi SDK")
    with pytest.raises(PinError) as error:
        sdk.read(root)
    assert str(error.value) == (
        "pulumi SDK: 3.1.0 in requirements.in, 3.0.9 in policy/requirements.in; write the same version in "
        "all of them"
    )


def test_pins_move_to_the_newest_that_fit_together(root: Path, commands: list[list[str]]) -> None:
    newest = {row.pin.name: (row.newest, row.moves) for row in command.rows(root)}
    assert newest["pulumi engine"] == ("3.5.0", True), "no pre-release"
    assert newest["pulumi SDK"] == ("3.4.0", True), "not 3.9.0, which is newer than every engine"
    assert newest["pulumi-random"] == ("5.0.0", False), "another major version is moved by hand"
    assert newest["dapr"] == ("1.10.0", True), "as numbers, not as text"
    assert newest["Kubernetes"] == ("", False)


def test_write_moves_every_file_and_the_locks(
    root: Path, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--write"], root) == 0
    assert (root / "requirements.in").read_text() == "pulumi==3.4.0\npulumi-random==4.0.0\npydantic>=2\n"
    assert (root / "policy/requirements.in").read_text() == "pulumi==3.4.0\n"
    assert "3.5.0 or newer" in (root / "docs/deploying.md").read_text()
    assert 'version="1.10.0"' in (root / "components/operators/dapr.py").read_text()
    assert ["go", "get", "-tool", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi@v3.5.0"] in commands
    assert commands[-1] == ["lock"]
    shown = capsys.readouterr().out
    assert "https://github.com/pulumi/pulumi/compare/v3.1.0...v3.5.0" in shown
    assert "make setup policy" in shown
    assert {row.pin.name for row in command.rows(root) if row.moves} == set()


def test_libraries_of_readers_move_with_their_locks(root: Path, commands: list[list[str]]) -> None:
    newest = {row.pin.name: (row.newest, row.moves) for row in command.rows(root)}
    assert newest["@azure/identity"] == ("5.0.0", False), "another major version is moved by hand"
    (root / "tools/vault-reader/go.mod").write_text(
        (root / "tools/vault-reader/go.mod").read_text().replace("v0.2.0", "v0.1.0")
    )
    assert command.main(["--write", "azidentity", "azsecrets"], root) == 0
    got = [words[2:] for words in commands if words[:2] == ["go", "get"]]
    assert got == [[f"{module}@v0.2.0"] for module in AZURE]
    assert (root / "tools/vault-reader/go.mod").read_text().count(" v0.2.0\n") == len(AZURE)


def test_a_package_of_npm_moves_with_its_lock(
    root: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "_npm", lambda pin: ["4.13.0", "4.13.1"])
    assert command.main(["--write", "@azure/identity"], root) == 0
    (words,) = (words for words in commands if words[:2] == ["npm", "install"])
    assert words[-1] == "@azure/identity@4.13.1"
    assert {"--package-lock-only", "--save-exact", "--omit-lockfile-registry-resolved"} <= set(words)
    assert '"@azure/identity": "4.13.1"' in (root / "tools/vault-reader-node/package.json").read_text()


def test_what_go_get_cannot_move_is_moved_by_hand(
    root: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = root / "tools/kubelogin/go.mod"
    file.write_text(file.read_text().replace("v0.2.0", "v3.1.0") + "\nreplace a/b => a/b v0.2.0\n")
    monkeypatch.setattr(served, "_go", lambda pin, folder: ["v3.5.0"])
    kubelogin = next(row for row in command.rows(root) if row.pin.name == "kubelogin")
    assert (kubelogin.newest, kubelogin.moves, kubelogin.note) == ("3.5.0", False, "by hand")
    engine = next(row for row in command.rows(root) if row.pin.name == "pulumi engine")
    assert engine.moves


def test_one_pin_moves_alone(root: Path, commands: list[list[str]]) -> None:
    assert command.main(["--write", "dapr"], root) == 0
    assert 'version="1.10.0"' in (root / "components/operators/dapr.py").read_text()
    assert (root / "requirements.in").read_text().startswith("pulumi==3.1.0\n")
    assert ["lock"] not in commands


def test_a_pin_that_cannot_move_holds_up_no_other(
    root: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = command.run

    def run(words: list[str], folder: Path | None = None, seconds: int = 0) -> str:
        if words[:3] == ["go", "get", "-tool"]:
            raise PinError("go get -tool: go: x@v3.5.0 requires go >= 1.99 (running go 1.26.8)")
        return answer(words, folder, seconds)

    monkeypatch.setattr(command, "run", run)
    assert command.main(["--write"], root) == 1
    shown = capsys.readouterr()
    assert "pins: pulumi engine stays at 3.1.0: go get -tool: go: x@v3.5.0 requires go >= 1.99" in shown.err
    assert "pins: pulumi SDK stays at 3.1.0: it does not get ahead of the engine" in shown.err
    assert "3.1.0 → " not in shown.out
    assert 'version="1.10.0"' in (root / "components/operators/dapr.py").read_text()
    assert "v3.1.0 // indirect" in (root / "tools/pulumi/go.mod").read_text()


def test_a_registry_out_of_reach_is_a_note_and_an_unknown_name_one_line(
    root: Path, commands: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "charts/index.yaml").unlink()
    assert command.main([], root) == 0
    words = capsys.readouterr().out.replace("│", " ").split()  # however the table folds the folder's name
    assert "No such file" in " ".join(words)
    assert command.main(["helm"], root) == 1
    assert capsys.readouterr().err.startswith(
        "pins: 'helm' is no pin; name some of pulumi engine, pulumi SDK"
    )


def test_what_is_no_index_of_charts_is_a_problem(root: Path) -> None:
    (root / "charts/index.yaml").write_text("[]\n")
    pin = next(pin for pin in pins(root) if pin.kind == "chart")
    with pytest.raises(PinError, match="is no index with dapr"):
        served.served(pin, root)


def test_a_command_that_fails_is_its_last_line() -> None:
    with pytest.raises(PinError, match=r"^false: failed$"):
        served.run(["false"])
    with pytest.raises(PinError, match=r"^absent-command: "):
        served.run(["absent-command"])


def test_a_file_without_the_version_is_named(root: Path) -> None:
    (root / "docs/deploying.md").write_text("")
    engine: Pin = pins(root)[0]
    with pytest.raises(PinError, match=r"docs/deploying.md names no version of pulumi engine"):
        engine.read(root)
