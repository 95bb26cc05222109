"""How what is deleted comes back: which vaults need the key, and which update follows."""

from pathlib import Path

import pytest

from operations.effective_settings import stack_settings
from operations.restoration.deleted import Answers, Deleted
from operations.restoration.recovery import Recovery, recovery_of
from tests.stack_files import shipped

REPOSITORY = Path(__file__).parents[3]


def _recovery(tmp_path: Path, *deleted: Deleted, shipped_file: str = "Pulumi.dev.yaml") -> Recovery:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(Path(shipped(shipped_file)).read_text(encoding="utf-8"), encoding="utf-8")
    settings = stack_settings("dev", REPOSITORY, file).settings
    assert settings is not None
    return recovery_of(settings, REPOSITORY, file, "dev", Answers(list(deleted)))


@pytest.mark.parametrize(("in_state", "refreshes"), [(True, True), (False, False)])
def test_a_vault_needs_the_key_for_one_update(tmp_path: Path, in_state: bool, refreshes: bool) -> None:
    recovery = _recovery(tmp_path, Deleted("kv-dev", None, in_state=in_state))
    assert (recovery.labels, recovery.secrets, recovery.refreshes) == ([None], [], refreshes)
    assert recovery.diff.splitlines()[3:] == ["+    recover: true"]
    assert recovery.keys == ["vault.recover"]
    recovery.write()
    assert recovery.file.read_text(encoding="utf-8") == recovery.after
    recovery.take_back()
    assert recovery.file.read_text(encoding="utf-8") == recovery.before


@pytest.mark.parametrize(
    "file", ["examples/everyday/Pulumi.everyday.yaml", "examples/stages/Pulumi.test.yaml"]
)
def test_a_stack_file_without_a_section_vault_gets_one(tmp_path: Path, file: str) -> None:
    recovery = _recovery(tmp_path, Deleted("kv-dev", None), shipped_file=file)
    added = [line for line in recovery.diff.splitlines()[3:] if line.startswith("+")]
    assert added == ["+  aks-secrets:vault:", "+    recover: true"]


def test_the_key_stays_if_somebody_has_changed_the_file_since(tmp_path: Path) -> None:
    recovery = _recovery(tmp_path, Deleted("kv-dev", None))
    recovery.write()
    recovery.file.write_text(f"{recovery.after}# a line\n", encoding="utf-8")
    recovery.take_back()
    assert recovery.file.read_text(encoding="utf-8").endswith("# a line\n")


def test_a_secret_comes_back_by_a_call_and_the_file_stays(tmp_path: Path) -> None:
    secret = Deleted("kv-dev", None, "orders-db-password")
    recovery = _recovery(tmp_path, secret)
    assert (recovery.secrets, recovery.labels, recovery.diff) == ([secret], [], "")


def test_a_secret_that_the_state_has_lost_is_imported(tmp_path: Path) -> None:
    """Without the key the update would write over the recovered value."""
    recovery = _recovery(tmp_path, Deleted("kv-dev", None, "orders-db-password", in_state=False))
    assert recovery.labels == [None]
    assert not recovery.refreshes


def test_a_vault_of_somebody_else_is_a_matter_of_a_person(tmp_path: Path) -> None:
    recovery = _recovery(tmp_path, Deleted("kv-shared", None, of_stack=False))
    assert recovery.by_hand == ["kv-shared is not of this stack: az keyvault recover --name kv-shared"]
    assert not recovery.does_something
