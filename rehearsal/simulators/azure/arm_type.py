"""A type of ARM resource: the template of its id, its naming, and what replaces a resource of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

GROUP: Final = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"


@dataclass(frozen=True)
class ArmType:
    """A resource type of azure-native."""

    token: str
    template: str
    replaces: frozenset[str] = frozenset()
    naming: Literal["random", "uuid", "copy"] = "random"
    needs_location: bool = False
    """ARM requires a location, and azure-native's Check refuses inputs without one."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """Path parameter → pattern of the swagger, which azure-native's Check tests."""

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.template))

    @property
    def name_parameter(self) -> str:
        return self.parameters[-1]

    @cached_property
    def arm_type(self) -> str:
        """`Microsoft.KeyVault/vaults/secrets`"""
        if "/providers/" not in self.template:
            return "Microsoft.Resources/resourceGroups"
        namespace, *rest = self.template.rsplit("/providers/", 1)[1].split("/")
        return "/".join([namespace, *rest[0::2]])

    def id(self, inputs: Mapping[str, Any], subscription: str) -> str:
        values = {name: str(inputs.get(name, "")).lstrip("/") for name in self.parameters}
        return self.template.format_map({**values, "subscriptionId": subscription})

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        text = re.escape(self.template)
        for name in self.parameters:
            # A scope is a whole id; every other parameter is one segment.
            text = text.replace(
                rf"\{{{name}\}}", f"(?P<{name}>{'.+' if name in ('scope', 'resourceUri') else '[^/]+'})"
            )
        return re.compile(text, re.IGNORECASE)

    def parse(self, id_: str) -> dict[str, str] | None:
        """Path parameters of an id of this type. None: the id has another type."""
        match = self._pattern.fullmatch(id_)
        if match is None:
            return None
        values = match.groupdict()
        values.pop("subscriptionId", None)
        return values


def arm_type(token: str, template: str, *replaces: str, **more: Any) -> ArmType:
    """The row of a type of azure-native."""
    return ArmType(f"azure-native:{token}", template, frozenset(replaces), **more)
