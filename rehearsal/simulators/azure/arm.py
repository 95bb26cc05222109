"""Azure Resource Manager: its errors, its requests, and the registries of rules and responses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.world import AzureResource, World

TENANT: Final = "7e4a47e4-0000-4000-8000-00000000000a"
SUBSCRIPTION: Final = "5b5c5c5b-0000-4000-8000-00000000000b"
DEPLOYER: Final = "de910e50-0000-4000-8000-00000000000c"
"""Object id of the signed-in user of every rehearsal."""
AZURE_CLI: Final = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""Client id in a token of `az login` (Azure CLI's application)."""


class ArmError(ProviderError):
    """An error response of ARM, in azure-native's format."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f'Status={status} Code="{code}" Message="{message}"')
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Write:
    """A PUT request, as the rules check it. `body` holds plain values under the SDK's wire names."""

    world: World
    type: ArmType
    id: str
    body: Mapping[str, Any]
    current: AzureResource | None
    """The resource before the write. None: this write creates it."""
    serial: int
    """Number of the id's creation; updates do not change it."""

    @classmethod
    def to(cls, world: World, type_: ArmType, id_: str, body: Mapping[str, Any]) -> Write:
        current = world.get(id_)
        return cls(world, type_, id_, body, current, current.serial if current else world.new_serial(id_))

    @property
    def name(self) -> str:
        return self.id.rsplit("/", 1)[1]

    @property
    def parent_id(self) -> str:
        """The id without its last two segments: the vault of a secret, the identity of a credential."""
        return self.id.rsplit("/", 2)[0]

    @property
    def properties(self) -> Mapping[str, Any]:
        return self.body.get("properties") or {}

    def current_value(self, *path: str) -> Any:
        """A value of the resource before the write; None if there is none.

        A secret is its hash, unless the body has the same value.
        """
        value: Any = self.world.resolve_hashes(self.current.properties, self.body) if self.current else None
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def requested_value(self, *path: str) -> Any:
        """A value of the body; None if there is none."""
        value: Any = self.body
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


Rule = Callable[[Write], None]
Response = Callable[[Write], dict[str, Any]]
AfterDelete = Callable[[World, AzureResource, list[AzureResource]], None]

RULES: defaultdict[str, list[Rule]] = defaultdict(list)
RESPONSES: dict[str, Response] = {}
AFTER_DELETE: dict[str, AfterDelete] = {}
BEFORE_DELETE: defaultdict[str, list[Callable[[World, AzureResource], None]]] = defaultdict(list)
EXCLUSIVE: dict[str, Callable[[str], tuple[str, ArmError]]] = {}
"""Types whose writes must not overlap: resource id → key that a write holds, and the second writer's error.
"""


def rule(*tokens: str) -> Callable[[Rule], Rule]:
    """Register a rule for writes of the types.

    Its docstring states the rule in a sentence and cites the source.
    """

    def register(function: Rule) -> Rule:
        for token in tokens:
            RULES[token].append(function)
        return function

    return register


def response(token: str) -> Callable[[Response], Response]:
    """Register the function that computes what ARM adds to the body of this type in its response."""

    def register(function: Response) -> Response:
        RESPONSES[token] = function
        return function

    return register


def after_delete(token: str) -> Callable[[AfterDelete], AfterDelete]:
    """Register the consequences of deleting a resource of this type.

    The function gets the resource and all resources that were removed with it.
    """

    def register(function: AfterDelete) -> AfterDelete:
        AFTER_DELETE[token] = function
        return function

    return register


def before_delete(token: str) -> Callable[..., Any]:
    """Register a rule that may refuse to delete a resource of this type."""

    def register(function: Callable[[World, AzureResource], None]) -> Callable[[World, AzureResource], None]:
        BEFORE_DELETE[token].append(function)
        return function

    return register


def not_found(world: World, id_: str, arm_type: str) -> ArmError:
    """ARM's error for a missing resource. If the resource group is missing too, the error names the group."""
    _, is_assignment, name = id_.rpartition("/providers/Microsoft.Authorization/roleAssignments/")
    if is_assignment:
        # openshift/installer#4829
        return ArmError(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
    parts = id_.split("/")
    if len(parts) > 4 and parts[3].lower() == "resourcegroups":
        group = "/".join(parts[:5])
        if world.get(group) is None:
            # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-not-found
            return ArmError(404, "ResourceGroupNotFound", f"Resource group '{parts[4]}' could not be found.")
        if len(parts) > 5:
            names = "/".join(parts[8::2])
            return ArmError(
                404,
                "ResourceNotFound",
                f"The Resource '{arm_type}/{names}' under resource group '{parts[4]}' was not found. "
                "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
            )
    return ArmError(404, "ResourceNotFound", f"The Resource '{id_}' was not found.")


def merge(body: Mapping[str, Any], computed: Mapping[str, Any]) -> dict[str, Any]:
    """The body with ARM's additions, object by object.

    Computed values take precedence; None removes a property.
    """
    result = dict(body)
    for name, value in computed.items():
        base = result.get(name)
        if isinstance(base, Mapping) and isinstance(value, Mapping):
            result[name] = merge(base, value)
        elif value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result
