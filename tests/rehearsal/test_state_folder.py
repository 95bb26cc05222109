"""The state folder and its copies of the user's files, which lack the user's encryption."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from rehearsal.errors import RehearsalError
from rehearsal.stack_files import STAND_IN, config_path
from rehearsal.state_folder import exclusive_lock, existing, prepare

STACK = """\
secretsprovider: azurekeyvault://x.vault.azure.net/keys/pulumi
encryptedkey: abc
encryptionsalt: v1:theirs
environment: [shared]
config:
  azure-native:location: westeurope
  app:answer: yes
  app:version: "1.36"
  app:password:
    secure: v1:theirs
  app:nested:
    list:
      - value: {secure: v1:theirs}
        name: a
      - secure: v1:theirs
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    program = tmp_path / "program"
    program.mkdir()
    (program / "Pulumi.yaml").write_text("name: app\nruntime: python\nbackend: {url: s3://theirs}\n")
    (program / "Pulumi.dev.yaml").write_text(STACK)
    return program


def copied_stack(program: Path) -> dict[str, object]:
    folder = prepare(program / "state", "dev", program, None)
    return YAML(typ="safe").load(folder.stack_file.read_text())


def test_the_users_files_stay_as_they_are(program: Path) -> None:
    before = {path.name: path.read_text() for path in program.glob("*.yaml")}
    prepare(program / "state", "dev", program, None)
    assert {path.name: path.read_text() for path in program.glob("*.yaml")} == before


def test_foreign_encryption_is_dropped(program: Path) -> None:
    assert list(copied_stack(program)) == ["config"]
    project = YAML(typ="safe").load((program / "state" / "work" / "Pulumi.yaml").read_text())
    assert "backend" not in project


def test_the_engine_finds_no_folder_for_its_logs(program: Path) -> None:
    """They take a third of an operation, and up to 500 MB. An earlier release kept them."""
    logs = program / "state" / "home" / "logs"
    prepare(program / "state", "dev", program, None)
    logs.unlink()
    logs.mkdir()
    (logs / "pulumi-up.log").write_text("a message for debugging")
    prepare(program / "state", "dev", program, None)
    assert logs.is_file()


def test_every_secure_value_gets_a_stand_in(program: Path) -> None:
    folder = prepare(program / "state", "dev", program, None)
    assert {config_path(path): value for path, value in folder.pending_secrets.items()} == {
        "app:password": STAND_IN + "app-password",
        "app:nested.list[0].value": STAND_IN + "app-nested-list-0-value",
        "app:nested.list[1]": STAND_IN + "app-nested-list-1",
    }
    assert "theirs" not in folder.stack_file.read_text()


def test_plain_values_stay_unchanged(program: Path) -> None:
    """YAML 1.1 would turn `yes` into `true`."""
    prepare(program / "state", "dev", program, None)
    text = (program / "state" / "work" / "Pulumi.dev.yaml").read_text()
    assert "app:answer: yes\n" in text
    assert 'app:version: "1.36"\n' in text


@pytest.mark.parametrize(
    "own",
    [{"encryptionsalt": "v1:ours"}, {"secretsprovider": "hashivault://ours", "encryptedkey": "b3Vycw=="}],
)
def test_values_that_the_engine_has_encrypted_are_kept(program: Path, own: dict[str, str]) -> None:
    folder = prepare(program / "state", "dev", program, None)
    document = YAML(typ="safe").load(folder.stack_file.read_text())
    document.update(own)
    document["config"]["app:password"] = {"secure": "v1:ours"}
    with folder.stack_file.open("w") as file:
        YAML(typ="safe").dump(document, file)
    again = prepare(program / "state", "dev", program, None)
    kept = YAML(typ="safe").load(again.stack_file.read_text())
    assert {name: value for name, value in kept.items() if name != "config"} == own
    assert kept["config"]["app:password"] == {"secure": "v1:ours"}
    assert ("app:password",) not in again.pending_secrets


def test_an_odd_name_is_quoted_in_a_path() -> None:
    assert config_path(("app:key", "a.b", 0, "c-d")) == 'app:key["a.b"][0].c-d'


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (("secret-values:db.password",), "secret-values:db.password"),
        (("secret-values:db.password", "x"), 'secret-values:["db.password"].x'),
        (("app:key", "1"), 'app:key["1"]'),
        (("app:key", 1), "app:key[1]"),
        (("app:key", 'say "x"\\n'), 'app:key["say \\"x\\"\\n"]'),
        (("app:key", "a=b"), "'app:key[\"a=b\"]'"),
    ],
)
def test_a_path_is_typed_as_the_engine_reads_it(path: tuple[str | int, ...], typed: str) -> None:
    """pkg/v3/cmd/pulumi/config/io.go and sdk/v3/go/common/resource/properties_path.go."""
    assert config_path(path) == typed


def test_only_an_item_of_a_list_has_an_index(program: Path) -> None:
    (program / "Pulumi.dev.yaml").write_text(
        "config: {app:map: {1: {secure: v1:x}}, app:list: [{secure: v1:x}]}\n"
    )
    folder = prepare(program / "state", "dev", program, None)
    assert list(folder.pending_secrets) == [("app:map", "1"), ("app:list", 0)]


def test_a_temporary_copy_is_deleted_after_its_block(program: Path) -> None:
    folder = prepare(program / "state", "dev", program, None)
    with folder.temporary_copy() as copied:
        assert copied.stack_file.is_file()
        assert copied.folder.parent == folder.folder
    assert not copied.folder.exists()


def test_files_of_a_killed_rehearsal_are_removed(program: Path) -> None:
    folder = prepare(program / "state", "dev", program, None)
    leftovers = [
        folder.folder / "throw-away" / "x",
        folder.backend / ".pulumi" / "locks" / "organization" / "app" / "dev" / "x.json",
    ]
    for path in leftovers:
        path.parent.mkdir(parents=True)
        path.touch()
    with exclusive_lock(folder.folder):
        assert not any(path.exists() for path in leftovers)


def test_only_the_owner_can_read_the_passphrase_and_it_stays(program: Path) -> None:
    folder = prepare(program / "state", "dev", program, None)
    passphrase = folder.passphrase
    assert folder.passphrase == passphrase
    assert stat.S_IMODE((folder.folder / "passphrase").stat().st_mode) == 0o600


def test_a_missing_stack_file_is_an_error_with_the_existing_stacks(program: Path) -> None:
    with pytest.raises(
        RehearsalError, match=r"no stack 'prod': .*Pulumi\.prod\.yaml is missing; choose --stack dev"
    ):
        prepare(program / "state", "prod", program, None)


def test_a_missing_config_file_is_an_error(program: Path) -> None:
    with pytest.raises(RehearsalError, match="--config-file: there is no file"):
        prepare(program / "state", "dev", program, program / "none.yaml")


def test_a_config_file_replaces_the_stack_file(program: Path) -> None:
    other = program / "other.yaml"
    other.write_text("config: {app:answer: no}\n")
    folder = prepare(program / "state", "prod", program, other)
    assert folder.stack_file.name == "Pulumi.prod.yaml"
    assert "app:answer" in folder.stack_file.read_text()


def test_a_stack_file_that_is_not_yaml_is_an_error(program: Path) -> None:
    (program / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(RehearsalError, match=r"Pulumi\.dev\.yaml is not YAML"):
        prepare(program / "state", "dev", program, None)


def test_a_folder_with_other_files_is_refused(program: Path) -> None:
    with pytest.raises(RehearsalError, match=r"--state: .* is no state folder"):
        prepare(program, "dev", program, None)


def test_a_file_is_no_state_folder(program: Path) -> None:
    with pytest.raises(RehearsalError, match=r"--state: .* cannot be used as a folder"):
        prepare(program / "Pulumi.yaml", "dev", program, None)


@pytest.mark.parametrize("name", ["", "a/b", "a b", "../up"])
def test_a_stack_name_is_a_word(program: Path, name: str) -> None:
    with pytest.raises(RehearsalError, match="is no stack name"):
        prepare(program / "state", name, program, None)


def test_a_folder_without_a_rehearsal_is_an_error_with_the_command(program: Path) -> None:
    with pytest.raises(RehearsalError, match="python -m rehearsal up --stack dev"):
        existing(program / "state", "dev")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Config: {}", "unknown key 'Config', which Pulumi ignores; did you mean 'config'?"),
        ("confg: {}", "did you mean 'config'?"),
        ("secretsProvider: default", "did you mean 'secretsprovider'?"),
        ("encryption_salt: x", "did you mean 'encryptionsalt'?"),
        ("encryptedKey: x", "did you mean 'encryptedkey'?"),
        ("environments: [shared]", "did you mean 'environment'?"),
        ("app:vault: {}", "app:… is beside `config`, where Pulumi does not read it"),
    ],
)
def test_a_key_beside_config_that_pulumi_would_ignore_is_refused(program: Path, line: str, says: str) -> None:
    (program / "Pulumi.dev.yaml").write_text(f"{STACK}{line}\n")
    with pytest.raises(RehearsalError) as refused:
        prepare(program / "state", "dev", program, None)
    assert says in str(refused.value)
    assert not (program / "state").exists()


def test_a_key_of_the_users_own_beside_config_is_legal(program: Path) -> None:
    (program / "Pulumi.dev.yaml").write_text(f"x-common: &size Standard_D2s_v5\n{STACK}")
    assert "x-common" in copied_stack(program)


@pytest.mark.parametrize(
    ("environment", "names"),
    [("[team/prod, team/base]", "team/prod, team/base"), ("{values: {a: 1}}", "of its own")],
)
def test_an_environment_that_is_not_opened_is_a_warning(program: Path, environment: str, names: str) -> None:
    """Dropped without a word, its missing values would look like mistakes of the program."""
    text = STACK.replace("environment: [shared]", f"environment: {environment}")
    (program / "Pulumi.dev.yaml").write_text(text)
    (warning,) = prepare(program / "state", "dev", program, None).warnings
    assert f"Pulumi ESC environment {names}, so" in warning
