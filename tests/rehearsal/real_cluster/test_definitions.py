"""Definitions of a real operator, which is of an older release than the simulated one."""

from __future__ import annotations

from typing import Any

from rehearsal.real_cluster.definitions import declared, restored_definition
from rehearsal.real_cluster.external_secrets.operator import DEFINITIONS
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import GROUP
from tests.support.eso import external_secret, store


def test_defaults_of_the_newer_release_go_and_what_was_written_stays() -> None:
    stored = store(useAzureSDK=False)
    azure = declared(stored, [DEFINITIONS])["spec"]["provider"]["azurekv"]
    assert "useAzureSDK" not in azure
    assert azure["vaultUrl"] == stored["spec"]["provider"]["azurekv"]["vaultUrl"]
    assert declared(store(useAzureSDK=True), [DEFINITIONS]) == store(useAzureSDK=True)
    windows = external_secret(syncWindows={"kind": "allow"})
    assert declared(windows, [DEFINITIONS]) == windows
    assert declared(stored, []) == stored


def definition(**version: Any) -> dict[str, Any]:
    names = {"kind": "SecretStore", "plural": "secretstores"}
    return {
        "metadata": {"name": f"secretstores.{GROUP}"},
        "spec": {"group": GROUP, "names": names, "versions": [{"name": "v1", "served": True, **version}]},
    }


def test_a_definition_without_a_schema_gets_that_of_the_file() -> None:
    """The world holds the definitions that a release leaves behind without their schemas."""
    restored = restored_definition(definition())
    assert "azurekv" in str(restored)
    assert "useAzureSDK" in str(restored), "that of the release that the program installs"
    assert "useAzureSDK" not in str(restored_definition(definition(), [DEFINITIONS]))
    own = definition(schema={"openAPIV3Schema": {"type": "object"}})
    assert restored_definition(own)["spec"]["versions"] == own["spec"]["versions"]
    other = {**definition(), "metadata": {"name": "things.example.org"}}
    assert "x-kubernetes-preserve-unknown-fields" in str(restored_definition(other))


def test_a_definition_of_a_protected_group_is_marked_as_not_approved() -> None:
    """https://github.com/kubernetes/enhancements/pull/1111: a real server refuses one without it."""
    protected = definition(storage=True)
    protected["metadata"]["name"], protected["spec"]["group"] = "secretstores.team.k8s.io", "team.k8s.io"
    mark = {"api-approved.kubernetes.io": "unapproved"}
    assert restored_definition(protected)["metadata"]["annotations"] == mark
    assert "annotations" not in restored_definition(definition(storage=True))["metadata"]
