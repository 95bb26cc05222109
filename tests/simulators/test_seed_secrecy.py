"""A wrong --cloud file: no message repeats a value that may be secret, wherever it stands by mistake."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.seed_document import SeedError
from rehearsal.simulators.world import World
from tests.support.walk import positions

MARKER = "hunter2"
_GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/"
_VAULT = f"{_GROUP}Microsoft.KeyVault/vaults/kv"
_CLUSTER = f"{_GROUP}Microsoft.ContainerService/managedClusters/aks"
SEED: dict[str, Any] = {
    "azure": [
        {"id": _VAULT, "location": "westeurope", "properties": {"enableRbacAuthorization": True}},
        {"id": f"{_VAULT}/secrets/db", "properties": {"value": MARKER}},
        {"id": _CLUSTER, "location": "westeurope"},
    ],
    "kubernetes": [
        {
            "cluster": _CLUSTER,
            "objects": [
                {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": {"name": "db", "namespace": "default"},
                    "stringData": {"password": MARKER},
                }
            ],
        }
    ],
    "stacks": [
        {"name": "organization/data/prod", "outputs": {"host": MARKER}, "secretOutputs": {"db": [MARKER]}}
    ],
    "deletedVaults": [{"id": f"{_VAULT}-old", "location": "westeurope", "secrets": ["db"]}],
}
WRONGS: dict[str, Callable[[Any], Any]] = {
    "a value": lambda _: MARKER,
    "in a list": lambda _: [MARKER],
    "in a map": lambda _: {"value": MARKER},
    "as a key": lambda old: {**old, MARKER: "x"} if isinstance(old, dict) else {MARKER: "x"},
    "behind a key": lambda old: {**(old if isinstance(old, dict) else {}), f"value:{MARKER}": None},
    "beside a number": lambda _: 5,
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_no_message_about_a_cloud_file_repeats_a_secret(wrong: str, tmp_path: Path) -> None:
    refusals: list[str] = []
    for at in positions(SEED):
        seed = copy.deepcopy(SEED)
        parent: Any = seed
        for step in at[:-1]:
            parent = parent[step]
        parent[at[-1]] = WRONGS[wrong](parent[at[-1]])
        try:
            apply_seed(World(tmp_path / "-".join(map(str, at))), seed)
        except SeedError as error:
            refusals.append(str(error))
    assert refusals != []
    assert [message for message in refusals if MARKER in message] == []
