"""The simulated Azure and Kubernetes accept what the settings accept: a first update for each key.

For a third of the keys; ``SWEEP=all`` in the environment takes all.
"""

import os
import re
import zlib
from typing import Any

from tests.each import each
from tests.settings.cases import document
from tests.settings.samples import ETCD_VAULT, PLATFORM_CLUSTER_ID, SUBNET, pod, secret
from tests.settings.simulated_up import refusal_of_up
from tests.settings.test_every_key_matters import (
    KEYS,
    Key,
    other_value,
    scene,
    value_at,
    with_sections,
    with_value,
)
from tests.support.acting import SUBSCRIPTION, VAULT

_PLATFORM = f"{SUBSCRIPTION}/resourceGroups/rg-platform"
_RBAC = {"location": "westeurope", "properties": {**VAULT, "enableRbacAuthorization": True}}
_CLUSTER: dict[str, Any] = {
    "location": "westeurope",
    "oidcIssuerProfile": {"enabled": True},
    "securityProfile": {"workloadIdentity": {"enabled": True}},
    "agentPoolProfiles": [{"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}],
    "identity": {"type": "SystemAssigned"},
    "addonProfiles": {"azureKeyvaultSecretsProvider": {"enabled": True}},
}
SEED = {
    "azure": [
        {"id": _PLATFORM, "location": "westeurope"},
        {"id": f"{_PLATFORM}/providers/{PLATFORM_CLUSTER_ID.partition('/providers/')[2]}", **_CLUSTER},
        {"id": f"{_PLATFORM}/providers/Microsoft.KeyVault/vaults/kv-platform", **_RBAC},
        {"id": SUBNET.partition("/providers")[0], "location": "westeurope"},
        {
            "id": SUBNET.partition("/subnets")[0],
            "location": "westeurope",
            "addressSpace": {"addressPrefixes": ["10.60.0.0/16"]},
        },
        {"id": SUBNET, "addressPrefix": "10.60.0.0/20"},
        {"id": SUBNET.replace("nodes", "endpoints"), "addressPrefix": "10.60.16.0/24"},
        {"id": ETCD_VAULT.partition("/providers")[0], "location": "westeurope"},
        {"id": ETCD_VAULT, **_RBAC},
    ]
}
OTHERS = re.compile(
    r"in the settings;|there is no |cannot be read|not found|NotFound|DoesNotExist|no matches for kind"
    r"|SubnetsHaveNoServiceEndpoints|UnmatchedPrincipalType|nodes are available|in subscription"
)
"""Refusals of settings that are refused anyway, and of what refers to things that are not there."""
_SHARE = 1 if os.environ.get("SWEEP") == "all" else 3
_TRIED = [key for key in KEYS if zlib.crc32(key.path.encode()) % _SHARE == 0]


@each("key", _TRIED, ids=lambda key: key.path)
def test_a_value_that_the_settings_accept_is_accepted(key: Key) -> None:
    base = with_sections(scene(key.path), key.path)
    refusal = refusal_of_up(with_value(base, key.path, other_value(key, value_at(base, key.path))), SEED)
    assert not refusal or OTHERS.search(refusal), refusal


def test_a_refusal_in_the_middle_of_an_update_is_found() -> None:
    """Whether a value is JSON the settings do not ask: the simulated API server does."""
    pull = secret(from_="config", kubernetes_secret={"type": "kubernetes.io/dockerconfigjson"})
    settings = document({"workloads": [pod(technique="kubernetes-secret", secrets=[pull])]})
    assert "invalid character in JSON" in refusal_of_up({**settings, "secret-values:db-password": "no JSON"})
