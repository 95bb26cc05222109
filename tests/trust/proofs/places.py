"""Modules and stacks that broken programs of several families share."""

from typing import Any

from tests.trust import stacks
from tests.trust.proofs.broken import WORKLOADS, config

IDENTITY_MODULE = "components.identity.workload_identity"
ACCOUNT_MODULE = "components.workloads.base"
CLUSTER_MODULE = "components.cluster.aks_cluster"
VAULT_MODULE = "components.key_vault.vault"
SDK, DAPR, CSI = (f"components.workloads.techniques.{name}" for name in ("sdk", "dapr", "csi"))
PARAMETERS = "**ACCESS_MODES[args.access].parameters(args.identity),"
APP, FILES, CART, COPIED = config("app"), config("files"), config("cart"), config("copied")


def with_keys(whole: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The config with more keys in each workload."""
    return {**whole, "workloads": [{**workload, **keys} for workload in whole["workloads"]]}


SHARED = {**with_keys(config("app", "nightly"), identity="shared"), "identities": [{"name": "shared"}]}
POLICIES = {**with_keys(COPIED, scope="vault"), "vault": {"authorization": "access-policy"}}
ELSEWHERE: dict[str, Any] = {
    **APP,
    "workloads": [
        {
            "name": "app",
            "namespace": "shop",
            "kind": "none",
            "technique": "sdk",
            "secrets": WORKLOADS["app"]["secrets"],
        }
    ],
}
ADD_ON: dict[str, Any] = {
    **ELSEWHERE,
    "namespaces": [],
    "workloads": [{**ELSEWHERE["workloads"][0], **stacks.ADD_ON}],
}
FIND = {
    **COPIED,
    "workloads": [{**COPIED["workloads"][0], "secrets": [], "find": [{"regexp": "^api-"}], "scope": "vault"}],
}
