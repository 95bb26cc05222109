"""A state file that was cut off."""

import json
from pathlib import Path

import pytest

from operations.errors import OperationError
from operations.state_file import restore_state_file
from operations.workspace import Cli

WHOLE = json.dumps({"version": 3, "checkpoint": {"stack": "dev"}})


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state file of a stack `dev` in a backend that is a folder."""
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "my state").as_uri())
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    file = tmp_path / "my state/.pulumi/stacks/shop/dev.json"
    file.parent.mkdir(parents=True)
    file.write_text(WHOLE)
    return file


def _restore(tmp_path: Path) -> str:
    return restore_state_file(Cli(tmp_path, "dev"))


def test_a_whole_file_stays(tmp_path: Path, state: Path) -> None:
    Path(f"{state}.bak").write_text("{}")
    assert _restore(tmp_path) == ""
    assert state.read_text() == WHOLE


@pytest.mark.parametrize("content", ["", '{"user.cache_control": ""'])
def test_attributes_that_were_cut_off_go(tmp_path: Path, state: Path, content: str) -> None:
    """The CLI reports `failed to load checkpoint: EOF` although the state is whole."""
    attributes = Path(f"{state}.attrs")
    attributes.write_text(content)
    assert _restore(tmp_path) == f"{attributes} was cut off and is removed; the state beside it is whole"
    assert not attributes.exists()
    assert state.read_text() == WHOLE


@pytest.mark.parametrize(
    "copy",
    ["stacks/shop/dev.json.bak", "history/shop/dev/dev-1.checkpoint.json", "backups/shop/dev/dev.1.json"],
)
def test_a_state_that_was_cut_off_comes_from_the_newest_whole_copy(
    tmp_path: Path, state: Path, copy: str
) -> None:
    state.write_text(WHOLE[:-9])
    kept = tmp_path / "my state/.pulumi" / copy
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(WHOLE)
    assert _restore(tmp_path) == (
        f"{state} was cut off (kept as dev.json.cut-off); the state is that of {kept} now"
    )
    assert state.read_text() == WHOLE
    assert (state.parent / "dev.json.cut-off").read_text() == WHOLE[:-9]


def test_without_a_whole_copy_the_message_says_what_is_left(tmp_path: Path, state: Path) -> None:
    state.write_text("")
    Path(f"{state}.bak").write_text("")
    with pytest.raises(OperationError) as refused:
        _restore(tmp_path)
    assert str(refused.value) == (
        f"the state file {state} is cut off, and the backend has no whole copy of it ({state}.bak); restore "
        "the file from a backup of yours, or delete it and run the command again: it finds what exists"
    )


@pytest.mark.parametrize("url", ["azblob://container", "https://api.pulumi.com", ""])
def test_other_backends_write_whole_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    assert _restore(tmp_path) == ""
