"""The parameter `objects` of a SecretProviderClass: YAML of a list of texts, each of them YAML again.

Azure/secrets-store-csi-driver-provider-azure v1.8, pkg/provider/types and validate.go; order of checks and
words are the provider's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import yaml

from rehearsal.simulators.kubernetes.api.errors import MountError

_TEXTS: Final = (
    "objectName",
    "objectAlias",
    "objectVersion",
    "objectType",
    "objectFormat",
    "objectEncoding",
    "filePermission",
)


@dataclass(frozen=True)
class KeyVaultObject:
    """One entry of `objects`."""

    name: str
    alias: str
    version: str
    type: str
    format: str
    encoding: str
    history: int

    @property
    def file(self) -> str:
        return self.alias or self.name

    def failed(self, why: object, version: str | None = None) -> MountError:
        shown = self.version if version is None else version
        return MountError(
            f"failed to get objectType:{self.type}, objectName:{self.name}, objectVersion:{shown}: {why}"
        )


def parse_objects(text: str) -> list[KeyVaultObject]:
    """Objects of the parameter. Raises MountError."""
    failed = "failed to yaml unmarshal objects, error: "
    root = _composed(text, failed)
    fields = _fields(root, "types.StringArray", failed)
    array = fields.get("array")
    if array is None or _is_null(array):
        return []
    if not isinstance(array, yaml.SequenceNode):
        raise MountError(f"{failed}{_cannot(array, '[]string')}")
    if wrong := [entry for entry in array.value if not isinstance(entry, yaml.ScalarNode)]:
        raise MountError(f"{failed}{_cannot(wrong[0], 'string')}")
    return [
        _parsed(str(entry.value), f"unmarshal failed for keyVaultObjects at index {i}, error: ")
        for i, entry in enumerate(array.value)
    ]


def _parsed(text: str, failed: str) -> KeyVaultObject:
    fields = _fields(_composed(text, failed), "types.KeyVaultObject", failed)
    texts: dict[str, str] = {}
    for name in _TEXTS:
        node = fields.get(name)
        if node is not None and not isinstance(node, yaml.ScalarNode):
            raise MountError(f"{failed}{_cannot(node, 'string')}")
        texts[name] = "" if node is None or _is_null(node) else str(node.value).strip()
    history = fields.get("objectVersionHistory")
    number = 0
    if history is not None and not _is_null(history):
        if not isinstance(history, yaml.ScalarNode) or not history.tag.endswith(":int"):
            raise MountError(f"{failed}{_cannot(history, 'int32')}")
        number = int(history.value)
    return _validated(
        KeyVaultObject(
            name=texts["objectName"],
            alias=texts["objectAlias"],
            version=texts["objectVersion"],
            type=texts["objectType"],
            format=texts["objectFormat"],
            encoding=texts["objectEncoding"],
            history=number,
        )
    )


def _validated(vault_object: KeyVaultObject) -> KeyVaultObject:
    """The object itself. Raises MountError if it is not valid (validate.go)."""
    if vault_object.format:
        if vault_object.format.lower() not in ("pem", "pfx"):
            raise vault_object.failed(f"invalid objectFormat: {vault_object.format}, should be PEM or PFX")
        if vault_object.format == "pfx" and vault_object.type != "secret":
            raise vault_object.failed("PFX format only supported for objectType: secret")
    if vault_object.encoding:
        if vault_object.type != "secret":
            raise vault_object.failed("objectEncoding only supported for objectType: secret")
        if vault_object.encoding.lower() not in ("hex", "base64", "utf-8"):
            raise vault_object.failed(
                f"invalid objectEncoding: {vault_object.encoding}, should be hex, base64 or utf-8"
            )
    if not vault_object.file:
        raise vault_object.failed("file name must not be empty")
    if vault_object.file.startswith("/"):
        raise vault_object.failed("file name must be a relative path")
    if ".." in vault_object.file:
        raise vault_object.failed("file name must not contain '..'")
    return vault_object


def _composed(text: str, failed: str) -> Any:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        # PyYAML and the provider's parser descend from libyaml; their words differ now and then.
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise MountError(f"{failed}yaml: {line}{error.problem}") from error


def _fields(node: Any, go_type: str, failed: str) -> dict[str, Any]:
    if node is None or _is_null(node):
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise MountError(f"{failed}{_cannot(node, go_type)}")
    return {str(key.value): value for key, value in node.value}


def _is_null(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _cannot(node: Any, go_type: str) -> str:
    """Go's error about a node of another type (TypeError in yaml.v3)."""
    value = (
        f" `{node.value if len(node.value) <= 10 else node.value[:7] + '...'}`"
        if isinstance(node, yaml.ScalarNode)
        else ""
    )
    tag = "!!" + node.tag.rsplit(":", 1)[1]
    return (
        f"yaml: unmarshal errors:\n  line {node.start_mark.line + 1}: cannot unmarshal {tag}{value} into "
        f"{go_type}"
    )
