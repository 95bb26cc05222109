"""Section ``workloads[].secrets``: which object of the vault, and where its value comes from."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from components.roles import ObjectType
from components.vault_secrets import Manage
from stacks.settings.arrival import ArrivalSettings
from stacks.settings.names import ObjectName
from stacks.settings.rules import Between, Found, Matches, rule
from stacks.settings.vault import VaultLabel

SECRETS_PAGE = "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets"

MOST_BYTES = 25 * 1024
"""Size of a secret's value."""

ContentType = Annotated[
    str,
    Matches(
        "content-type",
        r".{1,255}",
        is_a="content type",
        allowed="use at most 255 characters",
        example="text/plain",
        source=SECRETS_PAGE,
        shown=False,
    ),
]
ConfigKey = Annotated[
    str,
    Matches(
        "config-key",
        r"[0-9a-zA-Z._-]{1,127}",
        is_a="config key",
        allowed="use 1 to 127 letters, digits, hyphens, underscores and full stops",
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
    Between(
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


class SecretSettings(ArrivalSettings):
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
    def place(self) -> tuple[str | None, str]:
        """Vault and name: what tells secrets apart. Names do not mind case."""
        return self.vault, self.name.lower()

    @property
    def key_in_config(self) -> str:
        """The key under ``secret-values:``."""
        return self.config_key or self.name


# --------------------------------------------------------------------------------------------------------------- cross-key rules

_OURS = "docs/security.md: a secret's value stands in one place"
_FIELDS_OF: dict[SecretSource, tuple[str, ...]] = {
    SecretSource.LITERAL: ("value", "sensitive"),
    SecretSource.CONFIG: ("config_key",),
    SecretSource.RANDOM: ("length", "special"),
}


@rule("field-of-another-source", SecretSettings, source=_OURS)
def fields_belong_to_the_source(secret: SecretSettings) -> Iterator[Found]:
    """A value beside ``from: existing`` would look written and not be."""
    for source, fields in _FIELDS_OF.items():
        for key in fields:
            if key in secret.model_fields_set and secret.source is not source:
                yield Found((key,), f"goes with from: {source}, not with from: {secret.source}", "take it out, or change from")


@rule("field-of-a-seeded-secret", SecretSettings, source=_OURS)
def only_seeded_secrets_have_attributes(secret: SecretSettings) -> Iterator[Found]:
    """What the program does not write, it cannot date."""
    for key in ("content_type", "not_before", "expires", "manage"):
        if key in secret.model_fields_set and not secret.seeded:
            yield Found((key,), "the program does not write a secret that is existing", "take it out, or set it in the vault")


@rule("literal-is-complete", SecretSettings, source=_OURS)
def literal_has_a_value_and_says_it_is_no_secret(secret: SecretSettings) -> Iterator[Found]:
    """Whoever writes a value into the stack file says that everybody may read it."""
    if secret.source is not SecretSource.LITERAL:
        return
    if secret.sensitive:
        yield Found(
            ("sensitive",),
            "the stack file shows a literal value to everybody",
            "say sensitive: false if that is right; else use from: config",
            command=f"pulumi config set --secret secret-values:{secret.name}",
        )
    if secret.value is None:
        yield Found(("value",), "missing", "from: literal needs a value")


@rule(
    "seeded-object-is-a-secret",
    SecretSettings,
    source="https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#composition-of-a-certificate",
)
def only_secrets_are_seeded(secret: SecretSettings) -> Iterator[Found]:
    """Keys and certificates are made in the vault, with their policies."""
    if secret.seeded and secret.type is not ObjectType.SECRET:
        yield Found(("from",), f"the program does not make a {secret.type}", "make it in the vault and say existing", "existing")


@rule("secret-size", SecretSettings, source=SECRETS_PAGE)
def literal_has_a_size_that_fits(secret: SecretSettings) -> Iterator[Found]:
    """Key Vault keeps something, and 25 KiB of it at most."""
    if secret.value is not None and not 1 <= (size := len(secret.value.encode())) <= MOST_BYTES:
        yield Found(("value",), f"has {size} bytes", f"Key Vault keeps 1 to {MOST_BYTES} bytes per secret")


@rule("valid-before-expiry", SecretSettings, source=SECRETS_PAGE)
def validity_begins_before_it_ends(secret: SecretSettings) -> Iterator[Found]:
    """A secret that is never valid serves nobody."""
    if secret.not_before and secret.expires and secret.not_before >= secret.expires:
        yield Found(("expires",), f"{secret.expires.isoformat()} is not after not_before", "choose a later date")
