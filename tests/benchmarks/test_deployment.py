"""Bounds and orders that a modelled deployment is compared with."""

import pytest

from benchmarks.deployment import bounds, registered
from benchmarks.latencies import LATENCIES


def test_the_bound_is_the_longest_chain_or_all_work_shared() -> None:
    limits = bounds(registered(2))
    seconds = {token.rpartition(":")[2]: value.seconds for token, value in LATENCIES.items()}
    chain = ("ResourceGroup", "UserAssignedIdentity", "ManagedCluster", "RoleAssignment", "Namespace")
    longest = sum(seconds[kind] for kind in chain) + seconds["SecretProviderClass"] + seconds["Deployment"]
    assert limits.critical_path == pytest.approx(longest)
    each = (
        "UserAssignedIdentity", "FederatedIdentityCredential", "RoleAssignment", "Secret",
        "ServiceAccount", "SecretProviderClass", "Deployment",
    )  # fmt: skip
    shared = sum(seconds[kind] for kind in (*chain, "Vault"))
    assert limits.work == pytest.approx(shared + 2 * sum(seconds[kind] for kind in each))
    assert limits.least(parallel=64) == limits.critical_path
    assert limits.least(parallel=1) == limits.work
