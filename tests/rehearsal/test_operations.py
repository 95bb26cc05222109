"""Operations of small programs on the real engine, from preview to destroy."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from tests.support.forks import Forks
from tests.support.small_program import IDENTITY, errors, program

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
        "tenant_id": me.tenant_id, "sku": {"family": "A", "name": "standard"},
        "enable_rbac_authorization": True,
        **({"create_mode": "recover"} if config.get_bool("recover") else {}),
    })
    with_vault = pulumi.ResourceOptions(deleted_with=vault)
    password = RandomPassword("password", length=20)
    canary = pulumi.Output.secret("CANARY")
    for name, value in {"db": password.result, "canary": canary}.items():
        keyvault.Secret(f"secret-{name}", resource_group_name=group.name, vault_name=vault.name,
                        secret_name=name, properties={"value": value}, opts=with_vault)
    cluster = containerservice.ManagedCluster(
        "cluster", resource_group_name=group.name, resource_name_="aks-test", dns_prefix="test",
        identity={"type": "SystemAssigned"}, oidc_issuer_profile={"enabled": True}, tags={"hidden": canary},
        agent_pool_profiles=[{"name": "system", "mode": "System", "count": 1, "vm_size": "Standard_D2s_v5"}])
    identity = managedidentity.UserAssignedIdentity(
        "identity", resource_group_name=group.name, resource_name_="id-app")
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
    encoded = pulumi.Output.secret(credentials.kubeconfigs[0].value)
    kubeconfig = encoded.apply(lambda v: base64.b64decode(v).decode())
    provider = k8s.Provider("kubernetes", kubeconfig=kubeconfig, cluster_identifier=cluster.id)
    options = pulumi.ResourceOptions(provider=provider, deleted_with=cluster)
    namespace = k8s.core.v1.Namespace("namespace", metadata={"name": "demo"}, opts=options)
    later = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[namespace]))
    k8s.core.v1.ServiceAccount("account", metadata={"name": "app", "namespace": "demo"}, opts=later)
    k8s.core.v1.Secret(
        "hidden", metadata={"name": "hidden", "namespace": "demo"}, string_data={"a": canary}, opts=later)
    issuer = cluster.oidc_issuer_profile.issuer_url
    return {"issuer": issuer, "canary": canary, "setting": config.get_secret("setting")}


pulumi.run(main)
""".replace("CANARY", CANARY)


def test_a_platform_is_rehearsed_from_preview_to_destroy(
    tmp_path: Path, simulators: Simulators, forks: Forks
) -> None:
    stack = "config:\n  azure-native:location: westeurope\n  app:setting: {secure: v1:not-ours}\n"
    platform = program(tmp_path / "program", PLATFORM, stack)

    human = platform.run("preview", "--outputs")
    assert human.returncode == 0, human.stderr
    assert "Rehearsed with every value known: 15 to create" in human.stdout
    assert "Outputs" not in human.stdout, "the engine would print its outputs beside those of the rehearsal"
    assert "issuer: https://westeurope.oic.prod-aks.azure.com/" in human.stdout
    assert human.stderr.strip() == "This is a rehearsal: no cloud was touched."
    assert not (platform.state / "throw-away").exists()
    assert platform.world()["azure"] == []

    platform.forks = forks
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

    # Drift: one resource is deleted and another one changed outside Pulumi. A refresh reports each row.
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

    destroyed = platform.inside("destroy", simulators)
    assert set(destroyed["summary"]) == {"delete"}
    assert {row["op"] for row in destroyed["resources"]} == {"delete"}
    world = platform.world()
    assert (world["azure"], world["kubernetes"]) == ([], {})
    assert [vault["name"] for vault in world["deletedVaults"]] == ["kv-test-1"]

    purged = platform.invoke("purge", "--vault", "kv-test-1")
    assert purged.exit_code == 0, purged.stderr
    again = platform.inside("up", simulators, keep_checkpoints=True)
    assert set(again["summary"]) == {"create"}

    texts = [
        *platform.printed,
        *(path.read_bytes().decode(errors="replace") for path in files(platform.state)),
    ]
    assert not [text for text in texts if CANARY in text]
    assert {path.name for path in platform.folder.iterdir()} - {"__pycache__"} == {
        ".rehearsal",
        "Pulumi.dev.yaml",
        "Pulumi.yaml",
        "__main__.py",
    }
    assert (platform.folder / "Pulumi.dev.yaml").read_text() == stack


def counts(document: dict[str, Any]) -> dict[str, int]:
    """Operation → number of rows, without the default providers, which the engine does not count."""
    rows = document["resources"]
    is_default = {
        row["urn"]
        for row in rows
        if row["type"].startswith("pulumi:providers:") and row["name"].startswith("default")
    }
    return dict(Counter(row["op"] for row in rows if row["urn"] not in is_default))


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_a_failing_program_is_one_document_and_no_success(tmp_path: Path, forks: Forks) -> None:
    text = "import pulumi\nprint('spoken')\nraise pulumi.RunError('settings are wrong')\n"
    failing = program(tmp_path / "program", text, forks=forks)
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


def test_a_failure_that_needs_known_values_fails_the_preview(tmp_path: Path, forks: Forks) -> None:
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
        forks=forks,
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
    "tenant_id": me.tenant_id, "sku": {"family": "A", "name": "standard"},
    **({"create_mode": "recover"} if recover else {})})
rg = f"/subscriptions/{me.subscription_id}/resourceGroups/rg-test"
id = f"{rg}/providers/Microsoft.KeyVault/vaults/kv-test-1/secrets/db"
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


def test_resources_of_the_cloud_file_can_be_read_and_cannot_be_created(
    tmp_path: Path, simulators: Simulators, forks: Forks
) -> None:
    text = """
from pulumi_azure_native import managedidentity
import pulumi

found = managedidentity.get_user_assigned_identity(resource_group_name="rg-test", resource_name="id-app")
pulumi.export("client", found.client_id)
"""
    reading = program(tmp_path / "program", text, forks=forks)
    missing = reading.document("preview", succeeds=False)
    assert "ResourceGroupNotFound" in errors(missing)
    assert reading.inside("up", simulators, IDENTITY)["outputs"]["client"]
    (reading.folder / "__main__.py").write_text(
        'from pulumi_azure_native import resources\nresources.ResourceGroup("group", '
        'resource_group_name="rg-test")\n'
    )
    # the resources of the cloud file are in the state folder's cloud now
    refused = reading.document("up", succeeds=False)
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


def test_encrypted_values_reach_the_program_under_any_name(tmp_path: Path, simulators: Simulators) -> None:
    text = """
import pulumi

values, app = pulumi.Config("secret-values"), pulumi.Config("app")
values.require("db.password")
odd = app.require_object("odd.key")
pulumi.export("odd", sorted(odd))
"""
    secure = "{secure: v1:not-ours}"
    odd = f"{{1: {secure}, 'a=b.c': {secure}, 'x\"y': [{secure}]}}"
    stack = f"config: {{secret-values:db.password: {secure}, app:odd.key: {odd}}}\n"
    made = program(tmp_path / "program", text, stack).inside("up", simulators)
    assert made["outputs"]["odd"] == ["1", "a=b.c", 'x"y']
