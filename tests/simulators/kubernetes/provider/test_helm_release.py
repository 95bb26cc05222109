"""helm.v3.Release: installing, values and drift."""

from __future__ import annotations

import pytest

from rehearsal.simulators.provider import ProviderError
from tests.support.acting import Azure, Kubernetes
from tests.support.manifests import ESO_RELEASE, RELEASE


def test_a_chart_needs_its_namespace_or_makes_it(kubernetes: Kubernetes) -> None:
    with pytest.raises(ProviderError, match='namespaces "eso" not found'):
        kubernetes.create(RELEASE, {**ESO_RELEASE, "createNamespace": False})
    kubernetes.create(RELEASE, ESO_RELEASE)


def test_a_release_name_is_used_once(kubernetes: Kubernetes) -> None:
    kubernetes.create(RELEASE, ESO_RELEASE)
    with pytest.raises(ProviderError, match="cannot re-use a name that is still in use"):
        kubernetes.create(RELEASE, ESO_RELEASE)


def test_values_of_a_chart_are_not_in_the_world(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.create(RELEASE, {**ESO_RELEASE, "values": {"password": "canary"}})
    azure.world.save()
    assert "canary" not in (azure.world.folder / "cloud.json").read_text()


def test_a_changed_value_of_a_release_is_seen_and_written_back(azure: Azure, kubernetes: Kubernetes) -> None:
    desired = {
        **ESO_RELEASE,
        "version": "2.9.0",
        "values": {"password": "canary", "replicas": 2, "hosts": ["a"]},
    }
    made = kubernetes.create(RELEASE, desired)
    same = kubernetes.read(RELEASE, made)
    assert same == made
    assert not kubernetes.diff(RELEASE, made, desired).changes
    spec = azure.live_object("helm.sh/Release/eso/eso")["spec"]
    assert "canary" not in str(spec)
    spec["values"] |= {"replicas": 5, "theirs": True}
    spec["version"] = "2.8.0"
    drifted = kubernetes.read(RELEASE, made)
    assert drifted is not None
    assert drifted.outputs["values"] == {"password": "canary", "replicas": 5, "hosts": ["a"], "theirs": True}
    change = kubernetes.diff(RELEASE, drifted, desired)
    assert change.changes == {("values", "replicas"): "update", ("version",): "update"}
    assert change.drifted == set(change.changes)
    mended = kubernetes.update(RELEASE, drifted, desired)
    assert mended.outputs["values"] == desired["values"]
    again = kubernetes.read(RELEASE, mended)
    assert again is not None
    assert again.outputs == mended.outputs


def test_a_release_that_vanished_is_gone(azure: Azure, kubernetes: Kubernetes) -> None:
    made = kubernetes.create(RELEASE, ESO_RELEASE)
    (objects,) = azure.world.kubernetes.values()
    del objects["helm.sh/Release/eso/eso"]
    assert kubernetes.read(RELEASE, made) is None
