"""The plan of any stack file."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from aks_secrets_testing import assert_plan, build_stack, plan_of
from aks_secrets_testing.__main__ import app

STACK = """
config:
  azure-native:location: westeurope
  aks-secrets:cluster: {system_pool: {vm_size: Standard_D2s_v5}}
  aks-secrets:workloads:
    - {name: orders, namespace: shop, technique: sdk, kind: none, secrets: [{name: db, from: config}]}
  secret-values:db:
    secure: v1:AAAAAAAAAAA=:AAAAAAAAAAAAAAAA
"""


@pytest.fixture
def stack_file(tmp_path: Path) -> Path:
    path = tmp_path / "Pulumi.mine.yaml"
    path.write_text(STACK, encoding="utf-8")
    return path


def test_a_plan_names_every_resource_and_no_secret_value(stack_file: Path) -> None:
    built = build_stack(stack_file)
    plan = plan_of(built)
    assert plan.startswith(f"{len(built.resources)} resources\n")
    assert "rehearsal-stand-in" not in plan
    assert "  properties: [secret]\n" in plan


def test_a_written_plan_holds_until_the_stack_file_changes(stack_file: Path, tmp_path: Path) -> None:
    reviewed = tmp_path / "plans" / "mine.txt"
    result = CliRunner().invoke(app, ["plan", str(stack_file), "--out", str(reviewed)])
    assert result.exit_code == 0, result.output
    assert_plan(build_stack(stack_file), reviewed)

    stack_file.write_text(STACK.replace("name: db", "name: database").replace("s:db", "s:database"))
    with pytest.raises(AssertionError, match=r"\+.*vault/database"):
        assert_plan(build_stack(stack_file), reviewed)


def test_a_missing_plan_is_a_difference(stack_file: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="is not the plan any more"):
        assert_plan(build_stack(stack_file), tmp_path / "none.txt")


@pytest.mark.parametrize(
    ("contents", "message"),
    [("config: [", "is not YAML"), ("config: {}", "problem"), (None, "there is no file")],
)
def test_a_file_that_cannot_be_built_is_an_error_without_a_traceback(
    stack_file: Path, contents: str | None, message: str
) -> None:
    if contents is None:
        stack_file.unlink()
    else:
        stack_file.write_text(contents, encoding="utf-8")
    result = CliRunner().invoke(app, ["plan", str(stack_file)])
    assert result.exit_code == 1
    assert message in str(result.exception), result.output
    assert isinstance(result.exception, SystemExit)
