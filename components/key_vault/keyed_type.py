"""A type of Azure resource whose keys can be listed, and the places of its values in the answers.

Deliberately not here: which types there are (resource_keys.py).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The answer of azure-native about a resource, under Azure's names."""

    name: str
    """Name of the resource, or of the account, namespace or cluster that contains it."""
    resource: Document
    listed: Document
    """The result of the function that lists the keys."""


Take = Callable[[Answers], str]


@dataclass(frozen=True, kw_only=True)
class KeyedType:
    """A type of resource whose keys Azure lists."""

    type: str
    """ARM type of the id that names the key: for Service Bus and Event Hubs an authorization rule."""
    reads: str
    """Function that returns the resource that the keys open."""
    lists: str
    """Function that lists the keys."""
    arguments: tuple[str, ...]
    """Arguments of ``lists`` besides the resource group, one for each name in the id. ``reads`` has the first
    ones.
    """
    read_names: int = 1
    """Number of arguments of ``reads``."""
    action: str
    """Action of Azure RBAC that ``lists`` needs."""
    values: Mapping[str, Take]
    """Name of a value → its text in the answers."""
    other_lists: Mapping[str, str] | None = None
    """Name of a value → function that lists it instead of ``lists``."""
    off: tuple[tuple[str, ...], object] | None = None
    """Path in the resource, and the value with which keys open nothing."""
    turn_on: str = ""
    """Command that lets keys open the resource again, with ``{id}`` and ``{name}``."""

    def function_for(self, value: str) -> str:
        """The function that lists a value."""
        return (self.other_lists or {}).get(value, self.lists)

    def is_off(self, resource: Document) -> bool:
        """Whether keys open nothing, by the answer about the resource."""
        if self.off is None:
            return False
        path, value = self.off
        setting: Any = resource
        for step in path:
            setting = cast("Document", setting).get(step) if isinstance(setting, Mapping) else None
        return setting == value


def field_of(name: str) -> Take:
    """A field of what is listed."""
    return lambda answers: str(answers.listed.get(name) or "")


def item_of(items: str, key: str, value: str, named: str) -> Take:
    """``named`` of the first item of a list whose ``key`` is ``value``."""

    def take(answers: Answers) -> str:
        listed = cast("list[Document]", answers.listed.get(items) or [])
        return next((str(item.get(named) or "") for item in listed if item.get(key) == value), "")

    return take


def first_of(items: str, named: str) -> Take:
    """``named`` of the first item of a list."""

    def take(answers: Answers) -> str:
        listed = cast("list[Document]", answers.listed.get(items) or [])
        return next((str(item.get(named) or "") for item in listed), "")

    return take


def fields_of(*names: str) -> dict[str, Take]:
    """Fields of what is listed, each by its name."""
    return {name: field_of(name) for name in names}


def framed(key: Take, text: Callable[[str, Answers], str]) -> Take:
    """The text around a key; empty if there is no key."""

    def take(answers: Answers) -> str:
        value = key(answers)
        return text(value, answers) if value else ""

    return take


def storage_connection(key: str) -> Take:
    """The connection string of a storage account."""
    # https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
    return framed(
        item_of("keys", "keyName", key, "value"),
        lambda key, answers: (
            f"DefaultEndpointsProtocol=https;AccountName={answers.name};AccountKey={key}"
            ";EndpointSuffix=core.windows.net"
        ),
    )


def redis_connection(key: str) -> Take:
    """The connection string of a cache, as StackExchange.Redis reads it."""
    # https://learn.microsoft.com/azure/azure-cache-for-redis/cache-configure#access-keys
    return framed(
        field_of(key),
        lambda key, answers: (
            f"{answers.resource.get('hostName')}:{int(answers.resource.get('sslPort') or 6380)}"
            f",password={key},ssl=True,abortConnect=False"
        ),
    )


def docker_config() -> Take:
    """The login to a registry, as `docker login` writes it."""
    # https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets
    return framed(
        item_of("passwords", "name", "password", "value"),
        lambda key, answers: json.dumps(
            {
                "auths": {
                    str(answers.resource.get("loginServer")): {
                        "username": field_of("username")(answers),
                        "password": key,
                    }
                }
            }
        ),
    )
