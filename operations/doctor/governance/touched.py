"""The scopes that an `up` writes at, and the groups in which the rules of others about them are read.

Deliberately not here: which actions it takes there (deployer_rights.py, needed_roles.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from operations.azure.api_versions import PROVIDERS
from operations.azure.documents import text_at
from operations.azure.refusals import AzureRefusedError
from operations.azure.session import Document
from operations.checks import Finding
from operations.doctor.deployer_rights import needed_actions
from operations.doctor.examination import Examination
from operations.doctor.family import refusal
from operations.doctor.needed_roles import needed_roles
from operations.doctor.scopes import group_of, shown
from stacks.settings import Grants

ASSIGN = "Microsoft.Authorization/roleAssignments/write"


def writes(examination: Examination) -> dict[str, list[str]]:
    """Scope → the actions that `up` takes there, role assignments included."""
    actions = {scope: list(listed) for scope, listed in needed_actions(examination).items()}
    if examination.settings.grants is Grants.MANAGED:
        for role in needed_roles(examination):
            if ASSIGN not in actions.setdefault(role.scope, []):
                actions[role.scope].append(ASSIGN)
    return actions


def own_resources(examination: Examination) -> Iterator[str]:
    """ARM ids of the cluster and the vaults that the stack creates; they may exist already."""
    if examination.makes_cluster:
        yield examination.cluster_id
    for _, label, _ in examination.settings.all_vaults:
        if examination.makes_vault(label):
            yield examination.vault_id(label)


def groups_to_read(examination: Examination) -> Sequence[str]:
    """Resource groups of these scopes, or their subscription where a group does not exist yet."""
    groups = dict.fromkeys(group_of(scope) for scope in [*writes(examination), *own_resources(examination)])
    return list(dict.fromkeys(_existing(examination, scope) for scope in groups))


def in_each_group(
    examination: Examination, check: tuple[str, str], provider: str, version: str, **query: str
) -> tuple[list[Document], list[Finding]]:
    """The documents that a provider lists in the groups, each once. A refusal of another subscription is a
    finding and leaves what the stack's own one answers.
    """
    documents: dict[str, Document] = {}
    refused: list[Finding] = []
    for group in groups_to_read(examination):
        try:
            listed = examination.reads.pages(f"{group}{provider}", version, **query)
        except AzureRefusedError as error:
            if not examination.session.option_for(group):
                raise
            subject, name = check
            refused.append(refusal(subject, f"{name} in {shown(group)}", error, examination))
            continue
        documents.update({text_at(each, "id").lower(): each for each in listed})
    return list(documents.values()), refused


def _existing(examination: Examination, group: str) -> str:
    subscription = "/".join(group.split("/")[:3])
    is_there = group == subscription or examination.reads.get_if_exists(group, PROVIDERS)
    return group if is_there else subscription
