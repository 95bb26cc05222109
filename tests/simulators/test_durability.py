"""A write that was answered survives every end of the simulators' process: written first, then answered."""

from __future__ import annotations

from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from rehearsal.simulator_process import Simulators
from rehearsal.simulators.journal import JOURNAL_FILE
from rehearsal.simulators.wire import encode
from rehearsal.simulators.world import World
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import Azure, Kubernetes

GROUP = "azure-native:resources:ResourceGroup"


def _create_group(providers: str, name: str) -> str:
    """Id of a new resource group, as the answer has it."""
    address = dict(entry.rsplit(":", 1) for entry in providers.split(","))["azure-native"]
    with grpc.insecure_channel(f"127.0.0.1:{address}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        request = provider_pb2.CreateRequest(
            urn=f"urn:pulumi:dev::p::{GROUP}::{name}",
            properties=encode({"resourceGroupName": name, "location": "westeurope"}),
        )
        return stub.Create(request).id


@pytest.mark.servers
def test_a_killed_process_has_stored_what_it_answered(tmp_path: Path) -> None:
    with Simulators() as simulators:
        providers = simulators.open(tmp_path)
        made = [_create_group(providers, f"rg-{number}") for number in range(5)]
        simulators.kill()
    world = World(tmp_path)
    assert all(world.get(id_) for id_ in made)


@pytest.mark.servers
def test_a_killed_process_can_be_followed_by_another(tmp_path: Path) -> None:
    """Each replays what the ones before it have answered, and adds to it."""
    for number in range(3):
        with Simulators() as simulators:
            made = _create_group(simulators.open(tmp_path), f"rg-{number}")
            simulators.kill()
        assert World(tmp_path).get(made)
    world = World(tmp_path)
    assert len(list(world.of_type(GROUP))) == 3
    world.save()
    assert not (tmp_path / JOURNAL_FILE).exists()
    assert World(tmp_path).document() == world.document()


def test_the_journal_holds_every_kind_of_change(azure: Azure) -> None:
    """Whatever a world holds: after each request another process would read the same world."""
    azure.world.save()

    def is_stored() -> bool:
        azure.world.commit()
        return World(azure.world.folder).document() == azure.world.document()

    azure.vault()
    secret = azure.secret()
    assert is_stored()
    azure.delete("keyvault:Secret", secret)
    assert is_stored()
    cluster = azure.cluster()
    kubernetes = Kubernetes(azure, kubeconfig_of(azure))
    kubernetes.namespace()
    assert is_stored()
    azure.delete("containerservice:ManagedCluster", cluster)
    assert is_stored()
    azure.world.runner = "vnet"
    azure.world.changed()
    assert is_stored()


@pytest.mark.parametrize("cut", [1, 7, 30])
def test_a_line_that_was_not_written_whole_was_never_answered(tmp_path: Path, cut: int) -> None:
    world = World(tmp_path)
    world.put("/subscriptions/s/resourceGroups/one", GROUP, {"location": "westeurope"})
    world.commit()
    whole = (tmp_path / JOURNAL_FILE).read_bytes()
    world.put("/subscriptions/s/resourceGroups/two", GROUP, {"location": "westeurope"})
    world.commit()
    (tmp_path / JOURNAL_FILE).write_bytes((tmp_path / JOURNAL_FILE).read_bytes()[:-cut])
    again = World(tmp_path)
    assert len(again.azure) == 1
    again.put("/subscriptions/s/resourceGroups/three", GROUP, {"location": "westeurope"})
    again.commit()
    assert (tmp_path / JOURNAL_FILE).read_bytes().startswith(whole)
    assert len(World(tmp_path).azure) == 2


def test_a_write_costs_the_same_however_much_exists(tmp_path: Path) -> None:
    """Only what has changed is written: a whole file for each write would cost more than the write."""
    world = World(tmp_path)
    for number in range(400):
        world.put(f"/subscriptions/s/resourceGroups/{number}", GROUP, {"location": "westeurope"})
    world.commit()
    before = (tmp_path / JOURNAL_FILE).stat().st_size
    world.put("/subscriptions/s/resourceGroups/last", GROUP, {"location": "westeurope"})
    world.commit()
    assert (tmp_path / JOURNAL_FILE).stat().st_size - before < 500
