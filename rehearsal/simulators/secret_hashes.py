"""Keyed hashes in place of secret values: a stored document only tells whether a secret has changed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.wire import Secret

HASH_PREFIX: Final = "hmac-sha256:"


class SecretHashes:
    """Hashes with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def keyed_hash(self, value: Any) -> str:
        """The hash of a value, whether it is marked as secret or not."""
        if isinstance(value, Secret):
            return self.keyed_hash(value.value)
        text = json.dumps(_plain(value), sort_keys=True)
        return HASH_PREFIX + hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def hashed(self, value: Any) -> Any:
        """The value with each secret in it replaced by its hash."""
        if isinstance(value, Secret):
            return self.keyed_hash(value.value)
        if isinstance(value, Mapping):
            return {name: self.hashed(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.hashed(item) for item in value]
        return value

    def matches(self, stored: Any, text: str) -> bool:
        """Whether a stored value, plain or hashed, is this text."""
        return stored in (text, self.keyed_hash(text))

    def resolve_hashes(self, value: Any, candidates: Any) -> Any:
        """The value with each hash replaced by the candidate at the same path, if that has this hash."""
        if isinstance(value, Mapping):
            by_name = candidates if isinstance(candidates, Mapping) else {}
            return {name: self.resolve_hashes(item, by_name.get(name)) for name, item in value.items()}
        if isinstance(value, list):
            items = candidates if isinstance(candidates, list) else []
            return [
                self.resolve_hashes(item, items[i] if i < len(items) else None)
                for i, item in enumerate(value)
            ]
        if isinstance(value, str) and value.startswith(HASH_PREFIX) and self.keyed_hash(candidates) == value:
            return candidates
        return value


def _plain(value: Any) -> Any:
    """The value without secret marks. Unlike `wire.plain` it keeps nulls, which count in a hash."""
    if isinstance(value, Secret):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
