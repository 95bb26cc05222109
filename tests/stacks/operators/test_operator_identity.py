"""An operator that reads the vaults as itself: its identity, and what all of its workloads need, in each
composition. Technique akv2k8s has such an operator.
"""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from aks_secrets_testing.builds import Build, build
from aks_secrets_testing.stacks import build_document
from rehearsal.simulators.azure import arm
from stacks.outputs.platform import Platform
from stacks.platform import platform
from stacks.settings import load
from tests.settings.cases import as_config, document
from tests.stacks.composing import DB, DB_AGAIN, compose, roles
from trust.access import readings
from trust.chain import Chain
from trust.techniques import deliveries

OPERATOR: dict[str, Any] = {"operators": {"akv2k8s": {}}}
NAME = "akv2k8s/identity"
SUBJECT = "system:serviceaccount:akv2k8s:akv2k8s-controller"
GROUP = f"/subscriptions/{arm.SUBSCRIPTION}/resourceGroups/rg-shared/providers"
CLUSTER = f"{GROUP}/Microsoft.ContainerService/managedClusters/aks-shared"
VAULT = f"{GROUP}/Microsoft.KeyVault/vaults/kv-shared"
READER = f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/id-controller"


def served(name: str, *secrets: Mapping[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload whose secrets the operator copies."""
    return {
        "name": name,
        "namespace": name,
        "technique": "akv2k8s",
        "image": "registry.example/web:1",
        "secrets": [{"env": "VALUE", **secret} for secret in secrets],
        **keys,
    }


def _identities(built: Build) -> list[str]:
    """The identities but the cluster's own."""
    made = [item.name for item in built.of_type("UserAssignedIdentity")]
    return [name for name in made if not name.startswith("cluster")]


def _made(built: Build, *kinds: str) -> list[str]:
    return [item.name for kind in kinds for item in built.of_type(kind)]


def test_one_identity_reads_for_all_workloads_of_the_operator() -> None:
    workloads = [served("a", DB), served("b", DB_AGAIN, {"name": "key", "from": "existing", "env": "KEY"})]
    built = compose({"workloads": workloads, **OPERATOR})
    assert _identities(built) == [f"{NAME}-identity"]
    assert (
        built.single("UserAssignedIdentity", f"{NAME}-identity")
        .inputs["resourceName"]
        .endswith("-operator_akv2k8s")
    )
    assert roles(built, NAME) == {
        ("KEY_VAULT_SECRETS_USER", "/secrets/db"),
        ("KEY_VAULT_SECRETS_USER", "/secrets/key"),
    }
    (credential,) = built.of_type("FederatedIdentityCredential")
    assert credential.inputs["subject"] == SUBJECT
    # No pod is to become the operator, nor to wait for a token that it never gets.
    for account in built.of_type("ServiceAccount"):
        assert "azure.workload.identity/client-id" not in (
            account.inputs["metadata"].get("annotations") or {}
        )
    release = built.single("Release")
    assert credential.urn in release.dependencies
    controller = release.inputs["values"]["controller"]
    assert controller["serviceAccount"]["annotations"] == {
        "azure.workload.identity/client-id": f"<{NAME}-identity.clientId>"
    }
    # An object that the operator may not read yet would fail until the next resync.
    (assignment,) = (item for item in built.of_type("RoleAssignment") if item.name == f"{NAME}/secrets/key")
    for copied in (item for item in built.of_type("AzureKeyVaultSecret") if item.name.startswith("b/")):
        assert assignment.urn in copied.dependencies


def test_access_names_the_operator_and_only_what_each_workload_lists() -> None:
    built = compose(
        {"workloads": [served("a", DB), served("b", {"name": "key", "from": "existing"})], **OPERATOR}
    )
    rows = {(row["workload"], row["secret"]): row for row in built.outputs["access"]}
    assert set(rows) == {("a", "db"), ("b", "key")}
    row = rows["a", "db"]
    assert (row["access"], row["subject"], row["asked"]) == ("operator", SUBJECT, True)
    assert (row["serviceAccount"], row["clientId"]) == ("a", f"<{NAME}-identity.clientId>")
    assert row["identity"].endswith("-operator_akv2k8s")
    assert row["issuer"] is not None


def test_beside_the_operator_other_workloads_keep_their_identities() -> None:
    own = {**served("c", DB_AGAIN), "technique": "sdk", "secrets": [DB_AGAIN]}
    built = compose({"workloads": [served("a", DB), own], **OPERATOR})
    assert sorted(_identities(built)) == [f"{NAME}-identity", "c-identity"]
    assert roles(built, "c") == {("KEY_VAULT_SECRETS_USER", "/secrets/db")}
    account = built.single("ServiceAccount", "c-service-account").inputs["metadata"]["annotations"]
    assert account["azure.workload.identity/client-id"] == "<c-identity.clientId>"


@pytest.mark.parametrize(
    ("entry", "made"),
    [
        ({"name": "reader", "resource_name": "id-reader"}, "id-reader"),
        ({"name": "reader"}, "id-aks-secrets-dev-reader"),
    ],
)
def test_the_operator_may_read_as_a_listed_identity(entry: dict[str, Any], made: str) -> None:
    built = compose(
        {
            "workloads": [served("a", DB)],
            "identities": [entry],
            "operators": {"akv2k8s": {"identity": "reader"}},
        }
    )
    assert built.single("UserAssignedIdentity", f"{NAME}-identity").inputs["resourceName"] == made
    assert built.outputs["access"][0]["identity"] == made


def test_external_grants_are_listed_for_the_operator() -> None:
    built = compose({"workloads": [served("a", DB)], "grants": "external", **OPERATOR})
    assert not [item for item in built.of_type("RoleAssignment") if item.name.startswith(NAME)]
    listed = {(row["principal"], row["scope"].rsplit("/", 2)[-1]) for row in built.outputs["grants"]}
    assert (NAME, "db") in listed


def test_other_vaults_and_access_policies_know_the_operator() -> None:
    policies = {"authorization": "access-policy"}
    built = compose(
        {
            "vault": policies,
            "vaults": [{"name": "hub", **policies}],
            "workloads": [
                served("a", DB, scope="vault"),
                served("b", {"name": "key", "vault": "hub", "from": "random"}, scope="vault"),
            ],
            **OPERATOR,
        }
    )
    for vault in built.of_type("Vault"):
        readers = [policy["objectId"] for policy in vault.inputs["properties"]["accessPolicies"]]
        assert readers == [f"<{NAME}-identity.principalId>"]
    assert {(row["workload"], row["secret"], row["role"]) for row in built.outputs["access"]} == {
        ("a", "db", "access policy"),
        ("b", "key", "access policy"),
    }


def _platform(**operator: Any) -> Build:
    changes: dict[str, Any] = {
        "composition": "platform",
        "workloads": None,
        "operators": {"akv2k8s": operator},
    }
    if "identity" in operator:
        changes["identities"] = [{"name": operator["identity"]}]

    async def program() -> Any:
        return await platform(load())

    return build(program, config=as_config(document(changes)))


def test_a_platform_makes_the_identity_and_publishes_it() -> None:
    built = _platform()
    assert _identities(built) == [f"{NAME}-identity"]
    assert built.single("FederatedIdentityCredential").inputs["subject"] == SUBJECT
    published = built.outputs["platform"]
    assert published["operators"]["akv2k8s"]["identity"] == {
        "name": "id-aks-secrets-dev-operator_akv2k8s",
        "clientId": f"<{NAME}-identity.clientId>",
        "principalId": f"<{NAME}-identity.principalId>",
        "subject": SUBJECT,
    }
    assert json.loads(json.dumps(published)) == published
    assert Platform.model_validate(published).operator_principals[NAME].subject == SUBJECT
    assert _identities(_platform(identity="reader")) == [f"{NAME}-identity"]


def _team(operator: Mapping[str, Any], cloud: Mapping[str, Any] | None = None, **config: Any) -> Any:
    """A stack of workloads on a platform that publishes ``operator``."""
    published = {
        "version": 2,
        "subscriptionId": arm.SUBSCRIPTION,
        "tenantId": arm.TENANT,
        "location": "westeurope",
        "resourceGroup": "rg-shared",
        "cluster": {"name": "aks-shared", "id": CLUSTER, "issuerUrl": "https://issuer.example/"},
        "vault": {"name": "kv-shared", "id": VAULT, "uri": "https://kv-shared.vault.azure.net/"},
        "operators": {"akv2k8s": {"existing": False, **operator}},
        "namespaces": [],
    }
    document = {
        "azure-native:location": "westeurope",
        "aks-secrets:composition": "workloads",
        "aks-secrets:platform": {"stack": "organization/aks-secrets/platform"},
        "aks-secrets:workloads": [served("a", {"name": "db", "from": "existing"})],
        **config,
    }
    answers = {"pulumi:pulumi:StackReference": {"outputs": {"platform": published}}}
    return build_document({"config": document}, "team", cloud=cloud or CLOUD, answers=answers)


CLOUD: dict[str, Any] = {
    "azure": [
        {"id": GROUP.removesuffix("/providers"), "location": "westeurope"},
        {
            "id": VAULT,
            "location": "westeurope",
            "properties": {
                "tenantId": arm.TENANT,
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": True,
            },
        },
        {"id": READER, "location": "westeurope"},
        {
            "id": CLUSTER,
            "location": "westeurope",
            "identity": {"type": "SystemAssigned"},
            "oidcIssuerProfile": {"enabled": True},
            "securityProfile": {"workloadIdentity": {"enabled": True}},
        },
    ]
}
_PRINCIPAL = "aaaaaaaa-0000-4000-8000-00000000000b"
_PUBLISHED = {
    "identity": {
        "name": "id-platform-operator_akv2k8s",
        "clientId": "cccccccc-0000-4000-8000-00000000000b",
        "principalId": _PRINCIPAL,
        "subject": SUBJECT,
    }
}


def test_a_stack_on_a_platform_grants_to_the_identity_of_its_operator() -> None:
    built = _team(_PUBLISHED)
    assert not _made(built, "UserAssignedIdentity", "FederatedIdentityCredential", "Release")
    (assignment,) = built.of_type("RoleAssignment")
    assert assignment.inputs["principalId"] == _PRINCIPAL
    assert assignment.inputs["scope"].endswith("/secrets/db")
    (row,) = built.outputs["access"]
    assert (row["identity"], row["subject"]) == ("id-platform-operator_akv2k8s", SUBJECT)


def test_the_chain_of_a_stack_on_a_platform_has_the_operator() -> None:
    chain = Chain.read(_team(_PUBLISHED).graph)
    (delivery,) = deliveries(chain, chain.workloads[0])
    (reader,) = delivery.readers
    assert reader.operator == ("akv2k8s", "akv2k8s-controller")
    (reading,) = readings(chain)
    # The platform's stack made the credential.
    assert (reading.name, reading.state) == ("db", "external")


def test_a_platform_of_an_older_release_is_refused() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        _team({})
    assert "does not publish" in str(refused.value)


def _beside(**section: Any) -> dict[str, Any]:
    """A stack of workloads on what exists, with section ``operators.akv2k8s``."""
    return {
        "azure-native:location": "westeurope",
        "aks-secrets:composition": "workloads",
        "aks-secrets:cluster": {"existing": {"id": CLUSTER}},
        "aks-secrets:vault": {"existing": {"id": VAULT}},
        "aks-secrets:identities": [{"name": "controller", "existing": {"id": READER}}],
        "aks-secrets:operators": {"akv2k8s": {"identity": "controller", **section}},
        "aks-secrets:workloads": [served("a", {"name": "db", "from": "existing"})],
    }


def test_an_operator_that_exists_keeps_its_identity_and_is_granted_to() -> None:
    built = build_document({"config": _beside(install="existing")}, "dev", cloud=CLOUD)
    assert not _made(built, "FederatedIdentityCredential", "Release")
    assert f"{NAME}-existing-identity" in {each.name for each in built.read_resources}
    (assignment,) = built.of_type("RoleAssignment")
    assert assignment.name == f"{NAME}/secrets/db"
    (row,) = built.outputs["access"]
    assert (row["identity"], row["subject"], row["issuer"]) == ("id-controller", None, None)


def test_an_operator_of_the_stack_may_read_as_an_identity_that_exists() -> None:
    built = build_document({"config": _beside()}, "dev", cloud=CLOUD)
    (credential,) = built.of_type("FederatedIdentityCredential")
    assert (credential.inputs["subject"], credential.inputs["resourceName"]) == (SUBJECT, "id-controller")
    assert credential.urn in built.single("Release").dependencies
