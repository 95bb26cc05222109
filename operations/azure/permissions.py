"""Permissions of the signed-in principal at a scope: the sum of all role assignments there, groups included.

https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource. An action is allowed if a
permission's `actions` have it and the `notActions` of the same permission have it not:
https://learn.microsoft.com/azure/role-based-access-control/role-definitions#notactions
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operations.azure.api_versions import AUTHORIZATION
from operations.azure.documents import texts_at
from operations.azure.reads import AzureReads
from operations.azure.refusals import AzureRefusedError


@dataclass(frozen=True)
class Permissions:
    """The permissions at a scope."""

    scope: str
    """The scope that was asked: a scope that does not exist yet inherits from the one that it will be in."""
    entries: Sequence[Mapping[str, Any]]

    def allow(self, action: str) -> bool:
        """Whether an action of the control plane is allowed."""
        return any(covers(entry, action, "actions", "notActions") for entry in self.entries)

    def allow_data(self, action: str) -> bool:
        """Whether an action of the data plane is allowed."""
        return any(covers(entry, action, "dataActions", "notDataActions") for entry in self.entries)


def permissions_at(reads: AzureReads, scope: str) -> Permissions:
    """The permissions at a scope, or at the nearest one above that exists. Raises AzureRefusedError."""
    while True:
        try:
            path = f"{scope}/providers/Microsoft.Authorization/permissions"
            return Permissions(scope, reads.pages(path, AUTHORIZATION))
        except AzureRefusedError as error:
            above = parent_of(scope)
            if not (error.is_missing and above):
                raise
            scope = above


def parent_of(scope: str) -> str:
    """The scope that contains this one. Empty: it is a subscription's."""
    parts = scope.strip("/").split("/")
    if len(parts) <= 2:
        return ""
    if len(parts) <= 4:
        return f"/{'/'.join(parts[:2])}"
    # …/resourceGroups/G/providers/P/type/name: the group contains it; further pairs are child resources
    return f"/{'/'.join(parts[:4] if len(parts) <= 8 else parts[:-2])}"


def covers(entry: Mapping[str, Any], action: str, allowed: str, denied: str) -> bool:
    """Whether one list of an entry has the action, and the other one does not take it out again."""
    return _matches(texts_at(entry, allowed), action) and not _matches(texts_at(entry, denied), action)


def _matches(patterns: Sequence[str], action: str) -> bool:
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), action, re.IGNORECASE)
        for pattern in patterns
    )
