"""The rights beyond reading that a stack lists for its workloads.

Its output ``access`` has them. The digest of a preview has no outputs; then the descriptions of the role
assignments tell for which rights each is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.grants import targets
from trust.graph import Node
from trust.nodes.azure import Identity, RoleAssignment
from trust.nodes.fields import known, listed, mapping
from trust.rights.table import beyond_reading
from trust.roles import KINDS

PREFIX: Final = "aks-secrets rights: "
"""Begins the description of a role assignment for rights that go beyond reading."""
_TYPES: Final[Mapping[str, str]] = {
    "secret": "secret",
    "key": "key",
    "cert": "certificate",
    # It is changed as a certificate, and only read as a secret.
    "cert-key-pair": "certificate",
}
ConfiguredRights = Mapping[tuple[str, str, str], frozenset[str]]
"""Vault, kind and name of an object, in lower case → rights."""


def configured_rights(chain: Chain, identity: Identity, workloads: Collection[str]) -> ConfiguredRights:
    """The rights that the stack lists for an identity, which these workloads use."""
    rows = mapping(chain.graph.outputs).get("access")
    collected: dict[tuple[str, str, str], set[str]] = {}
    entries = (
        _in_rows(rows, workloads) if isinstance(rows, list | tuple) else _in_descriptions(chain, identity)
    )
    for key, rights in entries:
        if beyond := beyond_reading(key[1], rights):
            collected.setdefault(key, set()).update(beyond)
    return {key: frozenset(rights) for key, rights in collected.items()}


def _in_rows(rows: Any, workloads: Collection[str]) -> Iterator[tuple[tuple[str, str, str], list[str]]]:
    for row in map(mapping, listed(rows)):
        if row.get("workload") in workloads and (rights := listed(row.get("rights"))):
            kind = _TYPES.get(str(row.get("type")), "")
            yield _key(row.get("vault"), kind, row.get("secret")), [str(right) for right in rights]


def _in_descriptions(chain: Chain, identity: Identity) -> Iterator[tuple[tuple[str, str, str], list[str]]]:
    for assignment in chain.roles_of(identity):
        for vault, collection, name in targets(chain, assignment.scope):
            if collection:
                yield _key(vault, KINDS[collection], name), described_rights(assignment)


def described_rights(assignment: RoleAssignment) -> list[str]:
    """The rights that the description of a role assignment names; empty without such a description."""
    text = str(_description(assignment.node) or "")
    return text.removeprefix(PREFIX).split(", ") if text.startswith(PREFIX) else []


def _description(node: Node) -> Any:
    return node.input("description") if node.inputs else node.get("description")


def _key(vault: Any, kind: str, name: Any) -> tuple[str, str, str]:
    return known(vault).lower(), kind, known(name).lower()
