"""A workload: its ServiceAccount, the owner of its pod, and the dependencies of the pod."""

from typing import Any

import pulumi
import pytest

from aks_secrets_testing.builds import Build, build, built_once
from components.authorization.role_assignments import PlannedGrant
from components.authorization.roles import ObjectType, Role
from components.identity.principal import ServiceAccount
from components.key_vault.secrets import RandomValue, SeededSecret
from components.workloads import WORKLOADS, Pod, TechniqueSpec, VaultObject, Workload, WorkloadKind
from tests.components.workloads.pods import IMAGE, RUNNING, container_of, owner_of, template_of, workload_of
from tests.support import samples


def test_kind_none_makes_everything_but_the_pod() -> None:
    made: list[Any] = []
    built = build(lambda: made.append(samples.workload(pod=None)))
    in_workload = [
        resource.type.split(":")[-1] for resource in built.resources if "index:Workload$" in resource.urn
    ]
    assert in_workload == ["ServiceAccount"]
    needs = made[0].pod_patch
    assert needs["metadata"]["labels"] == {"azure.workload.identity/use": "true"}
    assert needs["spec"]["serviceAccountName"] == "shop"
    assert [variable["name"] for variable in needs["spec"]["containers"][0]["env"]] == [
        "KEYVAULT_URL",
        "SECRET_NAMES",
        "SECRET_NAME",
    ]


@built_once
def _chain(kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Build:
    def program() -> None:
        aks = samples.cluster()
        vault = samples.vault(secrets=[SeededSecret(name="db-password", value=RandomValue())])
        identity = samples.identity(
            cluster=aks,
            service_accounts=[ServiceAccount("shop", "shop"), ServiceAccount("shop", "other")],
            grants=[
                vault.read_grant(ObjectType.SECRET, "db-password"),
                PlannedGrant(label="x", role=Role.KEY_VAULT_SECRETS_USER, scope="/x"),
            ],
        )
        samples.workload(
            aks=aks, identity=identity, vault=vault, pod=Pod(image=IMAGE, kind=kind, schedule="@daily")
        )

    return build(program)


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_come_after_everything_that_they_need(kind: WorkloadKind) -> None:
    built = _chain(kind)
    after = set(built.single(kind).dependencies)
    needed = [
        built.single("ServiceAccount"),
        built.single("FederatedIdentityCredential", "shop/shop/shop"),
        built.single("Secret"),
        *(resource for resource in built.of_type("RoleAssignment") if resource.name.startswith("shop/")),
    ]
    assert len(needed) == 5
    assert [resource.name for resource in needed if resource.urn not in after] == []


def test_pods_do_not_wait_for_the_credentials_of_others() -> None:
    built = _chain()
    assert (
        built.single("FederatedIdentityCredential", "shop/shop/other").urn
        not in built.single("Deployment").dependencies
    )


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_may_take_as_long_as_a_role_assignment_does(kind: WorkloadKind) -> None:
    """Pulumi waits 10 minutes by default, which is how long Azure may take."""
    assert workload_of(kind).single(kind).timeouts == ("20m", "20m")


def test_a_deployment_does_not_give_up_before_pulumi_does() -> None:
    assert owner_of(workload_of())["spec"]["progressDeadlineSeconds"] == 20 * 60


def test_the_service_account_names_client_and_tenant() -> None:
    metadata = workload_of().single("ServiceAccount").plain()["metadata"]
    assert metadata["annotations"] == {
        "azure.workload.identity/client-id": "<shop-identity.clientId>",
        "azure.workload.identity/tenant-id": "<shop-identity.tenantId>",
    }


def test_an_existing_service_account_only_gets_annotations() -> None:
    built = build(
        lambda: samples.workload(
            existing_service_account=True, service_account=ServiceAccount("shop", "shop")
        )
    )
    assert built.of_type("ServiceAccount") == []
    patch = built.single("ServiceAccountPatch")
    assert set(patch.plain()) == {"apiVersion", "kind", "metadata"}
    assert patch.urn in built.single("Deployment").dependencies


def test_an_existing_account_in_another_stacks_namespace_is_read_first() -> None:
    """The patch of a missing one would create it (pulumi-kubernetes#2194), so it is read first."""
    built = build(lambda: samples.workload(existing_service_account=True, namespace=None))
    assert built.read == [("kubernetes:core/v1:ServiceAccount", "shop/shop")]


def test_a_service_account_of_another_tool_is_left_alone() -> None:
    """Neither read nor annotated: the tool may come later. Only the component tells which one it is."""
    built = build(
        lambda: samples.workload(
            existing_service_account=True, annotate_service_account=False, namespace=None, pod=None
        )
    )
    assert built.read == []
    assert [item.type for item in built.resources if "ServiceAccount" in item.type] == []
    (component,) = built.of_type("Workload")
    assert component.plain()["serviceAccount"]["metadata"] == {
        "namespace": "shop",
        "name": "shop",
        "annotations": {
            "azure.workload.identity/client-id": "<shop-identity.clientId>",
            "azure.workload.identity/tenant-id": "<shop-identity.tenantId>",
        },
    }
    assert build(samples.workload).single("Workload").plain() == {}


@pytest.mark.parametrize("bundle", WORKLOADS.values(), ids=list(WORKLOADS))
def test_every_technique_goes_without_a_service_account_of_its_own(bundle: type[Workload]) -> None:
    built = build(
        lambda: samples.workload(
            bundle=bundle, existing_service_account=True, annotate_service_account=False, pod=None
        )
    )
    assert [item.type for item in built.resources if "ServiceAccount" in item.type] == []


def test_a_namespace_of_another_stack_is_no_dependency() -> None:
    built = build(lambda: samples.workload(namespace=None))
    assert built.of_type("Namespace") == []
    assert len(built.of_type("Deployment")) == 1


def test_another_identity_creates_new_pods() -> None:
    """The webhook acts when a pod is created; a running pod would keep the client id of an identity that is
    gone.
    """
    template = template_of(workload_of())
    assert template["metadata"]["annotations"] == {"aks-secrets/client-id": "<shop-identity.clientId>"}


def test_a_pod_is_replaced_by_any_change() -> None:
    """A Pod is nearly immutable, and the provider replaces it only for some of the immutable fields."""
    assert workload_of(WorkloadKind.POD).single(WorkloadKind.POD).replace_on_changes == (
        "spec",
        "metadata.labels",
        "metadata.annotations",
    )
    assert workload_of().single("Deployment").replace_on_changes == ()


def _env(*secrets: VaultObject) -> dict[str, Any]:
    built = build(lambda: samples.workload(secrets=secrets))
    return {variable["name"]: variable["value"] for variable in container_of(built)["env"]}


def test_an_sdk_pod_gets_the_vault_and_the_names() -> None:
    assert _env(VaultObject(name="a"), VaultObject(name="b")) == {
        "KEYVAULT_URL": "https://kv-shop.vault.azure.net/",
        "SECRET_NAMES": "a,b",
    }


def test_one_secret_has_a_variable_of_its_own() -> None:
    assert _env(VaultObject(name="a"))["SECRET_NAME"] == "a"


def test_key_pairs_of_certificates_are_read_as_secrets_and_keys_are_not() -> None:
    secrets = [
        VaultObject(name="tls", type=ObjectType.CERT_KEY_PAIR),
        VaultObject(name="k", type=ObjectType.KEY),
        VaultObject(name="c", type=ObjectType.CERT),
    ]
    assert _env(*secrets)["SECRET_NAMES"] == "tls"


def test_overrides_are_merged_into_the_manifest() -> None:
    over = {
        "spec": {
            "template": {
                "spec": {
                    "containers": [{"name": "shop", "workingDir": "/app"}, {"name": "proxy", "image": "p:1"}]
                }
            }
        }
    }
    built = workload_of(overrides=over)
    shop, proxy = template_of(built)["spec"]["containers"]
    assert (shop["image"], shop["workingDir"], proxy["image"]) == (IMAGE, "/app", "p:1")


def test_a_bundle_has_to_implement_its_delivery() -> None:
    class Empty(samples.Workload):
        """A bundle without a delivery."""

        spec = TechniqueSpec(description="none", reserved_env=frozenset(), reserved_volumes=frozenset())

    with pytest.raises(NotImplementedError):
        build(lambda: samples.workload(pulumi.ResourceOptions(), bundle=Empty))


def test_a_service_account_has_annotations_beside_those_of_its_identity() -> None:
    lifetime = {"azure.workload.identity/service-account-token-expiration": "7200"}
    built = build(lambda: samples.workload(service_account_annotations=lifetime))
    annotations = built.single("ServiceAccount").plain()["metadata"]["annotations"]
    assert annotations.items() > lifetime.items()
    assert annotations["azure.workload.identity/client-id"] == "<shop-identity.clientId>"
