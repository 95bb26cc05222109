"""Readers of one vault object, and others who could read it: found from the stack's resources."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from operations.errors import OperationError
from trust import Graph
from trust.access import Reading, readings
from trust.chain import Chain
from trust.grants import EVERY
from trust.nodes.fields import known
from trust.possible import Possibility, possible
from trust.rights.uses import Use, uses


@dataclass(frozen=True)
class Readers:
    """The readers of the objects that have one name."""

    readings: tuple[Reading, ...]
    possible: tuple[Possibility, ...]
    """Others who could read it, as distinct sentences."""
    uses: tuple[Use, ...] = ()
    """Workloads that may do more than read it."""


def readers_of(graph: Graph, name: str, vault: str = "") -> Readers:
    """The readers of an object.

    Args:
        graph: The resources of the stack.
        name: Name of the secret, key or certificate, in any case.
        vault: Name of the vault. Empty: every vault of the stack.

    Raises:
        OperationError: the stack knows no object of this name, or no such vault.
    """
    chain = Chain.read(graph)
    every = readings(chain)
    _check(chain, every, name, vault)
    only_keys = _is_only_a_key(chain, every, name, vault)

    def is_about(item: Reading | Possibility | Use) -> bool:
        granted = known(item.name)
        of_kind = granted != EVERY or not only_keys or item.kind == "key"
        return _is_of(vault, known(item.vault)) and _covers(granted, name) and of_kind

    covering = tuple(reading for reading in every if is_about(reading) and reading.state != "missing")
    others = {str(possibility): possibility for possibility in possible(chain) if is_about(possibility)}
    return Readers(covering, tuple(others.values()), tuple(filter(is_about, uses(chain))))


def _is_only_a_key(chain: Chain, every: Iterable[Reading], name: str, vault: str) -> bool:
    """Whether no secret or certificate has the name: a right to every secret reads no key. A certificate has
    a secret and a key of its name.

    https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#composition-of-a-certificate
    """
    kinds = {
        item.kind
        for item in (*every, *chain.vault_objects)
        if _is_of(vault, known(item.vault)) and known(item.name).lower() == name.lower()
    }
    return kinds == {"key"}


def _is_of(vault: str, name: str) -> bool:
    return not vault or vault.lower() == name.lower()


def _covers(granted: str, name: str) -> bool:
    return granted == EVERY or granted.lower() == name.lower()


def _check(chain: Chain, every: Iterable[Reading], name: str, vault: str) -> None:
    vaults = {known(reading.vault) for reading in every} | {known(item.name) for item in chain.vaults}
    if vault and not any(_is_of(vault, known_vault) for known_vault in vaults):
        raise OperationError(f"--vault: the stack has no vault '{vault}'; it has {', '.join(sorted(vaults))}")
    names = {
        known(item.name)
        for item in (*every, *chain.vault_objects)
        if _is_of(vault, known(item.vault)) and item.name and item.name != EVERY
    }
    if any(_covers(known_name, name) for known_name in names):
        return
    near = difflib.get_close_matches(name, sorted(names), n=3) or sorted(names)[:10]
    offered = f"; did you mean {' or '.join(near)}?" if near else ""
    raise OperationError(f"the stack has no secret, key or certificate '{name}'{offered}")
