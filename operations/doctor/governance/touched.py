"""The scopes that an `up` writes at, and the groups in which the rules of others about them are read.

Deliberately not here: which actions it takes there (deployer_rights.py, needed_roles.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from operations.azure.api_versions import PROVIDERS
from operations.doctor.deployer_rights import needed_actions
from operations.doctor.examination import Examination
from operations.doctor.needed_roles import needed_roles
from operations.doctor.scopes import group_of
from stacks.settings import Grants

ASSIGN = "Microsoft.Authorization/roleAssignments/write"


def writes(examination: Examination) -> dict[str, list[str]]:
    """Scope → the actions that `up` takes there, role assignments included."""
    actions = {scope: list(listed) for scope, listed in needed_actions(examination).items()}
    if examination.settings.grants is Grants.MANAGED:
        for role in needed_roles(examination):
            if ASSIGN not in actions.setdefault(role.scope, []):
                actions[role.scope].append(ASSIGN)
    return {scope: listed for scope, listed in actions.items() if scope.startswith(examination.subscription)}


def own_resources(examination: Examination) -> Iterator[str]:
    """ARM ids of the cluster and the vaults that the stack creates; they may exist already."""
    if examination.makes_cluster:
        yield examination.cluster_id
    for _, label, _ in examination.settings.all_vaults:
        if examination.makes_vault(label):
            yield examination.vault_id(label)


def groups_to_read(examination: Examination) -> Sequence[str]:
    """Resource groups of these scopes, or the subscription where a group does not exist yet."""
    groups = dict.fromkeys(group_of(scope) for scope in [*writes(examination), *own_resources(examination)])
    return list(dict.fromkeys(_existing(examination, scope) for scope in groups))


def _existing(examination: Examination, group: str) -> str:
    is_there = group == examination.subscription or examination.reads.get_if_exists(group, PROVIDERS)
    return group if is_there else examination.subscription
