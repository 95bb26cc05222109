"""The changes that a reviewer must not miss, besides who gains and who loses a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from trust.access import Reading
from trust.chain import Chain
from trust.changes.locks import loosened, summed
from trust.changes.routes import changed_routes
from trust.changes.versions import changed_versions
from trust.changes.waivers import new_waivers
from trust.graph import Graph
from trust.nodes.azure import RoleAssignment
from trust.nodes.fields import known
from trust.nodes.kubernetes import RoleBinding
from trust.nodes.vaults import VaultObject
from trust.possible import possible
from trust.proofs.waivers import waivers_of
from trust.published import is_production
from trust.rbac.cluster_roles import rules_of
from trust.readers import principal_label
from trust.rights.uses import uses
from trust.roles import role_of
from trust.values import SECRET


def locks(before: Graph, after: Graph) -> list[str]:
    """The locks that the change turns off or loosens."""
    return summed(loosened(before, after))


def notices(
    before: Chain, after: Chain, old: Sequence[Reading], new: Sequence[Reading], today: date
) -> Iterator[str]:
    """Other ways by which workloads read, roles, and waivers. A new stack has nothing to compare with."""
    if len(before.graph):
        if is_production(before.graph) and not is_production(after.graph):
            yield "the stack no longer counts as production, so no proof of production applies to it"
        yield from _newly_written(before, after, old)
        yield from _new_outputs(before.graph, after.graph)
        yield from changed_routes(old, new)
        yield from changed_versions(before, after)
        yield from new_roles(before, after, new)
        yield from new_bindings(before, after)
        yield from new_waivers(waivers_of(before.graph), waivers_of(after.graph), today)


def _newly_written(before: Chain, after: Chain, old: Sequence[Reading]) -> Iterator[str]:
    """Objects that workloads read before, and that had their value from elsewhere."""
    read = {reading.key[1:] for reading in old}
    written = {_object(item) for item in before.vault_objects}
    for item in after.vault_objects:
        if _object(item) in read and _object(item) not in written:
            what = item.name if item.kind == "secret" else f"the {item.kind} {item.name}"
            yield f"the stack writes {what} of {item.vault} now, which had its value from elsewhere"


def _object(item: VaultObject) -> tuple[str, str, str]:
    return known(item.vault).lower(), item.kind, known(item.name).lower()


def _new_outputs(before: Graph, after: Graph) -> Iterator[str]:
    """Secret outputs: who may read the stack's state and has its key reads them."""
    if before.outputs is None:
        return
    for name, value in sorted((after.outputs or {}).items()):
        if value == SECRET and name not in before.outputs:
            yield f"the stack has the secret output {name} now, which its state holds"


def new_possibilities(before: Chain, after: Chain) -> list[str]:
    """Possible readers that the change adds, without those that come with each workload of the kind."""
    old = {str(item) for item in possible(before)}
    return list(
        dict.fromkeys(
            text for item in possible(after) if not item.expected and (text := str(item)) not in old
        )
    )


def new_roles(before: Chain, after: Chain, new: Sequence[Reading]) -> Iterator[str]:
    """Role assignments that neither a reading nor a possibility tells of: to the cluster, say."""
    explained = {link.urn for reading in new for link in reading.links}
    explained |= {item.urn for item in possible(after, new)}
    explained |= {urn for use in uses(after) for urn in use.urns}
    old = {_right(before, role) for role in before.role_assignments}
    for role in after.role_assignments:
        if role.node.urn not in explained and (right := _right(after, role)) not in old:
            principal, name, scope = right
            yield f"{principal} gets the role {name} on {scope}"


def new_bindings(before: Chain, after: Chain) -> Iterator[str]:
    """Bindings to roles that another tool makes, so that what they allow is unknown."""
    old = {_bound(binding) for binding in before.role_bindings}
    for binding in after.role_bindings:
        if rules_of(after, binding) is None and (now := _bound(binding)) not in old:
            subjects, role, place = now
            yield f"{subjects} gets the {role} {place}, whose rules are not in this stack"


def _bound(binding: RoleBinding) -> tuple[str, str, str]:
    kind, name = binding.role
    subjects = ", ".join(
        " ".join([str(subject.get("kind", "subject")), "/".join(_names(subject))])
        for subject in binding.subjects
    )
    namespace = known(binding.namespace)
    return subjects or "nobody", f"{kind} {name}", f"in namespace {namespace}" if namespace else "everywhere"


def _names(subject: Mapping[str, Any]) -> list[str]:
    return [str(subject[key]) for key in ("namespace", "name") if key in subject]


def _right(chain: Chain, assignment: RoleAssignment) -> tuple[str, str, str]:
    role = role_of(chain.graph, assignment.role)
    scope = known(assignment.scope)
    return (
        principal_label(chain, assignment.principal_id, assignment.principal_type),
        role.name if role else known(assignment.role) or "unknown",
        scope.rpartition("/")[2] if "/providers/" in scope.lower() else scope or "unknown",
    )
