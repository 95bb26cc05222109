"""Secrets that the program writes into a vault, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input


class Manage(StrEnum):
    """Ownership of a seeded secret after its creation."""

    ONCE = "once"
    """The program writes the secret once and keeps a later rotation in the vault."""
    ALWAYS = "always"
    """The program writes every change of value, tags or expiry, and overwrites the vault."""
    RELEASE = "release"
    """As ``once``, and the secret remains in the vault when it leaves the list or becomes `from: existing` at
    the next `up`.
    """


@dataclass(frozen=True, kw_only=True)
class RandomValue:
    """A random value that pulumi-random generates."""

    length: int = 32
    special: bool = True
    rotated: str | None = None
    """Another text draws a new value, which is written into the vault. None: drawn once."""


@dataclass(frozen=True, kw_only=True)
class SeededSecret:
    """A secret that the program writes into the vault."""

    name: str
    value: Input[str] | RandomValue
    content_type: str | None = None
    not_before: int | None = None
    """Seconds since 1970, UTC."""
    expires: int | None = None
    """Seconds since 1970, UTC."""
    manage: Manage = Manage.ONCE
    former_vaults: Sequence[str] = ()
    """Component names of other vaults of the stack that may have held the secret before: the random value
    moves with its secret.
    """

    @property
    def ignored_inputs(self) -> list[str] | None:
        """Inputs that stay as the state has them. None: every change is written.

        Each write creates a new version with the program's value, which would hide one that was rotated in
        the vault. A value with a time of rotation differs from the state's only after a rotation.
        """
        if self.manage is Manage.ALWAYS:
            return None
        if isinstance(self.value, RandomValue) and self.value.rotated:
            return ["properties.contentType", "properties.attributes", "tags"]
        return ["properties", "tags"]
