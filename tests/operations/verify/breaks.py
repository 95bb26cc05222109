"""Breaks in a stack that runs, one at a time, and the finding that verify has to have first."""

import time
from collections.abc import Callable
from typing import Any

from tests.operations.verify.azure import MARKER, ago, refusal
from tests.operations.verify.live import Live
from trust.nodes.fields import known

SOMEONE = "0d4e8f6a-1c2b-4d3e-9f50-6a7b8c9d0e1f"
CSI = "secrets-store.csi.x-k8s.io/v1"
ESO = "external-secrets.io/v1"


def credential(live: Live, workload: str) -> dict[str, Any]:
    """The federated credential of a workload, as Azure has it."""
    entries = live.azure.credentials[
        next(id_ for id_ in live.azure.credentials if id_.endswith(f"-{workload}"))
    ]
    return entries[0]["properties"]


def pod(live: Live, workload: str, kind: str = "deployments") -> dict[str, Any]:
    return live.object("v1", workload, "pods", f"{workload}-0")


def host(live: Live) -> str:
    return next(iter(live.azure.vaults))


def vault_id(live: Live) -> str:
    return live.azure.vaults[host(live)]


def without_issuer_slash(live: Live) -> None:
    credential(live, "greeter")["issuer"] = live.azure.issuer.rstrip("/")


def another_issuer(live: Live) -> None:
    live.azure.published["issuer"] = live.azure.issuer.replace("4444", "5555", 1)


def silent_issuer(live: Live) -> None:
    live.azure.published.clear()


def another_subject(live: Live) -> None:
    credential(live, "billing")["subject"] = "system:serviceaccount:billing:Billing"


def another_audience(live: Live) -> None:
    credential(live, "shop")["audiences"] = ["api://other"]


def no_credential(live: Live) -> None:
    live.azure.credentials[next(id_ for id_ in live.azure.credentials if id_.endswith("-orders"))].clear()


def no_identity(live: Live) -> None:
    del live.azure.credentials[next(id_ for id_ in live.azure.credentials if id_.endswith("-orders"))]


def no_role(live: Live) -> None:
    identity = next(item for item in live.chain.identities if str(item.name).endswith("-billing"))
    principal = known(identity.principal_id)
    live.azure.assignments[:] = [
        item
        for item in live.azure.assignments
        if item["properties"]["principalId"] != principal or not item["id"].count("billing-api-key")
    ]


def no_annotation(live: Live) -> None:
    live.object("v1", "shop", "serviceaccounts", "shop")["metadata"]["annotations"] = {}


def no_account(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path("v1", "podinfo", "serviceaccounts", "podinfo")]


def no_label(live: Live) -> None:
    del pod(live, "greeter")["metadata"]["labels"]["azure.workload.identity/use"]


def no_projected_token(live: Live) -> None:
    pod(live, "greeter")["spec"]["volumes"] = []


def older_client_id(live: Live) -> None:
    for container in pod(live, "checkout")["spec"]["containers"]:
        for variable in container.get("env", []):
            if variable["name"] == "AZURE_CLIENT_ID":
                variable["value"] = SOMEONE


def other_variables(live: Live) -> None:
    variables = pod(live, "greeter")["spec"]["containers"][0]["env"]
    next(entry for entry in variables if entry["name"] == "KEYVAULT_URL")["value"] = (
        "https://kv-old.vault.azure.net/"
    )


def no_class(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path(CSI, "podinfo", "secretproviderclasses", "podinfo")]


def class_not_mounted(live: Live) -> None:
    volumes = pod(live, "podinfo")["spec"]["volumes"]
    volumes[:] = [volume for volume in volumes if "csi" not in volume]


def nothing_mounted(live: Live) -> None:
    path = live.kubernetes.path(CSI, "podinfo", "secretproviderclasspodstatuses", "podinfo-0-podinfo")
    live.kubernetes.objects[path]["status"]["mounted"] = False


def rotated_long_ago(live: Live) -> None:
    live.kubernetes.versions["secret/orders-db-password"] = "0" * 32


def rotated_now(live: Live) -> None:
    live.azure.write(host(live), "secrets", "orders-db-password", created=_now(-10))


def stale_synced_secret(live: Live) -> None:
    live.kubernetes.add_secret("podinfo", "podinfo-synced.podinfo-color", (), changed=ago(90000))


def no_key(live: Live) -> None:
    live.object("v1", "shop", "secrets", "shop-external.database-url")["data"] = {"other": MARKER}


def no_secret(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path("v1", "shop", "secrets", "shop-external.podinfo-color")]


def older_pod(live: Live) -> None:
    pod(live, "shop")["status"]["containerStatuses"] = [{"state": {"running": {"startedAt": ago(80000)}}}]


def store_not_ready(live: Live) -> None:
    live.object(ESO, "shop", "secretstores", "shop")["status"]["conditions"] = [
        {
            "type": "Ready",
            "status": "False",
            "reason": "InvalidProviderConfig",
            "message": "unable to validate store",
        }
    ]


def external_secret_not_ready(live: Live) -> None:
    message = "error processing spec.data[0] (key: podinfo-color), err: Secret does not exist"
    live.object(ESO, "shop", "externalsecrets", "shop-external.podinfo-color")["status"]["conditions"] = [
        {"type": "Ready", "status": "False", "reason": "SecretSyncedError", "message": message}
    ]


def refresh_too_old(live: Live) -> None:
    live.object(ESO, "shop", "externalsecrets", "shop-external.podinfo-color")["status"]["refreshTime"] = ago(
        90000
    )


def no_component(live: Live) -> None:
    del live.kubernetes.objects[
        live.kubernetes.path("dapr.io/v1alpha1", "checkout", "components", "checkout-key-vault")
    ]


def sidecar_refuses(live: Live) -> None:
    body = {
        "errorCode": "ERR_PERMISSION_DENIED",
        "message": 'access denied by policy to get "orders-db-password"',
    }
    live.kubernetes.sidecar["/v1.0/secrets/checkout-key-vault/orders-db-password"] = (403, body)


def no_sidecar(live: Live) -> None:
    containers = pod(live, "checkout")["spec"]["containers"]
    containers[:] = [item for item in containers if item["name"] != "daprd"]


def disabled_secret(live: Live) -> None:
    versions = live.azure.objects[host(live), "secrets", "greeting"]
    versions[0]["attributes"]["enabled"] = False


def expired_secret(live: Live) -> None:
    live.azure.objects[host(live), "secrets", "greeting"][0]["attributes"]["exp"] = _now(-60)


def deleted_secret(live: Live) -> None:
    live.azure.objects[host(live), "secrets", "greeting"] = []


def closed_vault(live: Live) -> None:
    live.azure.documents[vault_id(live).lower()]["properties"]["publicNetworkAccess"] = "Disabled"
    message = "Client address is not authorized and caller is not a trusted service."
    live.azure.refuses = refusal(403, "Forbidden", message, "ForbiddenByFirewall")


def no_vault(live: Live) -> None:
    del live.azure.documents[vault_id(live).lower()]


def crashing(live: Live) -> None:
    status = pod(live, "podinfo")["status"]
    status["conditions"] = [{"type": "Ready", "status": "False"}]
    image = 'Back-off pulling image "ghcr.io/stefanprodan/podinfo:6.14.1"'
    status["containerStatuses"] = [{"state": {"waiting": {"reason": "ImagePullBackOff", "message": image}}}]


def mount_fails(live: Live) -> None:
    pod(live, "podinfo")["status"] = {
        "phase": "Pending",
        "conditions": [{"type": "Ready", "status": "False"}],
    }
    message = (
        'MountVolume.SetUp failed for volume "secrets-store" : kubernetes.io/csi: mounter.SetUpAt failed '
        "to get CSI client: driver name secrets-store.csi.k8s.io not found in the list of registered "
        "CSI drivers"
    )
    path = live.kubernetes.path("v1", "podinfo", "events", "podinfo-0.1")
    live.kubernetes.objects[path] = {
        "metadata": {"name": "podinfo-0.1"},
        "type": "Warning",
        "reason": "FailedMount",
        "message": message,
        "involvedObject": {"kind": "Pod", "name": "podinfo-0"},
    }


def no_deployment(live: Live) -> None:
    del live.kubernetes.objects[live.kubernetes.path("apps/v1", "checkout", "deployments", "checkout")]


def nothing_may_be_asked_of_the_cluster(live: Live) -> None:
    message = "The client does not have authorization to perform action"
    forbidden = refusal(403, "AuthorizationFailed", message)
    live.instead = lambda request: forbidden if request.path.endswith("/listClusterUserCredential") else None


def _now(seconds: int) -> int:
    return int(time.time()) + seconds


Break = Callable[[Live], None]
BREAKS: dict[Break, tuple[str, str, str, str]] = {
    without_issuer_slash: ("greeter", "issuer", "the final slash counts", "pulumi up --stack dev"),
    another_subject: ("billing", "credential", "case counts", "pulumi up --stack dev"),
    another_audience: ("shop", "audience", "is for api://other", "pulumi up --stack dev"),
    no_credential: ("orders", "credential", "no credential for system:serviceaccount:orders:", "pulumi up"),
    no_identity: ("orders", "credential", "identity id-aks-secrets-dev-orders does not exist", "pulumi up"),
    no_role: ("billing", "grant billing-api-key", "has no role that reads secret", "pulumi up"),
    no_annotation: ("shop", "service account", "ServiceAccount shop/shop names no identity", "pulumi up"),
    no_account: ("podinfo", "service account", "ServiceAccount podinfo/podinfo does not exist", "pulumi up"),
    no_label: ("greeter", "token in pods", "has no label azure.workload.identity/use", "pulumi up"),
    no_projected_token: (
        "greeter", "token in pods", "the webhook did not act", "kubectl rollout restart deployment greeter",
    ),
    older_client_id: ("checkout", "token in pods", f"AZURE_CLIENT_ID is {SOMEONE}", "rollout restart"),
    other_variables: ("greeter", "variables", "KEYVAULT_URL is missing or another one", "pulumi up"),
    no_class: ("podinfo", "class podinfo", "SecretProviderClass podinfo/podinfo does not exist", "pulumi up"),
    class_not_mounted: ("podinfo", "mount of podinfo", "has no volume of class podinfo", "pulumi up"),
    nothing_mounted: ("podinfo", "mount of podinfo", "has mounted nothing", "kubectl describe pod podinfo-0"),
    rotated_long_ago: (
        "podinfo", "versions in podinfo", "has an older version of orders-db-password", "kubectl get pods",
    ),
    stale_synced_secret: (
        "podinfo", "age of podinfo-synced.podinfo-color", "podinfo-color in the vault of", "rollout restart",
    ),
    no_key: ("shop", "secret shop-external.database-url", "has no key", "kubectl describe externalsecret"),
    no_secret: ("shop", "secret shop-external.podinfo-color", "does not exist", "describe externalsecret"),
    older_pod: (
        "shop", "restart after shop-external.podinfo-color", "1 of 1 pods started before", "rollout restart",
    ),
    store_not_ready: ("shop", "store shop", "SecretStore shop is not ready: unable to validate store", ""),
    external_secret_not_ready: (
        "shop", "external secret shop-external.podinfo-color", "Secret does not exist", "",
    ),
    refresh_too_old: (
        "shop", "refresh of shop-external.podinfo-color", "podinfo-color in the vault of", "kubectl annotate",
    ),
    no_component: ("checkout", "component checkout-key-vault", "does not exist", "pulumi up"),
    sidecar_refuses: ("checkout", "sidecar: orders-db-password", "403 ERR_PERMISSION_DENIED", ""),
    no_sidecar: ("checkout", "sidecar: orders-db-password", "has no sidecar", "kubectl rollout restart"),
    disabled_secret: ("greeter", "read greeting", "is disabled", "az keyvault secret set-attributes"),
    expired_secret: ("greeter", "read greeting", "expired at", "operations rotate greeting"),
    deleted_secret: ("greeter", "read greeting", "SecretNotFound", "restore"),
    closed_vault: ("kv-dev-3e45bb5d", "vault", "publicNetworkAccess is disabled", "pulumi up"),
    crashing: ("podinfo", "pods", "0 of 1 ready: ImagePullBackOff", ""),
    mount_fails: ("podinfo", "pods", "not found in the list of registered CSI drivers", ""),
    no_deployment: ("checkout", "pods", "Deployment checkout does not exist", "pulumi up"),
}  # fmt: skip
