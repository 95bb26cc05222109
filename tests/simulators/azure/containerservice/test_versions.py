"""Simulated versions of AKS: upgrade paths and patches."""

from __future__ import annotations

import pytest

from rehearsal.simulators.azure.arm import ArmError
from tests.support.acting import Azure, cluster


def test_another_version_of_the_cluster_does_not_upgrade_its_nodes(azure: Azure) -> None:
    made = azure.cluster(kubernetesVersion="1.35")
    updated = azure.update("containerservice:ManagedCluster", made, cluster(kubernetesVersion="1.36"))
    assert updated.outputs["currentKubernetesVersion"].startswith("1.36")
    assert updated.outputs["agentPoolProfiles"][0]["currentOrchestratorVersion"].startswith("1.35")


@pytest.mark.parametrize(
    ("current", "requested", "problem"),
    [
        (
            "1.34",
            "1.36",
            r"Upgrading Kubernetes version 1\.34\.3 to 1\.36\.1 is not allowed\. "
            r"Available upgrades: \[1\.35\.2\]",
        ),
        ("1.28.12", "1.30.2", r"Upgrading Kubernetes version 1\.28\.12 to 1\.30\.2 is not allowed"),
        ("1.35", "1.34", r"Downgrading Kubernetes version 1\.35\.2 to 1\.34\.3 is not allowed"),
        ("1.35.2", "1.35.1", r"Downgrading Kubernetes version 1\.35\.2 to 1\.35\.1 is not allowed"),
    ],
)
def test_a_version_neither_goes_back_nor_skips_a_minor(
    azure: Azure, current: str, requested: str, problem: str
) -> None:
    made = azure.cluster(kubernetesVersion=current)
    with pytest.raises(ArmError, match=r'Status=400 Code="OperationNotAllowed".*' + problem):
        azure.update("containerservice:ManagedCluster", made, cluster(kubernetesVersion=requested))


def test_a_version_goes_up_by_patch_and_minor_and_stays_without_a_value(azure: Azure) -> None:
    made = azure.cluster(kubernetesVersion="1.34.1")
    for requested, expected in (
        ("1.34", "1.34.1"),
        ("1.34.2", "1.34.2"),
        (None, "1.34.2"),
        ("1.35", "1.35.2"),
        ("1.35.2", "1.35.2"),
    ):
        more = {"kubernetesVersion": requested} if requested else {}
        made = azure.update("containerservice:ManagedCluster", made, cluster(**more))
        assert made.outputs["currentKubernetesVersion"] == expected
