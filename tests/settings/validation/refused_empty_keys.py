"""Settings that the rule of ``validation/empty_keys.py`` refuses, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import WITH_SYSTEM_POOL, pod

CASES = [
    case(
        "empty-key",
        {"operators": {"csi_driver": None, "external_secrets": None}},
        "operators.csi_driver: is empty; write {} for its defaults, or leave the key out for none",
        "operators.external_secrets: is empty; write {} for its defaults, or leave the key out for none",
    ),
    case(
        "empty-key",
        {"cluster": {**WITH_SYSTEM_POOL, "private": None, "entra": None, "name": None, "user_pools": None}},
        "cluster.name: is empty; write a value, or leave the key out for the default",
        "cluster.user_pools: is empty; write its items, or leave the key out for none",
        "cluster.entra: is empty; write {} or leave the key out for its defaults",
        "cluster.private: is empty; write its keys, at least deploy_from, or leave the key out for none",
    ),
    case(
        "empty-key",
        {"workloads": [pod(probes={"readiness": None}, env=None, secrets=None)], "vault": {"existing": None}},
        "vault.existing: is empty; write its keys, or leave the key out for none",
        "workloads[0].env: is empty; write its keys, or leave the key out for the default",
        "workloads[0].probes.readiness: is empty; write its keys, or leave the key out for none",
        "workloads[0].secrets: is empty; write its items, or leave the key out for none",
    ),
    case(
        "empty-key",
        {"vault": "", "azure-native:location": "", "technique": ""},
        "azure-native:location: is empty; write a value",
        "technique: is empty; write a value, or leave the key out for the default",
        "vault: is empty; write {} or leave the key out for its defaults",
    ),
    case(
        "empty-key",
        {"azure-native:subscriptionId": "", "azure-native:environment": ""},
        "azure-native:subscriptionId: is empty; write a value, or leave the key out",
        "azure-native:environment: is empty; write a value, or leave the key out",
    ),
]
