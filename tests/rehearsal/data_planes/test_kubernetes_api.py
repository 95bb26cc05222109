"""Kubernetes' own client reads a simulated cluster."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.core.exceptions import AzureError
from azure.identity import DefaultAzureCredential, WorkloadIdentityCredential
from azure.keyvault.secrets import SecretClient
from kubernetes import client, dynamic
from kubernetes.client.exceptions import ApiException

from operations.failures import Symptom
from operations.failures.table import claims
from rehearsal.data_planes.arm.roles import Role
from rehearsal.data_planes.issuers import AUDIENCE, issuer_of
from rehearsal.data_planes.kubernetes_api import users
from rehearsal.data_planes.planes import Planes
from rehearsal.simulators.azure.containerservice.clusters import CLUSTER as CLUSTERS
from rehearsal.simulators.seed import apply_seed
from tests.rehearsal.data_planes.clusters import allow, api, apps, cloud, core, custom
from tests.rehearsal.data_planes.worlds import CLIENT, CLUSTER, GROUP, ISSUER, signed_in

pytestmark = pytest.mark.servers


@pytest.fixture
def planes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planes]:
    with signed_in(tmp_path, monkeypatch, **cloud()) as served:
        allow(served)
        yield served


def status_of(error: ApiException) -> dict[str, Any]:
    return json.loads(str(error.body))


def test_an_owner_has_as_many_pods_as_replicas(planes: Planes, tmp_path: Path) -> None:
    own = api(tmp_path)
    deployment = apps(own).read_namespaced_deployment("orders", "shop")
    assert (deployment.status.ready_replicas, deployment.status.replicas) == (2, 2)
    selector = "app.kubernetes.io/name=orders"
    pods = core(own).list_namespaced_pod("shop", label_selector=selector).items
    assert len({pod.metadata.name for pod in pods}) == len({pod.metadata.uid for pod in pods}) == 2
    for pod in pods:
        assert pod.status.phase == "Running"
        assert "azure-identity-token" in {volume.name for volume in pod.spec.volumes}
        variables = {variable.name: variable.value for variable in pod.spec.containers[0].env}
        assert variables["AZURE_CLIENT_ID"] == CLIENT
        assert {c.type: c.status for c in pod.status.conditions}["Ready"] == "True"
        again = core(own).read_namespaced_pod(pod.metadata.name, "shop")
        assert again.metadata.uid == pod.metadata.uid


def test_a_pod_that_does_not_start_says_why(planes: Planes, tmp_path: Path) -> None:
    objects = core(api(tmp_path))
    (pod,) = objects.list_namespaced_pod("shop", field_selector="status.phase=Pending").items
    (container,) = pod.status.container_statuses
    assert container.state.waiting.reason == "CreateContainerConfigError"
    (event,) = objects.list_namespaced_event("shop", field_selector="type=Warning").items
    assert event.involved_object.name == pod.metadata.name
    assert 'secret "gone" not found' in event.message
    assert event.last_timestamp is not None
    broken = apps(objects.api_client).read_namespaced_deployment("broken", "shop")
    assert broken.status.ready_replicas == 0


def test_a_secret_has_made_up_values_and_the_time_of_its_data(planes: Planes, tmp_path: Path) -> None:
    secret = core(api(tmp_path)).read_namespaced_secret("orders", "shop")
    value = base64.b64decode(secret.data["password"])
    assert value
    assert b"not this one" not in value
    (fields,) = secret.metadata.managed_fields
    assert fields.time == secret.metadata.creation_timestamp
    assert "f:password" in fields.fields_v1["f:data"]


def test_a_list_has_pages(planes: Planes, tmp_path: Path) -> None:
    objects = core(api(tmp_path))
    first = objects.list_namespaced_pod("shop", limit=2)
    rest = objects.list_namespaced_pod("shop", limit=2, _continue=first.metadata._continue)
    assert (len(first.items), len(rest.items), rest.metadata._continue) == (2, 1, None)


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("app.kubernetes.io/name=orders", 2),
        ("app.kubernetes.io/name!=orders", 1),
        ("app.kubernetes.io/name in (orders, broken)", 3),
        ("app.kubernetes.io/name notin (orders)", 1),
        ("azure.workload.identity/use", 2),
        ("!azure.workload.identity/use,app.kubernetes.io/name", 1),
    ],
)
def test_label_selectors(planes: Planes, tmp_path: Path, selector: str, count: int) -> None:
    pods = core(api(tmp_path)).list_namespaced_pod("shop", label_selector=selector)
    assert len(pods.items) == count


def test_discovery_finds_built_in_and_custom_kinds(planes: Planes, tmp_path: Path) -> None:
    apply_seed(
        planes.world,
        {
            "kubernetes": [
                {"cluster": CLUSTER, "releases": [{"chart": "external-secrets", "namespace": "eso"}]}
            ]
        },
    )
    kinds: Any = dynamic.DynamicClient(api(tmp_path)).resources
    accounts = kinds.get(api_version="v1", kind="ServiceAccount")
    assert "orders" in {account.metadata.name for account in accounts.get(namespace="shop").items}
    assert kinds.get(api_version="external-secrets.io/v1", kind="ExternalSecret").namespaced
    assert kinds.get(api_version="apps/v1", kind="Deployment").name == "deployments"


def test_what_is_not_served_or_not_there_is_not_found(planes: Planes, tmp_path: Path) -> None:
    own = api(tmp_path)
    with pytest.raises(ApiException) as error:
        core(own).read_namespaced_secret("other", "shop")
    assert (error.value.status, status_of(error.value)["reason"]) == (404, "NotFound")
    assert status_of(error.value)["message"] == 'secrets "other" not found'
    external = custom(own)
    with pytest.raises(ApiException) as error:
        external.list_namespaced_custom_object("external-secrets.io", "v1", "shop", "externalsecrets")
    assert (error.value.status, status_of(error.value)["message"]) == (
        404,
        "the server could not find the requested resource",
    )
    with pytest.raises(ApiException) as error:
        core(own).create_namespaced_config_map("shop", client.V1ConfigMap())
    assert error.value.status == 405


def test_a_user_without_a_role_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with signed_in(tmp_path, monkeypatch, **cloud()) as planes:
        own = api(tmp_path)
        with pytest.raises(ApiException) as error:
            core(own).list_namespaced_secret("shop")
        status = status_of(error.value)
        assert (error.value.status, status["reason"]) == (403, "Forbidden")
        assert 'cannot list resource "secrets" in API group "" in the namespace "shop"' in status["message"]
        assert "User does not have access to the resource in Azure" in status["message"]
        review = client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(
                resource_attributes=client.V1ResourceAttributes(
                    verb="list", resource="secrets", namespace="shop"
                )
            )
        )
        reviews: Any = client.AuthorizationV1Api(own)
        assert reviews.create_self_subject_access_review(review).status.allowed is False
        allow(planes)
        assert reviews.create_self_subject_access_review(review).status.allowed is True
        with pytest.raises(ApiException) as error:
            core(api(tmp_path, token="no token")).list_namespaced_secret("shop")
        assert (error.value.status, status_of(error.value)["reason"]) == (401, "Unauthorized")


def test_the_right_to_write_roles_is_none_to_escalate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kubeguard/guard, authz/providers/azure/rbac/checkaccessreqhelper.go"""
    reader = Role(id="r", name="r", data_actions=("*/read", "*/roles/write"))
    monkeypatch.setattr(users, "roles_of", lambda *_: [reader])
    with signed_in(tmp_path, monkeypatch, **cloud()):
        for verb, allowed in (("create", True), ("escalate", False), ("bind", False)):
            attributes: Any = {"verb": verb, "group": "rbac.authorization.k8s.io", "resource": "roles"}
            spec = client.V1SelfSubjectAccessReviewSpec(
                resource_attributes=client.V1ResourceAttributes(namespace="shop", **attributes)
            )
            review = client.V1SelfSubjectAccessReview(spec=spec)
            reviews: Any = client.AuthorizationV1Api(api(tmp_path))
            assert reviews.create_self_subject_access_review(review).status.allowed is allowed, verb


def test_who_may_create_reviews_asks_what_a_service_account_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signed_in(tmp_path, monkeypatch, **cloud()) as planes:
        review = client.V1SubjectAccessReview(
            spec=client.V1SubjectAccessReviewSpec(
                user="system:serviceaccount:shop:orders",
                resource_attributes=client.V1ResourceAttributes(
                    verb="use-managed-identity", group="cid.wi.aks.azure.com", resource="a client id"
                ),
            )
        )
        reviews: Any = client.AuthorizationV1Api(api(tmp_path))
        with pytest.raises(ApiException) as error:
            reviews.create_subject_access_review(review)
        assert (error.value.status, status_of(error.value)["reason"]) == (403, "Forbidden")
        allow(planes)
        assert reviews.create_subject_access_review(review).status.allowed is False


def test_a_token_of_a_service_account_is_what_entra_accepts(planes: Planes, tmp_path: Path) -> None:
    discovery = requests.get(f"{ISSUER}.well-known/openid-configuration", timeout=10).json()
    assert discovery["issuer"] == ISSUER
    (key,) = requests.get(discovery["jwks_uri"], timeout=10).json()["keys"]
    assert (key["kty"], key["alg"]) == ("RSA", "RS256")
    spec = client.V1TokenRequestSpec(audiences=["api://AzureADTokenExchange"], expiration_seconds=600)
    objects = core(api(tmp_path))
    token = objects.create_namespaced_service_account_token(
        "orders", "shop", client.AuthenticationV1TokenRequest(spec=spec)
    ).status.token
    (tmp_path / "token").write_text(token)
    exchanged = WorkloadIdentityCredential(
        tenant_id=planes.entra.tenant,
        client_id=CLIENT,
        token_file_path=str(tmp_path / "token"),
    )
    vault = SecretClient("https://kv-planes.vault.azure.net/", exchanged)
    as_deployer = SecretClient("https://kv-planes.vault.azure.net/", DefaultAzureCredential())
    assert vault.get_secret("api-key").value == as_deployer.get_secret("api-key").value
    # The API server knows the account as well, and lets it read nothing.
    with pytest.raises(ApiException) as error:
        core(api(tmp_path, token=token)).list_namespaced_secret("shop")
    assert 'User "system:serviceaccount:shop:orders" cannot list' in status_of(error.value)["message"]


def test_an_application_that_reads_itself_succeeds_when_its_rights_are_known(
    planes: Planes, tmp_path: Path
) -> None:
    """Technique sdk: until then Entra refuses the token, and the vault the identity."""
    rights = {
        token: [known.id.lower() for known in planes.world.of_type(f"azure-native:{token}")]
        for token in ("managedidentity:FederatedIdentityCredential", "authorization:RoleAssignment")
    }
    for seconds, ids in zip((120, 600), rights.values(), strict=True):
        planes.world.works_from.update(dict.fromkeys(ids, seconds))
    issuer = issuer_of(next(iter(planes.world.of_type(CLUSTERS))))
    (tmp_path / "token").write_text(issuer.token("system:serviceaccount:shop:orders", aud=[AUDIENCE]))

    def read() -> str:
        options: Any = {"client_id": CLIENT, "token_file_path": str(tmp_path / "token")}
        with WorkloadIdentityCredential(tenant_id=planes.entra.tenant, **options) as credential:
            vault = SecretClient("https://kv-planes.vault.azure.net/", credential)
            try:
                return vault.get_secret("api-key").name or ""
            except AzureError as error:
                (failure,) = claims(Symptom(text=str(error)))
                return failure.id

    answers = [read()]
    for seconds in (120, 480):
        planes.world.wait(seconds)
        answers.append(read())
    assert answers == ["aadsts70021", "forbiddenbyrbac", "api-key"]


def test_a_token_that_lives_too_shortly_is_refused(planes: Planes, tmp_path: Path) -> None:
    objects = core(api(tmp_path))
    request = client.AuthenticationV1TokenRequest(
        spec=client.V1TokenRequestSpec(audiences=["x"], expiration_seconds=60)
    )
    with pytest.raises(ApiException) as error:
        objects.create_namespaced_service_account_token("orders", "shop", request)
    assert error.value.status == 422
    assert "may not specify a duration less than 10 minutes" in status_of(error.value)["message"]
    with pytest.raises(ApiException) as error:
        objects.create_namespaced_service_account_token("other", "shop", request)
    assert error.value.status == 404


def test_local_accounts_sign_in_by_certificate_and_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signed_in(tmp_path, monkeypatch, **cloud()) as planes:
        cluster = planes.world.get(CLUSTER)
        assert cluster is not None
        del cluster.properties["aadProfile"]
        for certificate in (True, False):
            objects = core(api(tmp_path, certificate=certificate))
            assert objects.read_namespaced_secret("orders", "shop").data


def test_a_cluster_that_is_not_reached_has_no_host(planes: Planes, tmp_path: Path) -> None:
    own = api(tmp_path)
    cluster = planes.world.get(CLUSTER)
    assert cluster is not None
    planes.world.runner = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/other"
    cluster.properties["apiServerAccessProfile"] = {"enablePrivateCluster": True}
    cluster.properties["privateFQDN"] = "aks-planes.privatelink.westeurope.azmk8s.io"
    with pytest.raises(Exception, match="502"):
        core(own).list_namespace()
