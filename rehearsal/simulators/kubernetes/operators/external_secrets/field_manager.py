"""Fields of a Secret that an ExternalSecret manages (`managedFields`), and the label of its own Secrets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings

_PREFIX: Final = "externalsecrets.external-secrets.io/"
_NAME_LENGTH: Final = 63


@dataclass(frozen=True)
class FieldManager:
    """The operator as the manager of fields, on behalf of one ExternalSecret."""

    namespace: str
    owner: str

    @property
    def name(self) -> str:
        if len(self.owner) <= _NAME_LENGTH:
            return _PREFIX + self.owner
        return f"{_PREFIX}sha3/{hashlib.sha3_224(self.owner.encode()).hexdigest()}"

    @property
    def label(self) -> str:
        """Value of the label created-by."""
        return hashlib.sha3_224(f"{self.namespace}/{self.owner}".encode()).hexdigest()

    def owned(self, metadata: Mapping[str, Any]) -> dict[str, set[str]]:
        """Keys of data, labels and annotations that it has set (getManagedFieldKeys)."""
        entries = [e for e in mappings(metadata.get("managedFields")) if e.get("manager") == self.name]
        fields = mapping(entries[0].get("fieldsV1")) if entries else {}
        noted = mapping(fields.get("f:metadata"))
        return {
            part: {key.removeprefix("f:") for key in mapping(below.get(f"f:{part}"))}
            for part, below in {"data": fields, "labels": noted, "annotations": noted}.items()
        }

    def entries(self, metadata: Mapping[str, Any], keys: Mapping[str, list[str]]) -> list[Mapping[str, Any]]:
        """`managedFields` with its own entry for these keys."""
        noted = {f"f:{part}": {f"f:{key}": {} for key in keys[part]} for part in ("annotations", "labels")}
        own = {
            "manager": self.name,
            "operation": "Update",
            "apiVersion": "v1",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {f"f:{key}": {} for key in keys["data"]}, "f:metadata": noted},
        }
        return [*(e for e in mappings(metadata.get("managedFields")) if e.get("manager") != self.name), own]
