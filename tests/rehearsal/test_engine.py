"""Small programs on the real engine: what only it can show."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from rehearsal import operations, state_folder
from rehearsal.cli import app
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.simulator_process import REPOSITORY, Simulators

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


@cache
def _engine() -> EngineCommand:
    return EngineCommand(find_engine())


@dataclass
class Program:
    """A program of a test, and rehearsals of it: as a process, as the command line in this one, or with simulators that run already."""

    folder: Path
    said: list[str] = field(default_factory=list)

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
            self.command(operation, *more),
            cwd=self.folder.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.said += [done.stdout, done.stderr]
        return done

    def document(self, operation: str, *more: str, succeeds: bool = True) -> dict[str, Any]:
        done = self.run(operation, "--json", *more)
        assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
        return json.loads(done.stdout)

    def invoke(self, operation: str, *more: str) -> Result:
        done = CliRunner().invoke(app, self.command(operation, *more)[3:])
        self.said += [done.stdout, done.stderr]
        return done

    def inside(
        self, operation: str, simulators: Simulators, cloud: str = "", *, keep_checkpoints: bool = False
    ) -> dict[str, Any]:
        """An operation that has to succeed: a failing one leaves tasks of the program behind."""
        lines: list[str] = []
        options = operations.RehearsalOptions(
            program=self.folder,
            cloud=yaml.safe_load(cloud),
            keep_checkpoints=keep_checkpoints,
            show=lines.append,
            warn=lines.append,
        )
        with (
            state_folder.prepare_exclusively(self.state, "dev", self.folder, None) as here,
            operations.working_directory(self.folder),
        ):
            opened = operations.open_stack_in(_engine(), here, options)
            outcome = operations.run(opened, here, operation, simulators, options, lines.append)
        self.said += lines
        assert outcome.succeeded, "\n".join(lines)
        return outcome.report.document()

    def world(self) -> dict[str, Any]:
        return json.loads((self.state / "world" / "cloud.json").read_text())

    def change(self, world: dict[str, Any]) -> None:
        (self.state / "world" / "cloud.json").write_text(json.dumps(world))


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    """One process of simulated providers; each test has a world of its own in it."""
    with Simulators() as running:
        yield running


def program(folder: Path, text: str, stack: str = "") -> Program:
    folder.mkdir()
    (folder / "__main__.py").write_text(text)
    (folder / "Pulumi.yaml").write_text("name: app\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text(stack or "config: {azure-native:location: westeurope}\n")
    return Program(folder)


def errors(document: dict[str, Any]) -> str:
    return "\n".join(entry["message"] for entry in document["diagnostics"] if entry["severity"] == "error")


def test_a_platform_is_rehearsed_from_preview_to_destroy(tmp_path: Path, simulators: Simulators) -> None:
    stack = "config:\n  azure-native:location: westeurope\n  app:setting: {secure: v1:not-ours}\n"
    platform = program(tmp_path / "program", PLATFORM, stack)

    human = platform.run("preview")
    assert human.returncode == 0, human.stderr
    preview, rehearsed = human.stdout.split("Rehearsed with every value known: ")
    assert "Outputs" not in preview, "the engine's own, besides ours"
    assert "issuer: https://westeurope.oic.prod-aks.azure.com/" in rehearsed
    assert human.stderr.strip() == "This is a rehearsal: no cloud was touched."
    assert not (platform.state / "throw-away").exists()
    assert platform.world()["azure"] == []

    made = platform.document("up")
    assert counts(made) == {"create": made["summary"]["create"]} == made["summary"]
    issuer = made["outputs"]["issuer"]
    credential = next(row for row in made["resources"] if row["name"] == "credential-two")
    assert credential["inputs"]["issuer"] == issuer
    assert any(urn.endswith("::credential-one") for urn in credential["dependencies"])
    assert next(row for row in made["resources"] if row["name"] == "secret-canary")["inputs"][
        "properties"
    ] == {"value": "[secret]"}
    assert made["outputs"]["canary"] == made["outputs"]["setting"] == "[secret]"
    assert set(platform.inside("up", simulators)["summary"]) == {"same"}
    assert set(platform.inside("refresh", simulators)["summary"]) == {"same"}
    secrets = [entry for entry in platform.world()["azure"] if entry["token"].endswith(":Secret")]
    assert [entry["versions"] for entry in secrets] == [1, 1]
    assert "canary: [secret]" in platform.invoke("outputs").stdout

    # Somebody deletes one resource and changes another: a refresh says so, row by row.
    world = platform.world()
    world["azure"] = [entry for entry in world["azure"] if not entry["token"].endswith(":RoleAssignment")]
    next(entry for entry in world["azure"] if entry["id"].endswith("/rg-test"))["properties"]["tags"] = {
        "by": "somebody"
    }
    platform.change(world)
    read = platform.inside("refresh", simulators)
    assert {row["name"]: row["op"] for row in read["resources"] if row["op"] != "same"} == {
        "grant": "delete",
        "group": "update",
    }
    assert counts(read) == read["summary"]

    gone = platform.inside("destroy", simulators)
    assert set(gone["summary"]) == {"delete"}
    assert {row["op"] for row in gone["resources"]} == {"delete"}
    world = platform.world()
    assert (world["azure"], world["kubernetes"]) == ([], {})
    assert [vault["name"] for vault in world["deletedVaults"]] == ["kv-test-1"]

    purged = platform.invoke("purge", "--vault", "kv-test-1")
    assert purged.exit_code == 0, purged.stderr
    again = platform.inside("up", simulators, keep_checkpoints=True)
    assert set(again["summary"]) == {"create"}

    texts = [*platform.said, *(path.read_bytes().decode(errors="replace") for path in files(platform.state))]
    assert not [text for text in texts if CANARY in text]
    assert {path.name for path in platform.folder.iterdir()} - {"__pycache__"} == {
        ".rehearsal",
        "Pulumi.dev.yaml",
        "Pulumi.yaml",
        "__main__.py",
    }
    assert (platform.folder / "Pulumi.dev.yaml").read_text() == stack


def counts(document: dict[str, Any]) -> dict[str, int]:
    """The rows by what was done; the engine does not count its default providers."""
    rows = document["resources"]
    is_default = {
        row["urn"]
        for row in rows
        if row["type"].startswith("pulumi:providers:") and row["name"].startswith("default")
    }
    return dict(Counter(row["op"] for row in rows if row["urn"] not in is_default))


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_unchained_credentials_are_refused_in_20_of_20_runs(tmp_path: Path) -> None:
    """Each run is a process: what a failing update leaves behind in Pulumi's runtime ends with it. Each begins on a copy of one stage."""
    unchained = program(tmp_path / "program", UNCHAINED)
    cloud = tmp_path / "cloud.yaml"
    cloud.write_text(IDENTITY)
    command = [sys.executable, "-c", TWENTY_RUNS, str(unchained.folder), str(cloud), str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == ["refused"] * 20


TWENTY_RUNS = """
import json, os, sys
from pathlib import Path

import yaml
from pulumi_azure_native.managedidentity import FederatedIdentityCredential  # imported once, for all the forks

from rehearsal import operations, state_folder
from rehearsal.engine import EngineCommand, find_engine
from rehearsal.simulator_process import Simulators

folder, cloud, scratch = map(Path, sys.argv[1:])
quiet = lambda line: None
options = operations.RehearsalOptions(program=folder, cloud=yaml.safe_load(cloud.read_text()), show=quiet, warn=quiet)
fresh = state_folder.prepare(scratch / "fresh", "dev", folder, None)
engine, results = EngineCommand(find_engine()), []
operations.open_stack_in(engine, fresh, options)


def run(number):
    copy = fresh.copy(scratch / f"run-{number}")
    outcome = operations.run(operations.open_stack_in(engine, copy, options), copy, "up", simulators, options, quiet)
    text = str(outcome.report.diagnostics)
    refused = "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity" in text and not outcome.succeeded
    return "refused" if refused else text


with Simulators() as simulators:
    for number in range(20):
        reader, writer = os.pipe()
        if os.fork() == 0:
            answer = "the run ended with an error of its own"
            try:
                answer = run(number)
            finally:
                os.write(writer, answer.encode()[:60000])
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answers:
            results.append(answers.read())
        os.wait()
print(json.dumps(results), flush=True)
"""


def test_a_failing_program_is_one_document_and_no_success(tmp_path: Path) -> None:
    failing = program(
        tmp_path / "program", "import pulumi\nprint('spoken')\nraise pulumi.RunError('settings are wrong')\n"
    )
    done = failing.run("preview", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert "settings are wrong" in errors(document)
    assert "Traceback" not in done.stdout + done.stderr
    assert "spoken" in done.stderr
    human = failing.invoke("preview")
    assert human.exit_code == 1
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


def test_a_vault_is_destroyed_recovered_and_its_secrets_imported(
    tmp_path: Path, simulators: Simulators
) -> None:
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
    assert vault.inside("up", simulators)["summary"] == {"create": 4}
    vault.inside("destroy", simulators)
    assert len(vault.world()["deletedVaults"][0]["contents"]) == 1
    (vault.folder / "Pulumi.dev.yaml").write_text(
        "config: {azure-native:location: westeurope, app:recover: true}\n"
    )
    assert vault.inside("up", simulators)["summary"] == {"create": 3, "import": 1}
    assert set(vault.inside("up", simulators)["summary"]) == {"same"}
    world = vault.world()
    assert world["deletedVaults"] == []
    assert [entry["versions"] for entry in world["azure"] if entry["token"].endswith(":Secret")] == [1]


def test_what_the_cloud_file_holds_can_be_adopted_and_cannot_be_created(
    tmp_path: Path, simulators: Simulators
) -> None:
    text = """
from pulumi_azure_native import managedidentity
import pulumi

found = managedidentity.get_user_assigned_identity(resource_group_name="rg-test", resource_name="id-app")
pulumi.export("client", found.client_id)
"""
    adopting = program(tmp_path / "program", text)
    missing = adopting.document("preview", succeeds=False)
    assert "ResourceGroupNotFound" in errors(missing)
    assert adopting.inside("up", simulators, IDENTITY)["outputs"]["client"]
    (adopting.folder / "__main__.py").write_text(
        'from pulumi_azure_native import resources\nresources.ResourceGroup("group", resource_group_name="rg-test")\n'
    )
    # the cloud file was planted, and stays
    refused = adopting.document("up", succeeds=False)
    assert "cannot create already existing resource '/subscriptions/" in errors(refused)


def test_a_wrong_cloud_file_is_one_sentence(tmp_path: Path) -> None:
    empty = program(tmp_path / "program", "")
    cloud = tmp_path / "cloud.yaml"
    for text, problem in (
        ("azure: [{}]", r"azure[0]: the key 'id' is missing"),
        ("a: [", "is neither YAML nor JSON"),
    ):
        cloud.write_text(text)
        done = empty.invoke("up", "--cloud", str(cloud))
        assert done.exit_code == 2
        assert problem in done.stderr
        assert "Traceback" not in done.stderr


def test_encrypted_values_reach_the_program_by_whatever_name(tmp_path: Path, simulators: Simulators) -> None:
    text = """
import pulumi

values, app = pulumi.Config("secret-values"), pulumi.Config("app")
values.require("db.password")
odd = app.require_object("odd.key")
pulumi.export("odd", sorted(odd))
"""
    secure = "{secure: v1:not-ours}"
    stack = f"config: {{secret-values:db.password: {secure}, app:odd.key: {{1: {secure}, 'a=b.c': {secure}, 'x\"y': [{secure}]}}}}\n"
    made = program(tmp_path / "program", text, stack).inside("up", simulators)
    assert made["outputs"]["odd"] == ["1", "a=b.c", 'x"y']


def test_the_private_names_of_the_sdk_are_there() -> None:
    """What an upgrade may take away without a word."""
    from pulumi import _types
    from pulumi.automation import LocalWorkspace, PulumiCommand, Stack, _stack

    from rehearsal.simulators import sdk_schema

    used = set(re.findall(r"\b_types\.(\w+)", Path(sdk_schema.__file__).read_text(encoding="utf-8")))
    missing = sorted(name for name in used if not hasattr(_types, name))
    assert used
    assert not missing, (
        f"pulumi._types lost {missing}: see pulumi/_types.py, and rehearsal/simulators/sdk_schema.py that reads types with it"
    )
    assert hasattr(_stack, "StackInitMode"), (
        "pulumi.automation._stack lost StackInitMode: see what Stack.create_or_select passes now, and open_stack in rehearsal/engine.py"
    )
    for owner, name in (
        (PulumiCommand, "run"),
        (LocalWorkspace, "select_stack"),
        (LocalWorkspace, "stack_outputs"),
        (LocalWorkspace, "set_all_config"),
        (Stack, "info"),
    ):
        assert hasattr(owner, name), (
            f"{owner.__name__}.{name} is gone: rehearsal/engine.py overrides or calls it"
        )
    for package in sdk_schema.PACKAGES:
        assert sdk_schema._classes(package), (
            f"{package}: no resource_modules= text in its __init__.py: see _classes in rehearsal/simulators/sdk_schema.py"
        )


def test_an_interrupt_while_the_engine_starts_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the process is there, and nobody has its name yet."""
    started: list[subprocess.Popen[str]] = []

    def popen(*args: Any, **keys: Any) -> subprocess.Popen[str]:
        started.append(real(*args, **keys))
        signal.raise_signal(signal.SIGINT)
        return started[-1]

    sleeper = tmp_path / "pulumi"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    engine, real = EngineCommand.__new__(EngineCommand), subprocess.Popen
    engine.command = str(sleeper)
    monkeypatch.setattr(subprocess, "Popen", popen)
    with pytest.raises(KeyboardInterrupt):
        engine.run(["up"], str(tmp_path), {})
    assert started[0].poll() is not None


def test_what_nobody_takes_is_read_all_the_same(tmp_path: Path) -> None:
    """Else the engine would wait for ever at a full pipe."""
    speaker = tmp_path / "pulumi"
    speaker.write_text("#!/bin/sh\nexec seq 1 50000\n")
    speaker.chmod(0o755)
    engine = EngineCommand.__new__(EngineCommand)
    engine.command = str(speaker)

    def gone(_line: str) -> None:
        raise BrokenPipeError

    assert engine.run(["up"], str(tmp_path), {}, gone).stdout.endswith("\n50000")


def test_an_interrupt_ends_the_engine_and_the_simulators(tmp_path: Path) -> None:
    slow = program(
        tmp_path / "program", 'from pulumi_azure_native import resources\nresources.ResourceGroup("group")\n'
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = slow.command("up", "--latency", "azure-native:resources:ResourceGroup=120")
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
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
