"""Hints that a rehearsal adds to a failure about something that does not exist."""

from pathlib import Path

import pytest

from rehearsal.hints import hint
from rehearsal.operations import Outcome
from rehearsal.report import Report
from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.world import World

GROUP = "/subscriptions/5b5c5c5b-0000-4000-8000-00000000000b/resourceGroups/rg-shared"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-shared"


def _failed(message: str) -> Outcome:
    return Outcome(False, Report(diagnostics=[{"severity": "error", "urn": "", "message": message}]))


@pytest.mark.parametrize(
    "message",
    [
        "cluster.existing: there is no cluster 'aks' in resource group 'rg'; look for it (az aks list)",
        'Status=404 Code="ResourceGroupNotFound" Message="Resource group \'rg\' could not be found."',
        'no matches for kind "SecretStore" in version "external-secrets.io/v1"',
        'namespaces "team" not found',
    ],
)
def test_what_does_not_exist_is_to_be_listed(tmp_path: Path, message: str) -> None:
    assert "this cloud holds nothing; list what is missing" in str(hint(_failed(message), tmp_path))


def test_the_hint_names_what_there_is(tmp_path: Path) -> None:
    world = World(tmp_path)
    apply_seed(
        world,
        {
            "azure": [{"id": GROUP, "location": "westeurope"}, {"id": CLUSTER, "location": "westeurope"}],
            "kubernetes": [{"cluster": CLUSTER, "releases": [{"chart": "dapr", "namespace": "dapr-system"}]}],
        },
    )
    world.save()
    text = str(hint(_failed("there is no vault 'kv'"), tmp_path))
    assert "managed cluster aks-shared" in text
    assert "release dapr in aks-shared" in text


@pytest.mark.parametrize(
    "message",
    [
        "cannot create already existing resource '/subscriptions/s/resourceGroups/rg'",
        'not successfully created by the Kubernetes API server: namespaces "orders" already exists',
        "cannot re-use a name that is still in use",
        "another operation (install/upgrade/rollback) is in progress",
    ],
)
def test_what_exists_and_is_not_in_the_state_is_to_be_taken_into_it(tmp_path: Path, message: str) -> None:
    assert hint(_failed(message), tmp_path, "prod") == (
        "an earlier update that died may have made what exists; to take it into the state, type: python -m "
        "rehearsal resume --stack prod"
    )


def test_other_failures_and_successes_have_no_hint(tmp_path: Path) -> None:
    assert hint(_failed("vault.name: 'kv--shop' is not a vault name"), tmp_path) is None
    # Azure keeps the name of a deleted vault: `resume` finds no vault.
    assert hint(_failed("A vault with the same name already exists in deleted state"), tmp_path) is None
    assert hint(Outcome(True, Report()), tmp_path) is None
