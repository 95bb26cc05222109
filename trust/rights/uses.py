"""Rights of workloads in vaults besides reading: write a secret, sign with a key, import a certificate.

Owns: ``Use``, collected from role assignments and access policies and held against what the stack lists.
Deliberately not here: readings (access.py), and what people may do (possible.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from trust.chain import Chain
from trust.grants import EVERY, policies_of, targets
from trust.links import State
from trust.nodes.azure import Identity
from trust.nodes.fields import known, listed, mapping, text
from trust.nodes.vaults import AccessPolicy
from trust.rights.configured import ConfiguredRights, configured_rights
from trust.rights.holders import readers
from trust.rights.table import beyond_reading
from trust.roles import KINDS, VaultRole, role_of
from trust.values import Text
from trust.workloads import Workload

_VERBS: Final[Mapping[str, str]] = {
    "set": "write",
    "backup": "back up",
    **{right: f"{right} with" for right in ("encrypt", "decrypt", "wrap", "unwrap", "sign", "verify")},
}
PERMISSIONS: Final[Mapping[str, str]] = {"wrapkey": "wrap", "unwrapkey": "unwrap"}
"""Names in access policies: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy"""
_CRYPTO: Final = ("sign", "verify", "encrypt", "decrypt", "wrap", "unwrap")
_ORDER: Final = (*_CRYPTO, "set", "create", "import", "update", "delete")


@dataclass(frozen=True)
class Held:
    """Rights beyond reading that a principal has."""

    vault: Text
    kind: str
    name: Text
    """``*``: every one of the kind."""
    rights: frozenset[str]
    by: str
    """The role's name, or ``access policy``."""
    urn: str
    state: State = "held"

    def covers(self, key: tuple[str, str, str]) -> bool:
        """Whether the object is within the rights."""
        vault, kind, name = key
        return (known(self.vault).lower(), self.kind) == (vault, kind) and (
            self.name == EVERY or known(self.name).lower() == name
        )


@dataclass(frozen=True)
class Use:
    """Rights of a workload at one object that go beyond reading it."""

    workload: str
    vault: str
    kind: str
    name: str
    """``*``: every one of the kind."""
    configured: frozenset[str]
    """The rights that the stack lists for the workload's identity, and that it has."""
    surplus: frozenset[str]
    """Rights that it has besides."""
    by: tuple[str, ...]
    """The roles, or ``access policy``."""
    urns: tuple[str, ...] = ()
    external: bool = False
    """Whether another person or tool gives a part of them."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The key by which two graphs are compared."""
        return self.workload, self.vault, self.kind, self.name

    @property
    def object(self) -> str:
        """``key unseal``, ``every secret``."""
        return f"every {self.kind}" if self.name == EVERY else f"{self.kind} {self.name}"

    def sentence(self, verb: str = "may", rights: frozenset[str] | None = None) -> str:
        """``vault may unwrap with key unseal``: what the stack lists, or without that what it has."""
        shown = rights or self.configured or self.surplus
        return f"{self.workload} {verb} {verbs(shown)} {self.object}"

    @property
    def besides(self) -> str:
        """Rights that come with it; empty if the roles give nothing else."""
        if not self.surplus:
            return ""
        by = " and ".join(self.by)
        if not self.configured:
            return f"no right that the stack lists: {by}"
        return f"{by} also allows {', '.join(sorted(self.surplus))}"

    def __str__(self) -> str:
        besides = f" ({self.besides})" if self.besides else ""
        return f"{self.sentence()}{besides}"


def verbs(rights: frozenset[str]) -> str:
    """``sign and verify with``, ``write and delete``: rights as what a workload does to an object."""
    ordered = sorted(rights, key=lambda right: (_ORDER.index(right) if right in _ORDER else 99, right))
    crypto = [right for right in ordered if right in _CRYPTO]
    others = [_VERBS.get(right, right) for right in ordered if right not in _CRYPTO]
    parts = [*others, *([f"{' and '.join(crypto)} with"] if crypto else [])]
    return " and ".join(parts)


def uses(chain: Chain) -> tuple[Use, ...]:
    """Every use, sorted by workload."""
    return chain.once("uses", lambda: tuple(sorted(_uses(chain), key=lambda use: use.key)))


def _uses(chain: Chain) -> Iterator[Use]:
    for identity, workloads in readers(chain):
        held = [item for item in held_rights(chain, identity) if item.state != "missing"]
        if not held:
            continue
        by_workload = {
            workload.name: configured_rights(chain, identity, [workload.name]) for workload in workloads
        }
        for workload in workloads:
            yield from _of_workload(workload, held, by_workload[workload.name])


def _of_workload(workload: Workload, held: list[Held], configured: ConfiguredRights) -> Iterator[Use]:
    collected: dict[tuple[str, str, str], Use] = {}

    def add(key: tuple[str, str, str], item: Held, rights: frozenset[str]) -> None:
        vault, kind, name = key
        use = collected.get(key) or Use(workload.name, vault, kind, name, frozenset(), frozenset(), ())
        listed_rights = configured.get(key, frozenset())
        collected[key] = replace(
            use,
            configured=use.configured | (rights & listed_rights),
            surplus=use.surplus | (rights - listed_rights),
            by=tuple(dict.fromkeys((*use.by, item.by))),
            urns=(*use.urns, *([item.urn] if item.urn else [])),
            external=use.external or item.state == "external",
        )

    for item in held:
        if item.name != EVERY:
            add((known(item.vault).lower(), item.kind, known(item.name).lower()), item, item.rights)
            continue
        inside = [key for key in configured if item.covers(key)]
        for key in inside:
            add(key, item, item.rights & configured[key])
        # A right at the whole vault is one at every object, whatever the stack lists.
        add((known(item.vault).lower(), item.kind, EVERY), item, item.rights)
    yield from collected.values()


def held_rights(chain: Chain, identity: Identity) -> list[Held]:
    """The rights of an identity beyond reading, those that another tool has to give among them."""
    held = [
        Held(vault, kind, name, beyond, role.name, assignment.node.urn, _state(chain, vault, by_role=True))
        for assignment in chain.roles_of(identity)
        if (role := role_of(chain.graph, assignment.role))
        for vault, collection, name in targets(chain, assignment.scope)
        for kind, beyond in _beyond(role, collection)
    ]
    principal = known(identity.principal_id).lower()
    if principal:
        held += [item for policy in policies_of(chain, principal) for item in _of_policy(chain, policy)]
        there = {(item.vault, item.kind, item.name, item.rights) for item in held}
        held += [
            item
            for item in _external(chain, principal)
            if (item.vault, item.kind, item.name, item.rights) not in there
        ]
    return held


def _state(chain: Chain, name: Text, *, by_role: bool) -> State:
    vault = chain.vault(name)
    return "missing" if vault and vault.rbac is (not by_role) else "held"


def _beyond(role: VaultRole, collection: str) -> Iterator[tuple[str, frozenset[str]]]:
    for part, kind in KINDS.items():
        if collection in ("", part) and (beyond := beyond_reading(kind, role.rights.get(kind, ()))):
            yield kind, beyond


def _of_policy(chain: Chain, policy: AccessPolicy) -> Iterator[Held]:
    permissions = {"secret": policy.secrets, "key": policy.keys, "certificate": policy.certificates}
    for kind, allowed in permissions.items():
        names = {known(permission).lower() for permission in allowed} - {""}
        rights = beyond_reading(kind, {PERMISSIONS.get(name, name) for name in names})
        if rights:
            state = _state(chain, policy.vault, by_role=False)
            yield Held(policy.vault, kind, EVERY, rights, "access policy", policy.node.urn, state)


def _external(chain: Chain, principal: str) -> Iterator[Held]:
    """Rights that the stack needs and does not give (``grants: external``), of the output ``grants``."""
    for row in map(mapping, listed(mapping(chain.graph.outputs).get("grants"))):
        if known(text(row.get("principalId"))).lower() != principal:
            continue
        role = role_of(chain.graph, text(row.get("roleDefinition")))
        for vault, collection, name in targets(chain, text(row.get("scope"))) if role else ():
            for kind, beyond in _beyond(role, collection) if role else ():
                by = known(text(row.get("role"))) or "a role"
                yield Held(vault, kind, name, beyond, by, "", "external")
