"""Rules of others on a subscription: locks, deny assignments and policies, from the --cloud file.

https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources,
https://learn.microsoft.com/azure/role-based-access-control/deny-assignments,
https://learn.microsoft.com/azure/governance/policy/concepts/effect-deny. No file is needed for any of them to
be absent. Values in a vault are no part of the control plane, so nothing here protects them.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from rehearsal.simulators.azure.arm import DEPLOYER, ArmError, Write, before_delete, rule
from rehearsal.simulators.azure.types import TYPES
from rehearsal.simulators.world import AzureResource, World

_NAMESPACE: Final = uuid.UUID("0d1d7b1e-2f0b-4d8f-9a6a-5a2f6c0f7f11")
_PROVIDER: Final = "/providers/Microsoft.Authorization"
_VALUES: Final = ("azure-native:keyvault:Secret", "azure-native:keyvault:AccessPolicy")
"""azure-native deletes these through the vault itself, or as a change of the vault."""


@dataclass(frozen=True)
class Lock:
    """A management lock."""

    scope: str
    name: str
    level: str

    @property
    def id(self) -> str:
        return f"{self.scope}{_PROVIDER}/locks/{self.name}"


@dataclass(frozen=True)
class Denial:
    """A deny assignment for all principals but those that it excludes."""

    scope: str
    name: str
    actions: tuple[str, ...]
    excluded: tuple[str, ...]

    @property
    def guid(self) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self.scope}|{self.name}".lower()))

    def denies(self, principal: str, action: str, scope: str) -> bool:
        """Whether it takes an action at a scope from a principal."""
        is_listed = any(fnmatchcase(action.lower(), pattern.lower()) for pattern in self.actions)
        return is_listed and principal not in self.excluded and is_at_or_above(self.scope, scope)


@dataclass(frozen=True)
class Policy:
    """An assignment of a policy that denies resources of a type with one of these values at a path."""

    scope: str
    name: str
    type: str
    path: str
    values: tuple[Any, ...]

    @property
    def id(self) -> str:
        return f"{self.scope}{_PROVIDER}/policyAssignments/{self.name}"

    def denies(self, arm_type: str, content: Mapping[str, Any], scope: str) -> bool:
        is_of_type = arm_type.lower() == self.type.lower() and is_at_or_above(self.scope, scope)
        return is_of_type and self.value_in(content) in self.values

    def value_in(self, content: Any) -> Any:
        """The value at the path; None if there is none."""
        for name in self.path.split("."):
            content = content.get(name) if isinstance(content, Mapping) else None
        return content


def is_at_or_above(scope: str, other: str) -> bool:
    """Whether a scope is the other one, or contains it."""
    return f"{other.rstrip('/')}/".lower().startswith(f"{scope.rstrip('/')}/".lower())


def locks(world: World, subscription: str) -> Iterator[Lock]:
    """The locks of a subscription."""
    for row in _rows(world, subscription, "locks"):
        yield Lock(row["scope"], str(row.get("name") or "keep"), row["level"])


def denials(world: World, subscription: str) -> Iterator[Denial]:
    """The deny assignments of a subscription."""
    for row in _rows(world, subscription, "denials"):
        excluded = tuple(map(str, row.get("excluded") or ()))
        yield Denial(row["scope"], row["name"], tuple(map(str, row["actions"])), excluded)


def policies(world: World, subscription: str) -> Iterator[Policy]:
    """The assigned policies of a subscription that deny."""
    for row in _rows(world, subscription, "policies"):
        yield Policy(row["scope"], row["name"], row["type"], row["path"], tuple(row["values"]))


def _rows(world: World, subscription: str, section: str) -> Iterator[dict[str, Any]]:
    """Rows of the section, with the whole id of their scope."""
    entry = world.subscriptions.get(subscription.lower()) or world.subscriptions.get("") or {}
    for row in entry.get(section) or ():
        scope = str(row.get("scope") or "")
        if not scope.lower().startswith("/subscriptions/"):
            scope = f"/subscriptions/{subscription}{scope}"
        yield {**row, "scope": scope.rstrip("/")}


def denied(principal: str, action: str, scope: str, denial: Denial) -> ArmError:
    """The words: https://github.com/Azure/migAz/issues/266"""
    return ArmError(
        403,
        "DenyAssignmentAuthorizationFailed",
        f"The client '{principal}' with object id '{principal}' has permission to perform action '{action}'"
        f" on scope '{scope}'; however, the access is denied because of the deny assignment with name"
        f" '{denial.name}' and Id '{denial.guid.replace('-', '')}' at scope '{denial.scope}'.",
    )


def _subscription(id_: str) -> str:
    match = re.match(r"/subscriptions/([^/]+)", id_, re.IGNORECASE)
    return match[1] if match else ""


def _refuse_locked(scope: str, operation: str, holding: list[Lock]) -> None:
    """The words: https://learn.microsoft.com/azure/automation/troubleshoot/start-stop-vm#deployment-failure"""
    if holding:
        scopes = ",".join(dict.fromkeys(lock.scope for lock in holding))
        raise ArmError(
            409,
            "ScopeLocked",
            f"The scope '{scope}' cannot perform {operation} operation because following scope(s) are locked:"
            f" '{scopes}'. Please remove the lock and try again.",
        )


@rule(*TYPES)
def scope_is_not_read_only(write: Write) -> None:
    """A ReadOnly lock at the resource or above it refuses every write."""
    held = [
        lock
        for lock in locks(write.world, _subscription(write.id))
        if lock.level == "ReadOnly" and is_at_or_above(lock.scope, write.id)
    ]
    _refuse_locked(write.id, "write", held)


@rule(*TYPES)
def write_is_not_denied(write: Write) -> None:
    """A deny assignment takes the write from the deployer, whatever roles it has."""
    action = f"{write.type.arm_type}/write"
    for denial in denials(write.world, _subscription(write.id)):
        if denial.denies(DEPLOYER, action, write.id):
            raise denied(DEPLOYER, action, write.id, denial)


def refuse_locked_or_denied(world: World, id_: str, action: str) -> None:
    """A ReadOnly lock refuses the POST requests that list keys, a deny assignment any action that it names.

    https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources#considerations-before-applying-your-locks
    """
    held = [
        lock
        for lock in locks(world, _subscription(id_))
        if lock.level == "ReadOnly" and is_at_or_above(lock.scope, id_)
    ]
    _refuse_locked(id_, "write", held)
    for denial in denials(world, _subscription(id_)):
        if denial.denies(DEPLOYER, action, id_):
            raise denied(DEPLOYER, action, id_, denial)


@rule(*TYPES)
def policy_allows_resource(write: Write) -> None:
    """An assigned policy with the effect deny refuses a resource that it matches.

    The form: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy
    """
    for policy in policies(write.world, _subscription(write.id)):
        body = {**write.body, "name": write.name}
        if "properties" not in body:  # the SDK flattens most types
            body["properties"] = write.body
        if policy.denies(write.type.arm_type, body, write.id):
            identifiers = [{"policyAssignment": {"name": policy.name, "id": policy.id}}]
            raise ArmError(
                403,
                "RequestDisallowedByPolicy",
                f"Resource '{write.name}' was disallowed by policy. Policy identifiers:"
                f" '{json.dumps(identifiers, separators=(',', ':'))}'.",
            )


def resource_is_not_locked(world: World, resource: AzureResource) -> None:
    """A lock at the resource, above it or on one of its children refuses to delete it."""
    held = [
        lock
        for lock in locks(world, _subscription(resource.id))
        if is_at_or_above(lock.scope, resource.id) or is_at_or_above(resource.id, lock.scope)
    ]
    _refuse_locked(resource.id, "delete", held)


for _token in TYPES:
    if _token not in _VALUES:
        before_delete(_token)(resource_is_not_locked)
