"""Workloads of every technique, each way of delivery among them."""

from typing import Any

from aks_secrets_testing.builds import Build, built_once
from tests.stacks.composing import compose

Settings = dict[str, Any]
OPERATORS: Settings = {"csi_driver": {}, "external_secrets": {}, "dapr": {}}


def _secret(name: str, source: str = "random", **keys: Any) -> Settings:
    return {"name": name, "from": source, **keys}


_DB = _secret("db")
_VARIABLES = [_secret("db", env="DB"), _secret("api-key", env="API_KEY")]
_FILES = [_secret("db", file="some/db"), _secret("api-key")]
_SHARED = {"kubernetes_secret": {"name": "own-secret"}}
_TLS = _secret("cert", "existing", type="cert-key-pair", kubernetes_secret={"type": "kubernetes.io/tls"})
_ELSEWHERE = [*_VARIABLES, _secret("pay", env="PAY", vault="payments")]
_FOUND = {"find": [{"regexp": "^app-", "env_from": True}], "scope": "vault"}
_JSON = _secret("json", "existing", extract=True, env_from=True)
_DSN = {"compose": [{"name": "dsn", "template": '{{ index . "db" }}', "env": "DSN"}]}
_ISOLATED = {"namespaces": [{"name": "shop", "isolated": True}]}

CASES: dict[str, Settings] = {
    "sdk": {"technique": "sdk", "secrets": [_DB]},
    "sdk, several": {"technique": "sdk", "secrets": [_DB, _secret("api-key")]},
    "sdk, two vaults": {"technique": "sdk", "secrets": [_DB, _secret("pay", vault="payments")]},
    "sdk, none": {"technique": "sdk", "scope": "vault"},
    "csi, files": {"technique": "csi", "secrets": _FILES},
    "csi, variables": {"technique": "csi", "secrets": _VARIABLES},
    "csi, one Secret": {"technique": "csi", "secrets": [{**each, **_SHARED} for each in _VARIABLES]},
    "csi, two vaults": {"technique": "csi", "secrets": _ELSEWHERE, "mount_path": "/etc/values"},
    "csi, TLS": {"technique": "csi", "secrets": [_TLS]},
    "csi, node": {"technique": "csi", "secrets": _FILES, "access": "user-assigned-vm"},
    "csi, pod identity": {"technique": "csi", "secrets": _FILES, "access": "pod-identity"},
    "eso, files": {"technique": "eso", "secrets": _FILES},
    "eso, variables": {"technique": "eso", "secrets": _VARIABLES},
    "eso, two vaults": {"technique": "eso", "secrets": _ELSEWHERE},
    "eso, extract and compose": {"technique": "eso", "secrets": [*_VARIABLES, _JSON], **_DSN},
    "eso, find": {"technique": "eso", "secrets": [], **_FOUND},
    "eso, mode": {
        "technique": "eso",
        "secrets": [_secret("db", file="db", kubernetes_secret={"name": "own", "mode": "0444"})],
    },
    "dapr": {"technique": "dapr", "secrets": [_DB, _secret("api-key")]},
    "dapr, two vaults": {
        "technique": "dapr",
        "secrets": [_DB, _secret("pay", vault="payments")],
        "dapr": {"app_id": "front", "store": "values", "log_level": "warn"},
    },
    "kubernetes-secret, files": {"technique": "kubernetes-secret", "secrets": _FILES},
    "kubernetes-secret, variables": {"technique": "kubernetes-secret", "secrets": _VARIABLES},
    "another ServiceAccount": {"technique": "sdk", "secrets": [_DB], "service_account": "shop-app"},
    "labels and annotations": {
        "technique": "dapr",
        "secrets": [_DB],
        "labels": {"cost-center": "4711"},
        "annotations": {"example.com/owner": "shop"},
    },
    "isolated": {"technique": "sdk", "secrets": [_DB], **_ISOLATED},
}


@built_once
def built(name: str, kind: str) -> Build:
    """The stack with the workload of a case, as the kind."""
    workload = {"name": "shop", "namespace": "shop", "kind": kind, **CASES[name]}
    sections = {"namespaces": workload.pop("namespaces", [])}
    if kind != "none":
        workload |= {"image": "registry.example/shop:1", "run_as_user": 1000}
    return compose(
        {"workloads": [workload], "vaults": [{"name": "payments"}], "operators": OPERATORS, **sections}
    )
