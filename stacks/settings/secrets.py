"""Section ``workloads[].secrets``: which object of the vault, and where its value comes from."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from components.roles import ObjectType
from components.vault import Manage
from stacks.settings.names import ObjectName
from stacks.settings.rules import Between, Found, Matches, Section, rule

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


_PROVIDER = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/"

EnvName = Annotated[
    str,
    Matches(
        "secret-environment-variable",
        r"[A-Za-z_][A-Za-z0-9_]*",
        is_a="name of an environment variable",
        allowed="use letters, digits and underscores, no digit first",
        example="DB_PASSWORD",
        source="https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/",
        shown=False,
    ),
]
FilePath = Annotated[
    str,
    Matches(
        "secret-file",
        r"(?!.*(?:^|/)\.\.?(?:/|$))[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*",
        is_a="path below the mount",
        allowed="use letters, digits, hyphens, underscores and full stops, slashes between them, no .. and no slash at an end",
        example="db-password",
        source=_PROVIDER,
        shown=False,
    ),
]
KubernetesSecretName = Annotated[
    str,
    Matches(
        "kubernetes-secret-name",
        r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        is_a="name of a Kubernetes Secret",
        allowed="use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end",
        example="shop-secrets",
        source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
        shown=False,
    ),
]
SecretKeyName = Annotated[
    str,
    Matches(
        "kubernetes-secret-key",
        r"[-._a-zA-Z0-9]{1,253}",
        is_a="key of a Kubernetes Secret",
        allowed="use letters, digits, hyphens, underscores and full stops",
        example="password",
        source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
        shown=False,
    ),
]
ObjectVersion = Annotated[
    str,
    Matches(
        "vault-object-version",
        r"[0-9a-f]{32}",
        is_a="version",
        allowed="use the 32 hexadecimal digits that `az keyvault secret list-versions` prints",
        example=None,
        source="https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers",
        shown=False,
    ),
]
VersionHistory = Annotated[int, Between("version-history", 2, 100, unit="versions", source=_PROVIDER)]
FilePermission = Annotated[
    str,
    Matches(
        "file-permission",
        r"0?[0-7]{3}",
        is_a="file mode",
        allowed="use three octal digits, in quotes",
        example="'\"0400\"'",
        source=_PROVIDER,
        shown=False,
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


class SecretFormat(StrEnum):
    """How the driver writes a certificate with its private key."""

    PEM = "pem"
    PFX = "pfx"


class SecretEncoding(StrEnum):
    """How the value stands in the vault, so that the driver writes what it means."""

    UTF_8 = "utf-8"
    HEX = "hex"
    BASE64 = "base64"


class KubernetesSecretType(StrEnum):
    """https://kubernetes.io/docs/concepts/configuration/secret/#secret-types"""

    OPAQUE = "Opaque"
    TLS = "kubernetes.io/tls"
    BASIC_AUTH = "kubernetes.io/basic-auth"
    SSH_AUTH = "kubernetes.io/ssh-auth"
    DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"


class KubernetesSecretSettings(Section):
    """Where in a Kubernetes Secret the value stands."""

    name: KubernetesSecretName | None = None
    """Name of the Secret; the workload's name with a word behind it if not given."""
    key: SecretKeyName | None = None
    """Key in it; the object's name if not given."""
    type: KubernetesSecretType = KubernetesSecretType.OPAQUE
    """kubernetes.io/tls makes tls.crt and tls.key of one certificate."""


class SecretSettings(Section):
    """An object of the vault that a workload reads."""

    name: ObjectName
    """Its name in the vault."""
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
    env: EnvName | None = None
    """Environment variable with the value."""
    file: FilePath | None = None
    """File with the value, below `mount_path`."""
    kubernetes_secret: KubernetesSecretSettings | None = None
    """Name, key and type of the Kubernetes Secret that holds it, where the technique makes one."""
    version: ObjectVersion | None = None
    """Version in the vault; the newest if not given."""
    version_history: VersionHistory | None = None
    """How many versions are mounted, each a file; the newest is 0."""
    format: SecretFormat | None = None
    """How a certificate with its private key is written; pem if not given."""
    encoding: SecretEncoding | None = None
    """How the value stands in the vault; utf-8 if not given."""
    permission: FilePermission | None = None
    """Mode of the file, octal, in quotes; "0644" if not given."""

    @property
    def seeded(self) -> bool:
        """Whether the program writes it into the vault."""
        return self.source is not SecretSource.EXISTING

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


_OF_A_SECRET = (ObjectType.SECRET, ObjectType.CERT_KEY_PAIR)


@rule("written-as-a-secret", SecretSettings, source=_PROVIDER)
def only_secrets_have_a_format(secret: SecretSettings) -> Iterator[Found]:
    """Keys and bare certificates are always written as PEM."""
    if secret.type in _OF_A_SECRET:
        return
    for key, value in (("format", secret.format), ("encoding", secret.encoding)):
        if value is not None:
            yield Found((key,), f"a {secret.type} has none", "take it out: it goes with secret and cert-key-pair")


@rule("tls-secret-is-a-certificate", SecretSettings, source="https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets")
def tls_secrets_are_made_of_certificates(secret: SecretSettings) -> Iterator[Found]:
    """One certificate fills both keys, and neither is a variable's value."""
    if secret.kubernetes_secret is None or secret.kubernetes_secret.type is not KubernetesSecretType.TLS:
        return
    if secret.type is not ObjectType.CERT_KEY_PAIR:
        yield Found(
            ("type",), f"a {secret.type}, and kubernetes.io/tls needs a certificate with its key", "choose cert-key-pair", "cert-key-pair"
        )
    if secret.format is SecretFormat.PFX:
        yield Found(("format",), "pfx, and tls.crt and tls.key are PEM", "take it out")
    if secret.kubernetes_secret.key is not None:
        yield Found(("kubernetes_secret", "key"), "kubernetes.io/tls has the keys tls.crt and tls.key", "take it out")
    if secret.env is not None:
        yield Found(("env",), "kubernetes.io/tls has two keys, and a variable one value", "read the files instead")
