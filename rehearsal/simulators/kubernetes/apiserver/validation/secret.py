"""Secrets and ConfigMaps: ValidateSecret, ValidateConfigMap in kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go. No message holds a value.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    invalid,
    is_hashed,
    mapping,
    required,
    text,
    too_long,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure

MOST_BYTES: Final = 1024 * 1024
_ACCOUNT: Final = "kubernetes.io/service-account.name"
_PREFIX: Final = "kubernetes.io/"
_DOCKER: Final = {"dockercfg": ".dockercfg", "dockerconfigjson": ".dockerconfigjson"}
_REDACTED: Final = "<secret contents redacted>"


def secret_failures(manifest: Mapping[str, Any], _: int) -> Iterator[Failure]:
    values = data_of(manifest)
    for key in values:
        yield from wrong(f"data[{key}]", str(key), content.config_key(key))
    if sum(len(value) for value in values.values() if value is not None) > MOST_BYTES:
        yield too_long("data", MOST_BYTES)
    kind = text(manifest, "type")
    if any(is_hashed(manifest.get(part)) for part in ("data", "stringData")) or not kind.startswith(_PREFIX):
        return
    kind = kind.removeprefix(_PREFIX)
    if kind == "service-account-token":
        annotations = mapping(mapping(manifest.get("metadata")).get("annotations"))
        if not text(annotations, _ACCOUNT):
            yield required(f"metadata.annotations[{_ACCOUNT}]")
    elif kind in _DOCKER:
        yield from _json(values, _DOCKER[kind])
    elif kind == "basic-auth" and not {"username", "password"} & values.keys():
        yield from (required(f"data[{key}]") for key in ("username", "password"))
    elif kind == "ssh-auth" and values.get("ssh-privatekey", b"") == b"":
        yield required("data[ssh-privatekey]")
    elif kind == "tls":
        yield from (required(f"data[{key}]") for key in ("tls.crt", "tls.key") if key not in values)


def config_map_failures(manifest: Mapping[str, Any], _: int) -> Iterator[Failure]:
    data, binary = mapping(manifest.get("data")), mapping(manifest.get("binaryData"))
    for key in data:
        yield from wrong(f"data[{key}]", key, content.config_key(key))
        if key in binary:
            yield invalid(f"data[{key}]", key, "duplicate of key present in binaryData")
    for key in binary:
        yield from wrong(f"binaryData[{key}]", key, content.config_key(key))
    size = sum(len(value.encode()) for value in data.values() if isinstance(value, str))
    size += sum(len(_decoded(value) or b"") for value in binary.values())
    if size > MOST_BYTES:
        yield Failure("", f"[]: Too long: may not be more than {MOST_BYTES} bytes")


def data_of(manifest: Mapping[str, Any]) -> dict[str, bytes | None]:
    """The values of a Secret; None for a hash. `stringData` goes over `data`."""
    values = {key: _decoded(value) for key, value in mapping(manifest.get("data")).items()}
    for key, value in mapping(manifest.get("stringData")).items():
        values[key] = None if is_hashed(value) or not isinstance(value, str) else value.encode()
    return values


def _json(values: Mapping[str, bytes | None], key: str) -> Iterator[Failure]:
    if key not in values:
        yield required(f"data[{key}]")
    elif (value := values[key]) is not None and (why := wrong_with_json(value)):
        yield invalid(f"data[{key}]", _REDACTED, why)


def wrong_with_json(value: bytes) -> str:
    """The reason that Go reads no JSON object from the bytes; empty if it does."""
    try:
        parsed = json.loads(value.decode("utf-8", "replace"), parse_constant=_no_constant)
    except ValueError:
        return _why_not_json(value.decode("utf-8", "replace"))
    kinds = {list: "array", str: "string", bool: "bool", int: "number", float: "number"}
    if isinstance(parsed, dict) or parsed is None:
        return ""
    return f"json: cannot unmarshal {kinds[type(parsed)]} into Go value of type map[string]interface {{}}"


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _why_not_json(value: str) -> str:
    """The beginning of the message of Go's scanner, without the character of the value that it would show."""
    if not value.strip():
        return "unexpected end of JSON input"
    try:
        json.loads(value)
    except json.JSONDecodeError as error:
        if error.pos >= len(value.rstrip()):
            return "unexpected end of JSON input"
    return "invalid character in JSON"


def _decoded(value: Any) -> bytes | None:
    if not isinstance(value, str) or is_hashed(value):
        return None
    try:
        return base64.b64decode(value.replace("\n", "").replace("\r", ""), validate=True)
    except (ValueError, binascii.Error):
        return None
