"""The whole chain at work: a stack is rehearsed, then the sample runs as its pod and reads its secrets with
Azure's own libraries.
"""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.world import World
from tests.sdk.chain import python_sample
from tests.sdk.pod import Finished, serving
from tests.sdk.rehearsed import pod_of, vault_of
from tests.support.rehearse import Rehearsal

pytestmark = pytest.mark.engine


def _read_as(stack: Rehearsal, namespace: str, owner: str, folder: Path, **env: str) -> Finished:
    pod, cloud = pod_of(stack.world, namespace, owner), World(stack.state / "world")
    with serving(cloud, pod, folder, vault=vault_of(stack.world)) as here:
        return here.run(python_sample(), pod, more=env)


def test_the_pod_of_the_quick_start_reads_its_secret(tmp_path: Path, simulators: Simulators) -> None:
    tutorial = Rehearsal.of("examples/quick-start/Pulumi.quick-start.yaml", tmp_path, simulators)
    tutorial.up()
    done = _read_as(tutorial, "quick-start", "Pod/quick-start", tmp_path)
    assert done.status == 0, done.errors
    assert done.output.startswith("my-secret version ")


@pytest.fixture
def shop(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """Two workloads that share one secret, one that reads everything."""
    workloads = [
        _workload("orders", {"name": "db-password", "from": "random"}, {"name": "Api-Key", "from": "random"}),
        _workload("billing", {"name": "db-password", "from": "existing"}, service_account="billing-app"),
        _workload("audit", {"name": "db-password", "from": "existing"}, scope="vault"),
    ]
    return Rehearsal.small(tmp_path, simulators, *workloads)


def _workload(name: str, *secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "shop",
        "technique": "sdk",
        "image": "registry.example/shop:1",
        "secrets": list(secrets),
        **keys,
    }


def test_each_workload_reads_what_it_lists_and_nothing_else(shop: Rehearsal, tmp_path: Path) -> None:
    shop.up()
    for name in ("orders", "billing", "audit"):
        done = _read_as(shop, "shop", f"Deployment/{name}", tmp_path)
        assert done.status == 0, done.errors
    other = _read_as(shop, "shop", "Deployment/billing", tmp_path, SECRET_NAMES="api-key")
    assert other.status != 0
    assert "ForbiddenByRbac" in other.errors
    assert _read_as(shop, "shop", "Deployment/audit", tmp_path, SECRET_NAMES="api-key").status == 0


def test_a_slash_more_or_less_breaks_the_chain(shop: Rehearsal, tmp_path: Path) -> None:
    """A usual mistake by hand: if the check did not find it, it would prove nothing."""
    shop.up()
    changed = shop.world
    for resource in changed["azure"]:
        if resource["token"].endswith(":FederatedIdentityCredential"):
            resource["properties"]["issuer"] = resource["properties"]["issuer"].rstrip("/")
    shop.change_world(changed)
    done = _read_as(shop, "shop", "Deployment/orders", tmp_path)
    assert done.status != 0
    assert "AADSTS700211" in done.errors
