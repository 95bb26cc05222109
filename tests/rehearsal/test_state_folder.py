"""The state folder: copies of the user's files without the user's encryption."""

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


def staged(program: Path) -> dict[str, object]:
    stage = prepare(program / "state", "dev", program, None)
    return YAML(typ="safe").load(stage.stack_file.read_text())


def test_the_users_files_stay_as_they_are(program: Path) -> None:
    before = {path.name: path.read_text() for path in program.glob("*.yaml")}
    prepare(program / "state", "dev", program, None)
    assert {path.name: path.read_text() for path in program.glob("*.yaml")} == before


def test_foreign_encryption_is_dropped(program: Path) -> None:
    assert list(staged(program)) == ["config"]
    project = YAML(typ="safe").load((program / "state" / "work" / "Pulumi.yaml").read_text())
    assert "backend" not in project


def test_secure_values_wait_for_a_stand_in_wherever_they_are(program: Path) -> None:
    stage = prepare(program / "state", "dev", program, None)
    assert {config_path(path): value for path, value in stage.pending_secrets.items()} == {
        "app:password": STAND_IN + "app-password",
        "app:nested.list[0].value": STAND_IN + "app-nested-list-0-value",
        "app:nested.list[1]": STAND_IN + "app-nested-list-1",
    }
    assert "theirs" not in stage.stack_file.read_text()


def test_plain_values_stay_what_they_are(program: Path) -> None:
    """With YAML 1.1 the `yes` would come back as `true`."""
    prepare(program / "state", "dev", program, None)
    text = (program / "state" / "work" / "Pulumi.dev.yaml").read_text()
    assert "app:answer: yes\n" in text
    assert 'app:version: "1.36"\n' in text


def test_what_the_engine_encrypted_earlier_is_kept(program: Path) -> None:
    stage = prepare(program / "state", "dev", program, None)
    document = YAML(typ="safe").load(stage.stack_file.read_text())
    document["encryptionsalt"] = "v1:ours"
    document["config"]["app:password"] = {"secure": "v1:ours"}
    with stage.stack_file.open("w") as file:
        YAML(typ="safe").dump(document, file)
    again = prepare(program / "state", "dev", program, None)
    kept = YAML(typ="safe").load(again.stack_file.read_text())
    assert kept["encryptionsalt"] == "v1:ours"
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


def test_only_a_place_in_a_list_is_an_index(program: Path) -> None:
    (program / "Pulumi.dev.yaml").write_text(
        "config: {app:map: {1: {secure: v1:x}}, app:list: [{secure: v1:x}]}\n"
    )
    stage = prepare(program / "state", "dev", program, None)
    assert list(stage.pending_secrets) == [("app:map", "1"), ("app:list", 0)]


def test_a_throw_away_copy_is_thrown_away(program: Path) -> None:
    stage = prepare(program / "state", "dev", program, None)
    with stage.temporary_copy() as copied:
        assert copied.stack_file.is_file()
        assert copied.folder.parent == stage.folder
    assert not copied.folder.exists()


def test_what_a_killed_rehearsal_left_is_cleared(program: Path) -> None:
    stage = prepare(program / "state", "dev", program, None)
    left = [
        stage.folder / "throw-away" / "x",
        stage.backend / ".pulumi" / "locks" / "organization" / "app" / "dev" / "x.json",
    ]
    for path in left:
        path.parent.mkdir(parents=True)
        path.touch()
    with exclusive_lock(stage.folder):
        assert not any(path.exists() for path in left)


def test_the_passphrase_is_its_owners_alone_and_stays(program: Path) -> None:
    stage = prepare(program / "state", "dev", program, None)
    passphrase = stage.passphrase
    assert stage.passphrase == passphrase
    assert stat.S_IMODE((stage.folder / "passphrase").stat().st_mode) == 0o600


def test_a_missing_stack_file_names_the_stacks_there_are(program: Path) -> None:
    with pytest.raises(
        RehearsalError, match=r"no stack 'prod': .*Pulumi\.prod\.yaml is missing; choose --stack dev"
    ):
        prepare(program / "state", "prod", program, None)


def test_a_missing_config_file_is_an_error(program: Path) -> None:
    with pytest.raises(RehearsalError, match="--config-file: there is no file"):
        prepare(program / "state", "dev", program, program / "none.yaml")


def test_a_config_file_stands_in_for_the_stacks_own(program: Path) -> None:
    other = program / "other.yaml"
    other.write_text("config: {app:answer: no}\n")
    stage = prepare(program / "state", "prod", program, other)
    assert stage.stack_file.name == "Pulumi.prod.yaml"
    assert "app:answer" in stage.stack_file.read_text()


def test_a_stack_file_that_is_no_yaml_is_an_error(program: Path) -> None:
    (program / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(RehearsalError, match=r"Pulumi\.dev\.yaml is not YAML"):
        prepare(program / "state", "dev", program, None)


def test_a_folder_with_other_things_in_it_is_refused(program: Path) -> None:
    with pytest.raises(RehearsalError, match=r"--state: .* is no state folder"):
        prepare(program, "dev", program, None)


def test_a_file_is_no_state_folder(program: Path) -> None:
    with pytest.raises(RehearsalError, match=r"--state: .* cannot be used as a folder"):
        prepare(program / "Pulumi.yaml", "dev", program, None)


@pytest.mark.parametrize("name", ["", "a/b", "a b", "../up"])
def test_a_stack_name_is_a_word(program: Path, name: str) -> None:
    with pytest.raises(RehearsalError, match="is no stack name"):
        prepare(program / "state", name, program, None)


def test_reading_a_stage_that_never_was_says_what_to_type(program: Path) -> None:
    with pytest.raises(RehearsalError, match="python -m rehearsal up --stack dev"):
        existing(program / "state", "dev")
