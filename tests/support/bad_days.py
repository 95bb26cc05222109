"""Changes that people make to a simulated vault by hand, between two rehearsed operations."""

from collections.abc import Iterator
from contextlib import contextmanager

from rehearsal.simulators.azure.keyvault import secrets
from rehearsal.simulators.azure.provider import remove
from rehearsal.simulators.world import World
from tests.support.rehearse import Rehearsal


def delete_vault(stack: Rehearsal, name: str) -> None:
    """`az keyvault delete`."""
    with _world(stack) as world:
        remove(world, _vault_id(world, name))


def recover_vault(stack: Rehearsal, name: str) -> None:
    """`az keyvault recover`: the vault with its contents, without its role assignments."""
    with _world(stack) as world:
        deleted = world.deleted_vaults.pop(name)
        for resource in (deleted.vault, *deleted.contents):
            world.restore(resource)


def delete_secret(stack: Rehearsal, vault: str, name: str) -> None:
    """`az keyvault secret delete`."""
    with _world(stack) as world:
        secrets.delete_secret(world, f"{_vault_id(world, vault)}/secrets/{name}")


def recover_secret(stack: Rehearsal, vault: str, name: str) -> None:
    """`az keyvault secret recover`."""
    with _world(stack) as world:
        secrets.recover_secret(world, f"{_vault_id(world, vault)}/secrets/{name}")


@contextmanager
def _world(stack: Rehearsal) -> Iterator[World]:
    world = World(stack.state / "world")
    yield world
    world.save()


def _vault_id(world: World, name: str) -> str:
    return next(vault.id for vault in world.of_type("azure-native:keyvault:Vault") if vault.id.endswith(name))
