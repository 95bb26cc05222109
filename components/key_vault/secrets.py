"""A secret that the program writes into a vault: plain data, but for its value."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pulumi import Input


class Manage(StrEnum):
    """How long the program answers for a secret that it made."""

    ONCE = "once"
    """It writes the secret once; a later rotation in the vault stays."""
    ALWAYS = "always"
    """It writes every later change of value, tags or expiry, over whatever stands in the vault."""
    RELEASE = "release"
    """As once; and the secret stays in the vault when it leaves the list, or is `from: existing` from the next `up` on."""


@dataclass(frozen=True, kw_only=True)
class RandomValue:
    """A value that nobody chooses and nobody sees."""

    length: int = 32
    special: bool = True


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
    """Components of other vaults of the stack, of which it may have been until now: a random value moves with its secret."""
