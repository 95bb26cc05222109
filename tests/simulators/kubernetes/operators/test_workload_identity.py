"""The webhook of workload identity: whose pods it sees."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.simulators.kubernetes.operators import workload_identity
from tests.support.acting import Azure
from tests.support.manifests import RELEASE
from tests.support.sidecars import DaprScene

_CHART = {"chart": "workload-identity-webhook", "name": "wi", "namespace": "default"}


@pytest.mark.parametrize(("profile", "seen"), [({}, True), ({"securityProfile": {}}, False)])
def test_aks_keeps_webhooks_but_its_own_from_kube_system(
    azure: Azure, profile: dict[str, Any], seen: bool
) -> None:
    """The pods of the KEDA add-on are there, and get a token by AKS' own webhook."""
    scene = DaprScene(azure, installed=False, **profile)
    assert workload_identity.sees(scene.cluster, "demo") is seen
    scene.kubernetes.create(RELEASE, _CHART, name="wi")
    assert workload_identity.sees(scene.cluster, "demo")
    assert workload_identity.sees(scene.cluster, "kube-system") is seen
