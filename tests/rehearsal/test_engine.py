"""Small programs on the real engine: what only it can show."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulation import REPOSITORY

pytestmark = pytest.mark.engine

CANARY = "canary-7f3b9c1e"

PLATFORM = """
import base64

import pulumi
import pulumi_kubernetes as k8s
from pulumi_azure_native import authorization, containerservice, keyvault, managedidentity, resources
from pulumi_random import RandomPassword


async def main():
    config = pulumi.Config()
    print("the program speaks")
    me = authorization.get_client_config()
    group = resources.ResourceGroup("group", resource_group_name="rg-test")
    vault = keyvault.Vault("vault", resource_group_name=group.name, vault_name="kv-test-1", properties={
        "tenant_id": me.tenant_id, "sku": {"family": "A", "name": "standard"}, "enable_rbac_authorization": True,
        **({"create_mode": "recover"} if config.get_bool("recover") else {}),
    })
    with_vault = pulumi.ResourceOptions(deleted_with=vault)
    password = RandomPassword("password", length=20)
    canary = pulumi.Output.secret("CANARY")
    for name, value in {"db": password.result, "canary": canary}.items():
        keyvault.Secret(f"secret-{name}", resource_group_name=group.name, vault_name=vault.name, secret_name=name,
                        properties={"value": value}, opts=with_vault)
    cluster = containerservice.ManagedCluster(
        "cluster", resource_group_name=group.name, resource_name_="aks-test", dns_prefix="test",
        identity={"type": "SystemAssigned"}, oidc_issuer_profile={"enabled": True}, tags={"hidden": canary},
        agent_pool_profiles=[{"name": "system", "mode": "System", "count": 1, "vm_size": "Standard_D2s_v5"}])
    identity = managedidentity.UserAssignedIdentity("identity", resource_group_name=group.name, resource_name_="id-app")
    before = []
    for name in ("one", "two"):
        before = [managedidentity.FederatedIdentityCredential(
            f"credential-{name}", resource_group_name=group.name, resource_name_=identity.name,
            federated_identity_credential_resource_name=f"credential-{name}",
            issuer=cluster.oidc_issuer_profile.issuer_url, subject=f"system:serviceaccount:demo:{name}",
            audiences=["api://AzureADTokenExchange"], opts=pulumi.ResourceOptions(depends_on=before))]
    authorization.RoleAssignment(
        "grant", scope=pulumi.Output.concat(vault.id, "/secrets/db"), principal_id=identity.principal_id,
        principal_type="ServicePrincipal", role_definition_id=f"/subscriptions/{me.subscription_id}"
        "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6")
    credentials = containerservice.list_managed_cluster_user_credentials_output(
        resource_group_name=group.name, resource_name=cluster.name)
    kubeconfig = pulumi.Output.secret(credentials.kubeconfigs[0].value).apply(lambda v: base64.b64decode(v).decode())
    provider = k8s.Provider("kubernetes", kubeconfig=kubeconfig, cluster_identifier=cluster.id)
    options = pulumi.ResourceOptions(provider=provider, deleted_with=cluster)
    namespace = k8s.core.v1.Namespace("namespace", metadata={"name": "demo"}, opts=options)
    later = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[namespace]))
    k8s.core.v1.ServiceAccount("account", metadata={"name": "app", "namespace": "demo"}, opts=later)
    k8s.core.v1.Secret("hidden", metadata={"name": "hidden", "namespace": "demo"}, string_data={"a": canary}, opts=later)
    return {"issuer": cluster.oidc_issuer_profile.issuer_url, "canary": canary, "setting": config.get_secret("setting")}


pulumi.run(main)
""".replace("CANARY", CANARY)

UNCHAINED = """
import pulumi
from pulumi_azure_native import managedidentity

for name in ("one", "two"):
    managedidentity.FederatedIdentityCredential(
        name, resource_group_name="rg-test", resource_name_="id-app", issuer="https://issuer.example/",
        federated_identity_credential_resource_name=f"credential-{name}", subject=f"system:serviceaccount:demo:{name}",
        audiences=["api://AzureADTokenExchange"])
"""

SUBSCRIPTION = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b"
IDENTITY = f"""
azure:
  - id: {SUBSCRIPTION}/resourceGroups/rg-test
    location: westeurope
  - id: {SUBSCRIPTION}/resourcegroups/rg-test/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-app
    location: westeurope
"""


@dataclass
class Program:
    """A program of a test, and runs of the command line on it."""

    folder: Path
    ran: list[subprocess.CompletedProcess[str]] = field(default_factory=list)

    @property
    def state(self) -> Path:
        return self.folder / ".rehearsal" / "dev"

    def command(self, operation: str, *more: str) -> list[str]:
        command = [sys.executable, "-m", "rehearsal", operation, "--stack", "dev", *more]
        return [*command, "--program", str(self.folder)]

    def run(self, operation: str, *more: str) -> subprocess.CompletedProcess[str]:
        # A folder of its own: nothing may depend on where one stands.
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        done = subprocess.run(
            self.command(operation, *more), cwd=self.folder.parent, env=environment, capture_output=True, text=True, check=False
        )
        self.ran.append(done)
        return done

    def document(self, operation: str, *more: str, succeeds: bool = True) -> dict[str, Any]:
        done = self.run(operation, "--json", *more)
        assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
        return json.loads(done.stdout)

    def world(self) -> dict[str, Any]:
        return json.loads((self.state / "world" / "cloud.json").read_text())


def program(folder: Path, text: str, stack: str = "") -> Program:
    folder.mkdir()
    (folder / "__main__.py").write_text(text)
    (folder / "Pulumi.yaml").write_text("name: app\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(stack or "config: {azure-native:location: westeurope}\n")
    return Program(folder)


def errors(document: dict[str, Any]) -> str:
    return "\n".join(entry["message"] for entry in document["diagnostics"] if entry["severity"] == "error")


def test_a_platform_is_rehearsed_from_preview_to_destroy(tmp_path: Path) -> None:
    stack = "config:\n  azure-native:location: westeurope\n  app:setting: {secure: v1:not-ours}\n"
    platform = program(tmp_path / "program", PLATFORM, stack)

    seen = platform.document("preview")
    assert set(seen["summary"]) == {"create"}
    issuer = seen["outputs"]["issuer"]
    assert issuer.startswith("https://westeurope.oic.prod-aks.azure.com/")
    credential = next(row for row in seen["resources"] if row["name"] == "credential-two")
    assert credential["inputs"]["issuer"] == issuer
    assert any(urn.endswith("::credential-one") for urn in credential["dependencies"])
    assert next(row for row in seen["resources"] if row["name"] == "secret-canary")["inputs"]["properties"] == {"value": "[secret]"}
    assert platform.world()["azure"] == []

    human = platform.run("preview")
    assert human.returncode == 0, human.stderr
    assert re.search(r"issuer *: \[unknown\]", human.stdout)
    assert "Rehearsed with every value known: " in human.stdout
    assert human.stderr.strip() == "This is a rehearsal: no cloud was touched."

    made = platform.document("up")
    assert (made["summary"], made["outputs"]) == (seen["summary"], seen["outputs"])
    assert made["outputs"]["canary"] == made["outputs"]["setting"] == "[secret]"
    assert set(platform.document("up")["summary"]) == {"same"}
    assert set(platform.document("refresh")["summary"]) == {"same"}
    secrets = [entry for entry in platform.world()["azure"] if entry["token"].endswith(":Secret")]
    assert [entry["versions"] for entry in secrets] == [1, 1]

    assert "canary: [secret]" in platform.run("outputs").stdout
    rendered = platform.run("render", "--out", str(tmp_path / "manifests"))
    assert rendered.returncode == 0, rendered.stderr
    assert len(list((tmp_path / "manifests").iterdir())) == 3

    gone = platform.document("destroy")
    assert set(gone["summary"]) == {"delete"}
    assert {row["op"] for row in gone["resources"]} == {"delete"}
    world = platform.world()
    assert (world["azure"], world["kubernetes"]) == ([], {})
    assert [vault["name"] for vault in world["deletedVaults"]] == ["kv-test-1"]

    refused = platform.document("up", succeeds=False)
    assert 'Code="ConflictError"' in errors(refused)
    purged = platform.run("purge", "--vault", "kv-test-1")
    assert purged.returncode == 0, purged.stderr
    assert set(platform.document("up", "--keep-checkpoints")["summary"]) == {"create", "same"}

    texts = [done.stdout + done.stderr for done in platform.ran]
    texts += [path.read_bytes().decode(errors="replace") for folder in (platform.state, tmp_path / "manifests") for path in files(folder)]
    assert not [text for text in texts if CANARY in text]
    assert {path.name for path in platform.folder.iterdir()} - {"__pycache__"} == {
        ".rehearsal",
        "Pulumi.dev.yaml",
        "Pulumi.yaml",
        "__main__.py",
    }
    assert (platform.folder / "Pulumi.dev.yaml").read_text() == stack


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_unchained_credentials_are_refused_in_20_of_20_runs(tmp_path: Path) -> None:
    """Two processes of ten runs each; each `up` begins on a copy of the same fresh stage."""
    unchained = program(tmp_path / "program", UNCHAINED)
    cloud = tmp_path / "cloud.yaml"
    cloud.write_text(IDENTITY)
    command = [sys.executable, "-c", TEN_RUNS, str(unchained.folder), str(cloud)]
    both = [
        subprocess.Popen([*command, str(tmp_path / name)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) for name in ("one", "two")
    ]
    found = [json.loads(running.communicate()[0].splitlines()[-1]) for running in both]
    assert found == [["refused"] * 10, ["refused"] * 10]


TEN_RUNS = """
import json, sys
from pathlib import Path

import yaml

from rehearsal import session, stage
from rehearsal.engine import Engine, find_engine
from rehearsal.simulation import Simulators

folder, cloud, scratch = map(Path, sys.argv[1:])
quiet = lambda line: None
settings = session.Settings(program=folder, cloud=yaml.safe_load(cloud.read_text()), show=quiet, warn=quiet)
fresh = stage.set_up(scratch / "fresh", "dev", folder, None)
engine, found = Engine(find_engine()), []
session.open_on(engine, fresh, settings)
with Simulators() as simulators:
    for number in range(10):
        copy = fresh.copy(scratch / f"run-{number}")
        outcome = session.run(session.open_on(engine, copy, settings), copy, "up", simulators, settings, quiet)
        text = str(outcome.report.diagnostics)
        refused = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity" in text and not outcome.succeeded
        found.append("refused" if refused else text)
print(json.dumps(found))
"""


def test_a_failing_program_is_one_document_and_no_success(tmp_path: Path) -> None:
    failing = program(tmp_path / "program", "import pulumi\nprint('spoken')\nraise pulumi.RunError('settings are wrong')\n")
    done = failing.run("preview", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert "settings are wrong" in errors(document)
    assert "Traceback" not in done.stdout + done.stderr
    assert "spoken" in done.stderr
    human = failing.run("preview")
    assert human.returncode == 1
    assert "settings are wrong" in human.stdout
    assert "Rehearsed" not in human.stdout


def test_a_failure_that_only_known_values_show_fails_the_preview(tmp_path: Path) -> None:
    hidden = program(
        tmp_path / "program",
        """
import pulumi
from pulumi_azure_native import authorization, managedidentity, resources

me = authorization.get_client_config()
group = resources.ResourceGroup("group")
identity = managedidentity.UserAssignedIdentity("identity", resource_group_name=group.name)
authorization.RoleAssignment("grant", scope=group.id, principal_id=identity.principal_id,
    role_definition_id=f"/subscriptions/{me.subscription_id}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6")
""",
    )
    human = hidden.run("preview")
    assert human.returncode == 1
    assert "+ 4 to create" in human.stdout
    assert "PrincipalNotFound" in human.stdout.split("The rehearsed update failed")[1]
    assert "PrincipalNotFound" in errors(hidden.document("preview", succeeds=False))


def test_a_vault_is_destroyed_recovered_and_its_secrets_imported(tmp_path: Path) -> None:
    vault = program(
        tmp_path / "program",
        """
import pulumi
from pulumi_azure_native import authorization, keyvault, resources

config, me = pulumi.Config(), authorization.get_client_config()
recover = config.get_bool("recover")
group = resources.ResourceGroup("group", resource_group_name="rg-test")
vault = keyvault.Vault("vault", resource_group_name=group.name, vault_name="kv-test-1", properties={
    "tenant_id": me.tenant_id, "sku": {"family": "A", "name": "standard"}, **({"create_mode": "recover"} if recover else {})})
id = f"/subscriptions/{me.subscription_id}/resourceGroups/rg-test/providers/Microsoft.KeyVault/vaults/kv-test-1/secrets/db"
keyvault.Secret("secret", resource_group_name=group.name, vault_name=vault.name, secret_name="db",
    properties={"value": pulumi.Output.secret("x")},
    opts=pulumi.ResourceOptions(deleted_with=vault, import_=id if recover else None, depends_on=[vault],
                                ignore_changes=["properties"] if recover else None))
""",
    )
    assert vault.document("up")["summary"] == {"create": 4}
    vault.document("destroy")
    assert len(vault.world()["deletedVaults"][0]["contents"]) == 1
    (vault.folder / "Pulumi.dev.yaml").write_text("config: {azure-native:location: westeurope, app:recover: true}\n")
    assert vault.document("up")["summary"] == {"create": 3, "import": 1}
    assert set(vault.document("up")["summary"]) == {"same"}
    world = vault.world()
    assert world["deletedVaults"] == []
    assert [entry["versions"] for entry in world["azure"] if entry["token"].endswith(":Secret")] == [1]


def test_what_the_cloud_file_holds_can_be_adopted_and_cannot_be_created(tmp_path: Path) -> None:
    text = """
from pulumi_azure_native import managedidentity
import pulumi

found = managedidentity.get_user_assigned_identity(resource_group_name="rg-test", resource_name="id-app")
pulumi.export("client", found.client_id)
"""
    adopting = program(tmp_path / "program", text)
    cloud = tmp_path / "cloud.yaml"
    cloud.write_text(IDENTITY)
    missing = adopting.document("preview", succeeds=False)
    assert "ResourceGroupNotFound" in errors(missing)
    assert adopting.document("preview", "--cloud", str(cloud))["outputs"]["client"]
    (adopting.folder / "__main__.py").write_text(
        'from pulumi_azure_native import resources\nresources.ResourceGroup("group", resource_group_name="rg-test")\n'
    )
    refused = adopting.document("up", "--cloud", str(cloud), succeeds=False)
    assert "cannot create already existing resource '/subscriptions/" in errors(refused)


def test_a_wrong_cloud_file_is_one_sentence(tmp_path: Path) -> None:
    empty = program(tmp_path / "program", "")
    cloud = tmp_path / "cloud.yaml"
    for text, problem in (("azure: [{}]", r"azure[0]: the key 'id' is missing"), ("a: [", "is neither YAML nor JSON")):
        cloud.write_text(text)
        done = empty.run("up", "--cloud", str(cloud))
        assert done.returncode == 2
        assert problem in done.stderr
        assert "Traceback" not in done.stderr


def test_two_rehearsals_do_not_share_a_folder(tmp_path: Path) -> None:
    import fcntl

    empty = program(tmp_path / "program", "")
    assert empty.document("up")["summary"] == {"create": 1}
    with (empty.state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = empty.run("up")
    assert done.returncode == 1
    assert "another rehearsal is using" in done.stderr


def test_an_interrupt_ends_the_engine_and_the_simulators(tmp_path: Path) -> None:
    slow = program(tmp_path / "program", 'from pulumi_azure_native import resources\nresources.ResourceGroup("group")\n')
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = slow.command("up", "--latency", "azure-native:resources:ResourceGroup=120")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "ResourceGroup group creating" in line:
                break
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
        assert len(children) == 2
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 130
    deadline = time.monotonic() + 30
    while any(alive(child) for child in children):
        assert time.monotonic() < deadline, "a child outlives its parent"
        time.sleep(0.05)
    assert slow.world()["azure"] == []


def alive(process: str) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
