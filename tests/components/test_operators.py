"""Operators: charts of exactly one version, in a namespace that lets their pods in."""

from typing import Any

import pytest

from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from components.operators.reloader import Reloader, ReloaderArgs
from tests.components import samples
from tests.harness import Build, build


def _built(kind: Any, args: Any) -> Build:
    return build(lambda: samples.in_cluster(kind, args))


OPERATORS = pytest.mark.parametrize(
    ("kind", "args"), [(CsiDriver, CsiDriverArgs()), (Reloader, ReloaderArgs(namespaces=["shop"]))], ids=["csi-driver", "reloader"]
)


@OPERATORS
def test_a_release_is_pinned_named_and_taken_back_when_it_fails(kind: Any, args: Any) -> None:
    built = _built(kind, args)
    release = built.one("Release").inputs
    assert (release["name"], release["version"], release["namespace"]) == ("operator", args.version, args.namespace)
    assert (release["atomic"], release["cleanupOnFail"]) == (True, True)
    assert release["repositoryOpts"]["repo"].startswith("https://")
    assert built.one("Namespace").urn in built.one("Release").dependencies


def test_the_chart_rotates_and_syncs_which_it_does_not_by_itself() -> None:
    args = CsiDriverArgs(rotation=True, poll_interval="5m")
    assert _built(CsiDriver, args).one("Release").inputs["values"]["secrets-store-csi-driver"] == {
        "enableSecretRotation": True,
        "rotationPollInterval": "5m",
        "syncSecret": {"enabled": True},
    }


def test_the_driver_may_mount_folders_of_the_node() -> None:
    labels = _built(CsiDriver, CsiDriverArgs()).one("Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"


@pytest.mark.parametrize("mounted", [False, True])
def test_reloader_watches_the_workloads_namespaces_and_leaves_the_program_alone(mounted: bool) -> None:
    args = ReloaderArgs(namespaces=["orders", "shop"], mounted_objects=mounted)
    assert _built(Reloader, args).one("Release").inputs["values"]["reloader"] == {
        "reloadStrategy": "annotations",
        "watchGlobally": False,
        "namespaces": ["orders", "shop"],
        "enableCSIIntegration": mounted,
    }
