"""Sections ``workloads`` and ``identities``: who reads which secret, and where the secret's value comes from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from components.roles import READ_ACCESS, ObjectType, ReadAccess
from components.vault import Manage
from components.workloads import Kind, Technique
from stacks.settings.names import DnsLabel, DnsSubdomain, IdentityName, ObjectName
from stacks.settings.rules import Between, Found, Matches, Section, rule

_SECRETS = "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets"

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
        source=_SECRETS,
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


class Scope(StrEnum):
    """How wide a workload's right to read is."""

    OBJECT = "object"
    """Each listed object, and no other."""
    VAULT = "vault"
    """Every secret of the vault, listed too: for applications that list secrets."""


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

    @property
    def seeded(self) -> bool:
        """Whether the program writes it into the vault."""
        return self.source is not SecretSource.EXISTING

    @property
    def key_in_config(self) -> str:
        """The key under ``secret-values:``."""
        return self.config_key or self.name


class WorkloadSettings(Section):
    """An application and the vault objects it reads."""

    name: DnsLabel
    """Also the name of its identity and, unless said otherwise, of its ServiceAccount."""
    namespace: DnsLabel
    """Kubernetes namespace; the program makes it."""
    technique: Technique
    """How the secrets get into the pod."""
    kind: Kind
    """What owns the pod; none: everything but the pod, for applications that somebody else deploys."""
    service_account: DnsSubdomain | None = None
    """Name of the ServiceAccount; the workload's name if not given."""
    identity: IdentityName | None = None
    """Name of a shared identity in `identities`; an identity of its own if not given."""
    scope: Scope = Scope.OBJECT
    """How wide its right to read is."""
    secrets: tuple[SecretSettings, ...] = ()
    """What it reads."""

    @property
    def service_account_name(self) -> str:
        """The ServiceAccount that its pods run as."""
        return self.service_account or self.name

    @property
    def identity_name(self) -> str:
        """The identity that its pods take on."""
        return self.identity or self.name


class IdentitySettings(Section):
    """An identity that several workloads share, and with it every right of each."""

    name: IdentityName
    """What workloads write at `identity`."""


@dataclass(frozen=True)
class Reach:
    """Something that an identity may read."""

    type: ObjectType
    name: str | None
    """Name in the vault; None is every secret, listed too."""

    @property
    def access(self) -> ReadAccess:
        """The role that it takes, and where the object stands."""
        return READ_ACCESS[self.type]

    def covers(self, secret: SecretSettings) -> bool:
        """Whether a workload gets at this secret through it."""
        other = READ_ACCESS[secret.type]
        return self.access == other and (self.name is None or self.name.lower() == secret.name.lower())


def reach_of(workloads: Sequence[WorkloadSettings]) -> list[Reach]:
    """What an identity may read that these workloads take on: the union of what each asks for, each once."""
    everything = any(workload.scope is Scope.VAULT for workload in workloads)
    # At vault scope the right to secrets only: Certificate User could read them too (docs/security.md).
    found = [Reach(ObjectType.SECRET, None)] if everything else []
    for secret in (secret for workload in workloads for secret in workload.secrets):
        if not any(reach.covers(secret) for reach in found):
            found.append(Reach(secret.type, secret.name))
    return found


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


@rule("secret-size", SecretSettings, source=_SECRETS)
def literal_has_a_size_that_fits(secret: SecretSettings) -> Iterator[Found]:
    """Key Vault keeps something, and 25 KiB of it at most."""
    if secret.value is not None and not 1 <= (size := len(secret.value.encode())) <= MOST_BYTES:
        yield Found(("value",), f"has {size} bytes", f"Key Vault keeps 1 to {MOST_BYTES} bytes per secret")


@rule("valid-before-expiry", SecretSettings, source=_SECRETS)
def validity_begins_before_it_ends(secret: SecretSettings) -> Iterator[Found]:
    """A secret that is never valid serves nobody."""
    if secret.not_before and secret.expires and secret.not_before >= secret.expires:
        yield Found(("expires",), f"{secret.expires.isoformat()} is not after not_before", "choose a later date")


@rule("secret-listed-once", WorkloadSettings, source=f"{_SECRETS}: names do not mind case")
def secrets_are_listed_once(workload: WorkloadSettings) -> Iterator[Found]:
    """Twice the same object would be twice the same grant. Key Vault's names do not mind case."""
    seen: set[tuple[str, ObjectType]] = set()
    for index, secret in enumerate(workload.secrets):
        key = (secret.name.lower(), secret.type)
        if key in seen:
            yield Found(("secrets", index, "name"), f"{secret.name!r} is listed twice", "list it once")
        seen.add(key)


# Namespaces of AKS and its add-ons, and the one that everything lands in which forgot to say where it belongs.
# https://learn.microsoft.com/azure/aks/managed-namespaces#limitations, https://learn.microsoft.com/azure/aks/faq
_SYSTEM_NAMESPACES = {
    "default",
    "app-routing-system",
    "calico-system",
    "dapr-system",
    "flux-system",
    "gatekeeper-system",
    "istio-system",
    "tigera-operator",
}


@rule(
    "system-namespace",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces",
)
def namespace_is_the_users(workload: WorkloadSettings) -> Iterator[Found]:
    """Whoever may create pods in a namespace can take on every identity in it, so a workload's is its own."""
    name = workload.namespace
    if name in _SYSTEM_NAMESPACES or name.startswith(("kube-", "aks-")):
        wrong = f"{name!r} belongs to Kubernetes or AKS"
        yield Found(("namespace",), wrong, "choose a namespace of the workload's own", workload.name)
