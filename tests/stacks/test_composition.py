"""Composition all-in-one: what workloads share, what they need, and what is said about it."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from components.authorization.roles import Role
from stacks.all_in_one import all_in_one
from stacks.outputs.platform import VERSION, Platform
from stacks.settings import load
from tests.settings.cases import as_config, document
from tests.support.harness import AZURE_CLI, DEPLOYER, Build, build


def _build(changes: Mapping[str, Any], *, preview: bool = False, secret_keys: tuple[str, ...] = ()) -> Build:
    async def program() -> Any:
        return await all_in_one(load())

    return build(program, config=as_config(document(changes)), preview=preview, secret_keys=secret_keys)


def _workload(name: str, *secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": name,
        "technique": "sdk",
        "kind": "none",
        "secrets": list(secrets),
        **keys,
    }


def _runs(**keys: Any) -> dict[str, Any]:
    return {"name": "web", "namespace": "web", "technique": "sdk", "image": "registry.example/web:1", **keys}


_DRIVER: dict[str, Any] = {"operators": {"csi_driver": {}}}
_LITERAL = {"name": "s", "from": "literal", "sensitive": False, "value": "v"}
_DB, _DB_AGAIN = {"name": "db", "from": "random"}, {"name": "db", "from": "existing"}


def _roles(built: Build, identity: str) -> set[tuple[str, str]]:
    """(role, last part of the scope) of each grant of a workload's identity."""
    found = [
        r.inputs
        for r in built.of_type("RoleAssignment")
        if r.inputs["principalId"] == f"<{identity}-identity.principalId>"
    ]
    return {
        (Role(inputs["roleDefinitionId"].rsplit("/", 1)[1]).name, inputs["scope"].split("vault-vault")[-1])
        for inputs in found
    }


def test_two_workloads_that_share_an_identity_and_a_secret_get_one_grant_and_a_chain_of_two() -> None:
    shared = {
        "workloads": [_workload("a", _DB, identity="readers"), _workload("b", _DB_AGAIN, identity="readers")]
    }
    built = _build(shared | {"identities": [{"name": "readers"}]})
    assert _roles(built, "readers") == {("KEY_VAULT_SECRETS_USER", "/secrets/db")}
    first, second = built.of_type("FederatedIdentityCredential")
    assert first.urn in second.dependencies
    assert len(built.of_type("UserAssignedIdentity")) == 2  # the cluster's own, and the shared one
    clients = {
        found.inputs["metadata"]["annotations"]["azure.workload.identity/client-id"]
        for found in built.of_type("ServiceAccount")
    }
    assert clients == {"<readers-identity.clientId>"}


def test_workloads_apart_have_identities_apart() -> None:
    built = _build({"workloads": [_workload("a", _DB), _workload("b", {"name": "key", "from": "random"})]})
    assert _roles(built, "a") == {("KEY_VAULT_SECRETS_USER", "/secrets/db")}
    assert _roles(built, "b") == {("KEY_VAULT_SECRETS_USER", "/secrets/key")}


def test_a_secret_that_two_workloads_read_is_written_once() -> None:
    built = _build({"workloads": [_workload("a", _DB), _workload("b", _DB_AGAIN)]})
    assert [found.inputs["secretName"] for found in built.of_type("Secret")] == ["db"]
    assert built.one("Secret").urn in built.one("RoleAssignment", "b/secrets/db").dependencies


def test_listing_takes_one_right_to_all_secrets_and_leaves_certificates_apart() -> None:
    certificate = {"name": "web-tls", "type": "cert", "from": "existing"}
    built = _build({"workloads": [_workload("a", _DB, certificate, scope="vault")]})
    assert _roles(built, "a") == {
        ("KEY_VAULT_SECRETS_USER", ""),
        ("KEY_VAULT_CERTIFICATE_USER", "/certificates/web-tls"),
    }
    rows = {
        row["secret"]: row["scope"].split("/vaults/")[1].split("/", 1)[1:] for row in built.outputs["access"]
    }
    assert rows == {"db": [], "*": [], "web-tls": ["certificates/web-tls"]}


def test_access_tells_what_sharing_an_identity_opens() -> None:
    """An identity has the rights of all its workloads, so each row of them is told, asked for or not."""
    shared = [_workload("a", _DB, identity="readers"), _workload("b", identity="readers", scope="vault")]
    built = _build({"workloads": shared, "identities": [{"name": "readers"}]})
    rows = {(row["workload"], row["secret"], row["asked"]) for row in built.outputs["access"]}
    assert rows == {("a", "db", True), ("a", "*", False), ("b", "*", True)}
    shared[1]["scope"] = "object"
    apart = _build({"workloads": shared, "identities": [{"name": "readers"}]})
    assert {(row["workload"], row["secret"], row["asked"]) for row in apart.outputs["access"]} == {
        ("a", "db", True),
        ("b", "db", False),
    }


def test_one_namespace_serves_all_its_workloads() -> None:
    built = _build({"workloads": [_workload("a", namespace="shop"), _workload("b", namespace="shop")]})
    assert [found.inputs["metadata"]["name"] for found in built.of_type("Namespace")] == ["shop"]


def test_the_vault_can_have_a_group_of_its_own() -> None:
    built = _build({"vault.resource_group": "rg-vault"})
    assert built.one("Vault").inputs["resourceGroupName"] == "rg-vault"
    assert built.one("ManagedCluster").inputs["resourceGroupName"] == "rg-aks-secrets-dev"
    assert built.one("ResourceGroup", "vault-group-rg-vault").inputs["resourceGroupName"] == "rg-vault"


def test_the_same_group_named_twice_is_one_group() -> None:
    built = _build({"cluster.resource_group": "rg-shop", "vault.resource_group": "RG-shop"})
    assert len(built.of_type("ResourceGroup")) == 1


def test_people_manage_secrets_each_once() -> None:
    built = _build(
        {
            "people": {
                "users": [DEPLOYER],
                "service_principals": ["55555555-5555-5555-5555-555555555555"],
                "current": True,
            }
        }
    )
    officers = {
        r.inputs["principalId"]: r.inputs["principalType"]
        for r in built.of_type("RoleAssignment")
        if "officer" in r.name
    }
    assert officers == {DEPLOYER: "User", "55555555-5555-5555-5555-555555555555": "ServicePrincipal"}


@pytest.mark.parametrize(
    ("client", "said", "kind"),
    [
        (AZURE_CLI, None, "User"),
        ("66666666-6666-6666-6666-666666666666", None, "ServicePrincipal"),
        (AZURE_CLI, "ServicePrincipal", "ServicePrincipal"),
    ],
)
def test_the_deployer_is_what_the_sign_in_or_the_settings_say(
    monkeypatch: pytest.MonkeyPatch, client: str, said: str | None, kind: str
) -> None:
    monkeypatch.setattr("tests.support.answers.AZURE_CLI", client)
    built = _build({"people": {"current": True, **({"current_type": said} if said else {})}})
    assert built.one("RoleAssignment", "vault/officer/deployer").inputs["principalType"] == kind
    assert built.one("RoleAssignment", "cluster-deployer").inputs["principalType"] == kind


def test_somebody_listed_in_another_case_is_not_granted_twice() -> None:
    built = _build({"people": {"users": [DEPLOYER.upper()], "current": True}})
    assert len([found for found in built.of_type("RoleAssignment") if "officer" in found.name]) == 1


def test_a_team_of_deployers_can_do_without_a_grant_of_its_own() -> None:
    built = _build(
        {"cluster.entra": {"grant_deployer": False, "admin_groups": ["55555555-5555-5555-5555-555555555555"]}}
    )
    assert built.of_type("RoleAssignment") == []


def test_external_grants_name_every_assignment_that_somebody_has_to_make() -> None:
    built = _build({"grants": "external", "workloads": [_workload("a", _DB)], "people": {"current": True}})
    assert built.of_type("RoleAssignment") == []
    told = {(grant["principal"], grant["role"]) for grant in built.outputs["grants"]}
    assert told == {
        ("deployer", "Azure Kubernetes Service RBAC Cluster Admin"),
        ("deployer", "Key Vault Secrets Officer"),
        ("a", "Key Vault Secrets User"),
    }


def test_outputs_hold_no_secret_and_no_kubeconfig_unless_asked() -> None:
    assert set(_build({"workloads": []}).outputs) == {"access", "platform"}
    assert set(_build({"workloads": [], "cluster.export_kubeconfig": True}).outputs) == {
        "access",
        "platform",
        "kubeconfig",
    }


def test_the_first_preview_names_what_it_can() -> None:
    """Names and scopes are plain strings, so a reviewer sees them before anything exists."""
    built = _build({"workloads": [_workload("a", _DB)]}, preview=True)
    assert built.one("Vault").inputs["vaultName"].startswith("kv-dev-")
    assert built.one("FederatedIdentityCredential").inputs["subject"] == "system:serviceaccount:a:a"


def test_a_warning_reaches_the_preview(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        _build({"cluster.local_accounts": True})
    assert "cluster.local_accounts: is on" in caplog.text


def test_the_careful_default_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        _build({})
    assert caplog.text == ""


def test_platform_is_plain_versioned_data() -> None:
    platform = _build({}).outputs["platform"]
    assert platform["version"] == VERSION
    assert json.loads(json.dumps(platform)) == platform
    assert Platform.model_validate(platform).model_dump(by_alias=True, mode="json") == platform


def test_every_namespace_is_made_once_and_enforces_a_standard() -> None:
    built = _build({"workloads": [_workload("a", _DB), _workload("b", namespace="a"), _workload("c")]})
    assert {found.name: found.inputs["metadata"]["labels"] for found in built.of_type("Namespace")} == {
        f"namespace-{name}": {
            "pod-security.kubernetes.io/enforce": "baseline",
            "pod-security.kubernetes.io/warn": "restricted",
        }
        for name in ("a", "c")
    }


def test_a_namespace_can_be_stricter_or_somebody_elses() -> None:
    built = _build(
        {
            "workloads": [_workload("a"), _workload("b")],
            "namespaces": [
                {"name": "a", "enforce": "restricted", "warn": "restricted"},
                {"name": "b", "existing": True},
            ],
        }
    )
    assert (
        built.one("Namespace").inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        == "restricted"
    )
    accounts = {
        found.inputs["metadata"]["namespace"]: found.dependencies for found in built.of_type("ServiceAccount")
    }
    assert built.one("Namespace").urn in accounts["a"]
    assert built.one("Namespace").urn not in accounts["b"]


def test_services_and_what_pods_of_others_need_are_outputs() -> None:
    outputs = _build({"workloads": [_runs(port=80, service={}), _workload("argo", _DB)]}).outputs
    assert outputs["services"] == {"web": "web.web.svc.cluster.local"}
    assert set(outputs["pods"]) == {"argo"}
    assert outputs["pods"]["argo"]["spec"]["serviceAccountName"] == "argo"
    assert outputs["pods"]["argo"]["metadata"]["labels"] == {"azure.workload.identity/use": "true"}


def test_a_namespace_can_be_handed_over() -> None:
    """`release: true` first: what leaves the program is deleted otherwise, with everything in it."""
    built = _build(
        {"workloads": [_workload("a"), _workload("b")], "namespaces": [{"name": "a", "release": True}]}
    )
    assert {found.name: found.retain_on_delete for found in built.of_type("Namespace")} == {
        "namespace-a": True,
        "namespace-b": False,
    }


def test_numbers_of_pods_are_sent_as_numbers_and_shares_as_text() -> None:
    built = _build({"workloads": [_runs(update_strategy={"max_surge": 1, "max_unavailable": "25%"})]})
    assert built.one("Deployment").plain()["spec"]["strategy"]["rollingUpdate"] == {
        "maxSurge": 1,
        "maxUnavailable": "25%",
    }


def test_an_autoscaler_without_an_aim_has_kubernetes_own() -> None:
    asked = {"requests": {"cpu": "250m", "memory": "128Mi"}}
    for said, aims in (
        ({}, {"cpu": 80}),
        ({"cpu_percent": 50, "memory_percent": 70}, {"cpu": 50, "memory": 70}),
        ({"memory_percent": 70}, {"memory": 70}),
    ):
        built = _build(
            {"workloads": [_runs(resources=asked, autoscale={"min_replicas": 2, "max_replicas": 6, **said})]}
        )
        found = [
            metric["containerResource"]
            for metric in built.one("HorizontalPodAutoscaler").plain()["spec"]["metrics"]
        ]
        assert {one["name"]: one["target"]["averageUtilization"] for one in found} == aims
        assert built.one("Deployment").plain()["spec"]["replicas"] == 2


def test_one_line_names_the_technique_of_all() -> None:
    workload = {key: value for key, value in _runs(secrets=[_DB]).items() if key != "technique"}
    for technique, made in (("csi", "SecretProviderClass"), ("kubernetes-secret", "Secret")):
        built = _build({"technique": technique, "workloads": [workload], **_DRIVER})
        assert [found.name for found in built.of_type(made) if found.name.startswith("web")]


def test_the_addon_is_on_where_it_is_asked_for() -> None:
    profile = _build(_DRIVER).one("ManagedCluster").inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]
    assert profile == {
        "enabled": True,
        "config": {"enableSecretRotation": "true", "rotationPollInterval": "2m"},
    }
    charts = _build({"operators": {"csi_driver": {"install": "helm"}}})
    assert (
        charts.one("ManagedCluster").inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"]
        is False
    )
    assert charts.one("Release").name == "csi-driver-release"
    existing = _build({"operators": {"csi_driver": {"install": "existing"}}})
    assert existing.of_type("Release") == []
    assert (
        existing.one("ManagedCluster").inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["enabled"]
        is False
    )


@pytest.mark.parametrize(("install", "kind"), [("addon", "ManagedCluster"), ("helm", "Release")])
def test_classes_come_after_what_serves_them(install: str, kind: str) -> None:
    built = _build(
        {
            "workloads": [_runs(technique="csi", secrets=[_DB])],
            "operators": {"csi_driver": {"install": install}},
        }
    )
    assert built.one(kind).urn in built.one("SecretProviderClass").dependencies


def test_reloader_watches_where_something_reloads() -> None:
    workloads = [_runs(technique="csi", secrets=[_DB], reload=True), _workload("argo")]
    built = _build({"workloads": workloads, "operators": {"csi_driver": {"install": "helm"}, "reloader": {}}})
    release = built.one("Release", "reloader-release")
    assert release.inputs["values"]["reloader"]["namespaces"] == ["web"]
    assert {
        built.one("Release", "csi-driver-release").urn,
        built.one("Namespace", "namespace-web").urn,
    } <= set(release.dependencies)


def test_workloads_of_one_service_principal_share_its_grants() -> None:
    """ARM refuses a second assignment of one role to one principal at one scope."""
    by_secret = {"technique": "csi", "access": "service-principal", "service_principal": _PRINCIPAL}
    changes = {
        "workloads": [_runs(**by_secret, secrets=[_DB]), _runs(**by_secret, name="b", secrets=[_DB_AGAIN])],
        **_DRIVER,
    }
    built = _build({**changes, "secret-values:sp": "x"}, secret_keys=("secret-values:sp",))
    assert len([found for found in built.of_type("RoleAssignment") if "/secrets/" in found.name]) == 1


def test_the_synced_secret_is_another_one_with_other_keys() -> None:
    """Up to 1.5 the driver never gives a Secret that is there another key or type."""

    def name(*secrets: dict[str, Any]) -> str:
        built = _build({"workloads": [_runs(technique="csi", secrets=list(secrets))], **_DRIVER})
        return built.one("SecretProviderClass").plain()["spec"]["secretObjects"][0]["secretName"]

    db, api = {**_DB, "env": "DB"}, {"name": "api", "from": "existing", "env": "API"}
    assert name(db) != name(db, api)
    assert name(db, api) == name(api, db)
    assert name(db).startswith("web-synced-")


_PRINCIPAL = {
    "client_id": "aaaaaaaa-0000-4000-8000-000000000001",
    "object_id": "aaaaaaaa-0000-4000-8000-000000000002",
    "config_key": "sp",
}


def test_the_addons_identity_is_one_and_is_granted_what_all_of_them_read() -> None:
    by_node = {"technique": "csi", "access": "user-assigned-vm"}
    built = _build(
        {
            "workloads": [_runs(**by_node, secrets=[_DB]), _runs(**by_node, name="b", secrets=[_DB_AGAIN])],
            **_DRIVER,
        }
    )
    (grant,) = (found for found in built.of_type("RoleAssignment") if "/secrets/" in found.name)
    assert grant.inputs["principalId"] == "<addon.objectId>"
    assert built.of_type("UserAssignedIdentity") == [built.one("UserAssignedIdentity", "cluster-identity")]
    row = built.outputs["access"][0]
    assert (row["access"], row["subject"], row["identity"], row["clientId"]) == (
        "user-assigned-vm",
        None,
        "azurekeyvaultsecretsprovider-aks-dev",
        "<addon.clientId>",
    )


def test_a_service_principals_secret_is_a_pulumi_secret() -> None:
    workload = _runs(technique="csi", access="service-principal", service_principal=_PRINCIPAL, secrets=[_DB])
    changes = {"workloads": [workload], **_DRIVER, "secret-values:sp": "canary-7f3a"}
    built = _build(changes, secret_keys=("secret-values:sp",))
    secret = built.one("Secret", "web-service-principal")
    assert secret.is_secret("stringData")
    assert secret.plain()["stringData"] == {
        "clientid": _PRINCIPAL["client_id"],
        "clientsecret": "canary-7f3a",
    }
    (grant,) = (found for found in built.of_type("RoleAssignment") if "/secrets/" in found.name)
    assert grant.inputs["principalId"] == _PRINCIPAL["object_id"]
    assert "canary" not in json.dumps(built.outputs)


def test_access_policies_name_those_who_read() -> None:
    """Part of the vault itself: a list beside it would be emptied by the vault's next update."""
    whole = {"scope": "vault"}
    tls = {"name": "tls", "type": "cert", "from": "existing"}
    built = _build(
        {
            "vault": {"authorization": "access-policy"},
            "workloads": [_workload("a", _DB, **whole), _workload("b", tls, **whole)],
            "people": {"current": True},
        }
    )
    vault = built.one("Vault").inputs["properties"]
    assert vault["enableRbacAuthorization"] is False
    policies = {found["objectId"]: found["permissions"] for found in vault["accessPolicies"]}
    assert policies == {
        DEPLOYER: {
            "secrets": ["get", "list", "set", "delete", "recover", "backup", "restore"],
            "keys": [],
            "certificates": [],
        },
        "<a-identity.principalId>": {"secrets": ["get", "list"], "keys": [], "certificates": []},
        "<b-identity.principalId>": {"secrets": ["get", "list"], "keys": [], "certificates": ["get"]},
    }
    # The role assignments are there beside them, for the day on which the vault moves to RBAC.
    assert len([found for found in built.of_type("RoleAssignment") if "/secrets" in found.name]) == 2
    assert {(row["role"], row["scope"].rsplit("/", 2)[1]) for row in built.outputs["access"]} == {
        ("access policy", "vaults")
    }


def test_with_rbac_the_vault_has_no_policies() -> None:
    vault = _build({"workloads": [_workload("a", _DB)]}).one("Vault").inputs["properties"]
    assert vault["enableRbacAuthorization"] is True
    assert "accessPolicies" not in vault


def test_pods_come_after_the_vault_that_names_them() -> None:
    built = _build(
        {
            "vault": {"authorization": "access-policy"},
            "workloads": [_runs(scope="vault", secrets=[_DB_AGAIN])],
        }
    )
    assert built.one("Vault").urn in built.one("Deployment").dependencies


@pytest.mark.parametrize("kind", ["Deployment", "Pod"])
def test_pods_whose_rights_somebody_else_grants_are_not_waited_for(kind: str) -> None:
    """The list of grants is an output of the update that would wait for them: it would hang, and never say what is owed."""
    workload = _runs(kind=kind, technique="csi", port=80, service={"type": "LoadBalancer"}, secrets=[_DB])
    for grants, annotation in (("external", "true"), ("managed", None)):
        built = _build({"grants": grants, "workloads": [workload], **_DRIVER})
        for found in (built.one(kind), built.one("Service")):
            assert found.plain()["metadata"].get("annotations", {}).get("pulumi.com/skipAwait") == annotation
