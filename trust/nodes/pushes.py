"""The objects by which the External Secrets Operator writes into vaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from trust.nodes.delivery import KINDS, Asked
from trust.nodes.fields import listed, mapping, text
from trust.nodes.kubernetes import KubernetesObject
from trust.nodes.objects import Objects
from trust.values import UNKNOWN, Text


@dataclass(frozen=True)
class PushSecret(KubernetesObject):
    """The secrets that the operator writes into the vault of a store."""

    @property
    def selector(self) -> Mapping[str, Any]:
        return mapping(self.spec.get("selector"))

    @property
    def source(self) -> Text:
        """Name of the Kubernetes Secret that has the values; empty: a generator draws them."""
        return text(mapping(self.selector.get("secret")).get("name"))

    @property
    def generator(self) -> tuple[Text, Text]:
        """Kind and name of the generator; empty without one."""
        reference = mapping(self.selector.get("generatorRef"))
        return text(reference.get("kind")), text(reference.get("name"))

    @property
    def stores(self) -> list[tuple[Text, Text]]:
        """Kind and name of each store."""
        references = self.spec.get("secretStoreRefs")
        if references is UNKNOWN or self.node.input("spec") is UNKNOWN:
            return [(UNKNOWN, UNKNOWN)]
        entries = map(mapping, listed(references))
        return [(text(entry.get("kind"), "SecretStore"), text(entry.get("name"))) for entry in entries]

    @cached_property
    def written(self) -> list[Asked]:
        """The objects that it writes."""
        if self.node.input("spec") is UNKNOWN:
            return [Asked("secret", UNKNOWN)]
        keys = [
            mapping(mapping(mapping(entry).get("match")).get("remoteRef")).get("remoteKey")
            for entry in listed(self.spec.get("data"))
        ]
        return [_object(key, copied=bool(self.source)) for key in keys]

    @property
    def is_drawn_once(self) -> bool:
        """Whether a value that a generator draws stays: every refresh draws another one.

        https://external-secrets.io/latest/guides/pushsecrets/#rotate-secrets
        """
        return self.spec.get("updatePolicy") == "IfNotExists"


def _object(key: Any, *, copied: bool) -> Asked:
    if key is UNKNOWN:
        return Asked("secret", UNKNOWN, copied=copied)
    kind, separator, name = str(key).partition("/")
    return Asked(KINDS.get(kind, kind) if separator else "secret", name if separator else kind, copied=copied)


PUSH_SECRETS: Final = Objects("external-secrets.io", PushSecret)
"""The PushSecrets of a chain."""
