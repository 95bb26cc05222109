"""Sections ``stack`` and ``resource`` of a secret: values that another stack or Azure has, and that the
program copies into the vault.
"""

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from components.key_vault.resource_keys import keyed_type
from stacks.settings.model.delivery import JsonProperty
from stacks.settings.model.section import Section
from stacks.settings.types.azure import RESOURCE_NAME_RULES, arm_id
from stacks.settings.types.pulumi import OutputName, StackName

KeyedResourceId = Annotated[
    str,
    arm_id(
        "copied-resource-id",
        r"[\w.]+(?:/[\w.-]+/[^/\s?#&%<>]+)+",
        is_a="id of a resource",
        command="az resource list --query [].id --output tsv",
        source=RESOURCE_NAME_RULES,
    ),
]
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = ("value", "value:urlquery", "name")


class CopiedValueSettings(Section):
    """Form of a copied value in the vault."""

    format: str | None = None
    """Text around the value: `{value}` stands for it, `{value:urlquery}` for it in a URL, `{name}` for the
    name of the resource or the output.
    """

    def formatted(self, value: str, name: str) -> str:
        """The text that the vault gets."""
        if self.format is None:
            return value
        texts: Mapping[str, str] = {"value": value, "value:urlquery": quote(value, safe=""), "name": name}
        return PLACEHOLDER.sub(lambda match: texts[match[1]], self.format)


class StackOutputSettings(CopiedValueSettings):
    """An output of another stack."""

    name: StackName
    """Stack that has the output: `organization/project/stack`, or the stack alone in the same project."""
    output: OutputName
    """Name of the output. It has to be a secret there, unless the entry has `sensitive: false`."""
    property: JsonProperty | None = None
    """Path of a property in an output that is a map: `orders.primary`. Without it a map is written as JSON.
    """


class ResourceValueSettings(CopiedValueSettings):
    """A key or connection string that Azure lists for a resource."""

    id: KeyedResourceId
    """ARM id of the resource; for Service Bus and Event Hubs of an authorization
    rule.
    """
    value: str
    """Name of one of its values: `key1`, `primaryConnectionString` and others, by the [type of the
    resource](#values-of-resources).
    """

    @property
    def action(self) -> str:
        """The action of Azure RBAC that lists the value. Empty: the type has none."""
        kind = keyed_type(self.id)
        return kind.action if kind else ""
