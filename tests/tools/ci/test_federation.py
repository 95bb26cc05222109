"""tools/ci/federation.py: the commands, printed and run. `az` is a script that records its arguments."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.tools.fake_engine import script
from tools.ci import federation

pytestmark = pytest.mark.servers

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
ARGUMENTS = [
    "--github",
    "Shop/infra",
    "--subscription",
    SUBSCRIPTION,
    "--stacks",
    "dev, prod",
    "--name",
    "shop",
]


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `az` that has no vault yet, and gives each identity an id of its name."""
    path = script(
        tmp_path / "bin/az",
        f"""(for word in "$@"; do printf '%s\\0' "$word"; done; printf '\\n') >> {tmp_path}/calls
test ! -e {tmp_path}/broken || test "$1" != role || {{ echo "AuthorizationFailed: no right" >&2; exit 1; }}
case "$1 $2" in
  "keyvault show") test -e {tmp_path}/vault ;;
  "keyvault create") touch {tmp_path}/vault ;;
  "identity show") echo "id-of-$4-$8" ;;
  "account show") echo the-tenant ;;
esac""",
    )
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
    return tmp_path


def calls(root: Path) -> list[list[str]]:
    lines = (root / "calls").read_text(encoding="utf-8").split("\n")
    return [line.split("\0")[:-1] for line in lines if line]


def option(call: list[str], name: str) -> str:
    return call[call.index(name) + 1]


def test_without_apply_nothing_runs_and_the_commands_are_a_script(
    az: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert federation.main(ARGUMENTS) == 0
    assert not (az / "calls").exists()
    printed = capsys.readouterr()
    assert printed.err == "federation: nothing was changed; --apply runs these commands\n"
    subprocess.run(["bash", "-n", "-c", printed.out], check=True)


def test_the_printed_script_runs_the_same_commands_as_apply(
    az: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    federation.main(ARGUMENTS)
    printed = capsys.readouterr().out
    subprocess.run(["bash", "-c", printed], check=True)
    by_hand = calls(az)
    (az / "calls").unlink()
    (az / "vault").unlink()
    assert federation.main([*ARGUMENTS, "--apply"]) == 0
    assert calls(az)[:-1] == by_hand
    assert len(by_hand) > 40


def test_only_a_job_of_the_stacks_own_environment_gets_the_deployer(az: Path) -> None:
    assert federation.main([*ARGUMENTS, "--apply"]) == 0
    trusted = {
        (option(call, "--identity-name"), option(call, "--subject"))
        for call in calls(az)
        if call[:3] == ["identity", "federated-credential", "create"]
    }
    repository = "repo:Shop/infra:environment"
    assert trusted == {
        ("id-shop-ci-dev", f"{repository}:dev"),
        ("id-shop-ci-dev-preview", f"{repository}:dev-preview"),
        ("id-shop-ci-dev-preview", f"{repository}:dev-pr"),
        ("id-shop-ci-prod", f"{repository}:prod"),
        ("id-shop-ci-prod-preview", f"{repository}:prod-preview"),
        ("id-shop-ci-prod-preview", f"{repository}:prod-pr"),
    }
    issuers = {option(call, "--issuer") for call in calls(az) if "--issuer" in call}
    assert issuers == {"https://token.actions.githubusercontent.com"}


def test_a_preview_may_not_write_the_state_or_azure(az: Path) -> None:
    assert federation.main([*ARGUMENTS, "--apply"]) == 0
    roles: dict[str, set[tuple[str, str]]] = {}
    for call in calls(az):
        if call[:3] == ["role", "assignment", "create"]:
            grant = (option(call, "--role"), option(call, "--scope").rpartition("/")[2])
            roles.setdefault(option(call, "--assignee-object-id"), set()).add(grant)
    assert roles["id-of-id-shop-ci-prod-principalId"] == {
        ("Contributor", SUBSCRIPTION),
        ("Role Based Access Control Administrator", SUBSCRIPTION),
        ("Storage Blob Data Contributor", "state"),
        ("Key Vault Crypto User", "pulumi"),
    }
    assert roles["id-of-id-shop-ci-prod-preview-principalId"] == {
        ("Reader", SUBSCRIPTION),
        ("Azure Kubernetes Service Cluster User Role", SUBSCRIPTION),
        ("Azure Kubernetes Service RBAC Cluster Admin", SUBSCRIPTION),
        ("Storage Blob Data Reader", "state"),
        ("Key Vault Crypto User", "pulumi"),
    }


def test_it_can_be_repeated_and_makes_no_second_vault(az: Path) -> None:
    for _ in range(2):
        assert federation.main([*ARGUMENTS, "--apply"]) == 0
    assert sum(call[:2] == ["keyvault", "create"] for call in calls(az)) == 1
    # `az keyvault key create` would make another version each time
    assert not any(call[:2] == ["keyvault", "key"] for call in calls(az))


def test_a_failed_command_ends_it_with_its_reason(az: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (az / "broken").touch()
    assert federation.main([*ARGUMENTS, "--apply"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "federation: az role assignment create: AuthorizationFailed: no right; "
        "mend that and run it again, what exists stays"
    )
    assert calls(az)[-1][:3] == ["role", "assignment", "create"]


def test_the_last_lines_are_the_variables_of_each_environment(
    az: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert federation.main([*ARGUMENTS, "--apply"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("--secrets-provider 'azurekeyvault://kv-shop-ci.vault.azure.net/keys/pulumi'")
    assert [line.partition(":")[0] for line in lines[1:]] == [
        "dev", "dev-preview", "dev-pr", "prod", "prod-preview", "prod-pr",
    ]  # fmt: skip
    variables = dict(word.split("=", 1) for word in shlex.split(lines[6].partition(": ")[2]))
    assert variables == {
        "AZURE_CLIENT_ID": "id-of-id-shop-ci-prod-preview-clientId",
        "AZURE_TENANT_ID": "the-tenant",
        "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
        "PULUMI_BACKEND_URL": "azblob://state?storage_account=stshopci",
    }


@pytest.mark.parametrize(
    ("host", "issuer", "subjects"),
    [
        (
            ["--gitlab", "shop/infra"],
            "https://gitlab.com",
            {"project_path:shop/infra:ref_type:branch:ref:main"},
        ),
        (
            ["--azure-devops", "shop/infra", "--organization-id", "o"],
            "https://vstoken.dev.azure.com/o",
            {"sc://shop/infra/aks-secrets-dev", "sc://shop/infra/aks-secrets-dev-preview"},
        ),
    ],
)
def test_the_other_hosts_have_their_own_issuer_and_subjects(
    az: Path, host: list[str], issuer: str, subjects: set[str]
) -> None:
    rest = ["--subscription", SUBSCRIPTION, "--stacks", "dev", "--name", "shop", "--apply"]
    assert federation.main([*host, *rest]) == 0
    credentials = [call for call in calls(az) if "--subject" in call]
    assert {option(call, "--issuer") for call in credentials} == {issuer}
    assert {option(call, "--subject") for call in credentials} == subjects


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"--name": "Shop_1"}, "--name: 'Shop_1' must be 2 to 14 lower-case letters"),
        ({"--name": "a-name-too-long"}, "--name: 'a-name-too-long' must be"),
        ({"--stacks": "dev,$(x)"}, "--stacks: 'dev,$(x)' must be names of stacks"),
        ({"--stacks": ","}, "--stacks: ',' must be names of stacks"),
    ],
)
def test_a_wrong_name_is_refused(
    capsys: pytest.CaptureFixture[str], changed: dict[str, str], text: str
) -> None:
    options = dict(zip(ARGUMENTS[::2], ARGUMENTS[1::2], strict=True)) | changed
    with pytest.raises(SystemExit):
        federation.main([word for pair in options.items() for word in pair])
    assert text in capsys.readouterr().err
