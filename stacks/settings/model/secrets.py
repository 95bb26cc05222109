"""Section ``workloads[].secrets``: the objects of the vault that a workload reads, and where their values
come from.
"""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from components.authorization.rights import Right
from components.authorization.roles import ObjectType
from components.key_vault.secrets import Manage
from stacks.settings.model.copied_values import ResourceValueSettings, StackOutputSettings
from stacks.settings.model.delivery import DeliverySettings
from stacks.settings.model.vault import VaultLabel
from stacks.settings.types.azure import ObjectName
from stacks.settings.validation.constraints import IntRange, Pattern

SECRETS_PAGE = "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets"

MAX_VALUE_BYTES = 25 * 1024
"""Maximum size of a secret's value in Key Vault."""

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
    """Accept RFC 3339 only: pydantic would read a bare number as seconds since 1970."""
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
    """Source of a secret's value."""

    EXISTING = "existing"
    """The vault holds it already; the program knows only its name."""
    RANDOM = "random"
    """The program generates it, and no person sees it."""
    CONFIG = "config"
    """A Pulumi secret of its own: `pulumi config set --secret secret-values:<name>`."""
    LITERAL = "literal"
    """The stack file holds it, for values that are not secret: requires `sensitive: false`."""
    STACK = "stack"
    """An output of another stack."""
    RESOURCE = "resource"
    """A key or connection string that Azure lists for a resource."""


_COPIED = (SecretSource.STACK, SecretSource.RESOURCE)

_SEED_KEYS = (
    *("source", "value", "sensitive", "config_key", "length", "special", "rotated", "stack", "resource"),
    *("content_type", "not_before", "expires", "management"),
)


class SecretSettings(DeliverySettings):
    """An object of the vault that a workload reads."""

    name: ObjectName
    """Name of the object in the vault."""
    vault: VaultLabel | None = None
    """Label of the vault in `vaults`; the vault of section `vault` by default."""
    type: ObjectType = ObjectType.SECRET
    """secret; key (its public half); cert (without its private key); cert-key-pair (with it)."""
    rights: tuple[Right, ...] = (Right.GET,)
    """Rights of the workload to the object: get, which reads it, and more with a built-in role at this
    object, for which the application asks the vault itself. Of a secret: list, set, delete, recover, backup,
    restore, purge; of a key: encrypt, decrypt, wrap, unwrap, sign, verify, release, rotate; of a key or
    certificate: create, import, update, and what a secret has except set.
    """
    source: SecretSource = Field(alias="from")
    """Source of the value: existing, random, config, literal, stack or resource. There is no default."""
    value: str | None = None
    """With `from: literal`: the value."""
    sensitive: bool = True
    """With `from: literal`: must be false, because everyone who reads the stack file sees the value. With
    `from: stack`: false for an output that is no secret in its stack.
    """
    config_key: ConfigKey | None = None
    """With `from: config`: the key under `secret-values:`; the secret's name by default."""
    stack: StackOutputSettings | None = None
    """With `from: stack`: the stack and its output."""
    resource: ResourceValueSettings | None = None
    """With `from: resource`: the resource and which of its keys."""
    length: RandomLength = 32
    """With `from: random`: number of characters, 8 to 128."""
    special: bool = True
    """With `from: random`: include punctuation."""
    rotated: Moment | None = None
    """With `from: random`: when the value was rotated, in quotes. Another time, or none, draws a new value,
    and a time has it written into the vault, also with `manage: once`.
    """
    content_type: ContentType | None = None
    """Content type that readers see: `text/plain`, `application/json`; at most 255 characters."""
    not_before: Moment | None = None
    """Time before which the secret is not valid, in quotes. Key Vault serves it all the same."""
    expires: Moment | None = None
    """Time after which the secret is not valid, in quotes. Key Vault serves it all the same, and alerts can
    warn.
    """
    manage: Manage | None = None
    """once: written at creation, never over a rotated value; always: every change is written; release: like
    once, and the secret stays in the vault when it leaves the list. The default is once, and always with
    `from: stack` and `from: resource`.
    """

    @property
    def seeded(self) -> bool:
        """Whether the program writes the value into the vault."""
        return self.source is not SecretSource.EXISTING

    @property
    def copied(self) -> bool:
        """Whether another stack or Azure has the value, and the vault a copy."""
        return self.source in _COPIED

    @property
    def management(self) -> Manage:
        """Management of the secret after its creation.

        A copy follows its source, since it is rotated there. The vault is the place of every other value.
        """
        return self.manage or (Manage.ALWAYS if self.copied else Manage.ONCE)

    @property
    def object_key(self) -> tuple[str | None, str]:
        """Vault label and lower-case name, which identify the object: Key Vault's names ignore case."""
        return self.vault, self.name.lower()

    @property
    def seed(self) -> tuple[object, ...]:
        """How the program writes the object: equal for all entries of an object that it writes."""
        return tuple(getattr(self, key) for key in _SEED_KEYS)

    @property
    def secret_value_key(self) -> str:
        """The key under ``secret-values:``."""
        return self.config_key or self.name
