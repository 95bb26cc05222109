"""Section ``workloads[].secrets``: which object of the vault, and where its value comes from."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from components.authorization.roles import ObjectType
from components.key_vault.secrets import Manage
from stacks.settings.model.delivery import DeliverySettings
from stacks.settings.model.vault import VaultLabel
from stacks.settings.types.azure import ObjectName
from stacks.settings.validation.constraints import IntRange, Pattern

SECRETS_PAGE = "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets"

MAX_VALUE_BYTES = 25 * 1024
"""Size of a secret's value."""

ContentType = Annotated[
    str,
    Pattern(
        "content-type",
        r".{1,255}",
        is_a="content type",
        remedy="use at most 255 characters",
        example="text/plain",
        source=SECRETS_PAGE,
        shown=False,
    ),
]
ConfigKey = Annotated[
    str,
    Pattern(
        "config-key",
        r"[0-9a-zA-Z._-]{1,127}",
        is_a="config key",
        remedy="use 1 to 127 letters, digits, hyphens, underscores and full stops",
        example="db-password",
        source="https://www.pulumi.com/docs/iac/concepts/config/",
        shown=False,
    ),
]


def _is_a_moment(value: object) -> object:
    """RFC 3339 only: pydantic would take a bare number for seconds since 1970."""
    if not isinstance(value, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}", value):
        raise PydanticCustomError("datetime_parsing", "refused")
    return value


# Not strict: behind a function pydantic has forgotten that the text came from JSON, where a moment is text.
Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_is_a_moment)]
RandomLength = Annotated[
    int,
    IntRange(
        "random-length",
        8,
        128,
        unit="characters",
        source="https://www.pulumi.com/registry/packages/random/api-docs/randompassword/",
    ),
]


class SecretSource(StrEnum):
    """Where a secret's value comes from."""

    EXISTING = "existing"
    """It is in the vault already; the program knows its name only."""
    RANDOM = "random"
    """The program makes one up and nobody sees it."""
    CONFIG = "config"
    """A Pulumi secret of its own: `pulumi config set --secret secret-values:<name>`."""
    LITERAL = "literal"
    """Written in the stack file, for values that are no secret: needs `sensitive: false`."""


class SecretSettings(DeliverySettings):
    """An object of the vault that a workload reads."""

    name: ObjectName
    """Its name in the vault."""
    vault: VaultLabel | None = None
    """Which of `vaults` it is in; the one of section `vault` if not given."""
    type: ObjectType = ObjectType.SECRET
    """secret; key (public half); cert (without private key); cert-key-pair (with it)."""
    source: SecretSource = Field(alias="from")
    """Where the value comes from; there is no default."""
    value: str | None = None
    """With `from: literal`: the value."""
    sensitive: bool = True
    """With `from: literal`: must be false, since the stack file shows the value to everybody."""
    config_key: ConfigKey | None = None
    """With `from: config`: the key in `secret-values:`; the secret's name if not given."""
    length: RandomLength = 32
    """With `from: random`: characters."""
    special: bool = True
    """With `from: random`: whether punctuation is among them."""
    content_type: ContentType | None = None
    """A hint for readers: `text/plain`, `application/json`."""
    not_before: Moment | None = None
    """Not valid before; Key Vault serves it all the same."""
    expires: Moment | None = None
    """Not valid after; Key Vault serves it all the same, and can warn."""
    manage: Manage = Manage.ONCE
    """once: written at creation, never over a rotation; always: every change is written; release: as once, and it outlives the list."""

    @property
    def seeded(self) -> bool:
        """Whether the program writes it into the vault."""
        return self.source is not SecretSource.EXISTING

    @property
    def object_key(self) -> tuple[str | None, str]:
        """Vault and name: what tells secrets apart. Names do not mind case."""
        return self.vault, self.name.lower()

    @property
    def secret_value_key(self) -> str:
        """The key under ``secret-values:``."""
        return self.config_key or self.name


# --------------------------------------------------------------------------------------------------------------- cross-key rules
