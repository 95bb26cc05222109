"""Rules for ``workloads[].secrets``."""

from collections.abc import Iterator

from components.authorization.roles import ObjectType
from stacks.settings.model.secrets import MAX_VALUE_BYTES, SECRETS_PAGE, SecretSettings, SecretSource
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.registry import Violation, rule

_OURS = "docs/security.md: a secret's value stands in one place"

_SOURCES_OF: dict[str, tuple[SecretSource, ...]] = {
    "value": (SecretSource.LITERAL,),
    "sensitive": (SecretSource.LITERAL, SecretSource.STACK),
    "config_key": (SecretSource.CONFIG,),
    **dict.fromkeys(("length", "special", "rotated"), (SecretSource.RANDOM,)),
    "stack": (SecretSource.STACK,),
    "resource": (SecretSource.RESOURCE,),
}


@rule("field-of-another-source", SecretSettings, source=_OURS)
def fields_belong_to_the_source(secret: SecretSettings) -> Iterator[Violation]:
    """A value beside ``from: existing`` would look written, and would not be."""
    for key, sources in _SOURCES_OF.items():
        if key in secret.model_fields_set and secret.source not in sources:
            yield Violation(
                (key,),
                f"has no effect with from: {secret.source}",
                f"remove it, or choose from: {' or '.join(sources)}",
            )


@rule("field-of-a-seeded-secret", SecretSettings, source=_OURS)
def only_seeded_secrets_have_attributes(secret: SecretSettings) -> Iterator[Violation]:
    """The program sets attributes only on secrets that it writes."""
    for key in ("content_type", "not_before", "expires", "manage"):
        if key in secret.model_fields_set and not secret.seeded:
            yield Violation(
                (key,),
                "has no effect: the program does not write an existing secret",
                "remove it, or set it in the vault",
            )


@rule("literal-is-complete", SecretSettings, source=_OURS)
def literals_have_a_value_and_are_not_sensitive(secret: SecretSettings) -> Iterator[Violation]:
    """Everyone who reads the stack file sees a literal value."""
    if secret.source is not SecretSource.LITERAL:
        return
    if secret.sensitive:
        yield Violation(
            ("sensitive",),
            "everyone who reads the stack file sees a literal value",
            "use from: config for a secret one, and sensitive: false for any other",
        )
    if secret.value is None:
        yield Violation(("value",), "missing", "from: literal needs a value")


@rule(
    "seeded-object-is-a-secret",
    SecretSettings,
    source="https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#composition-of-a-certificate",
)
def only_secrets_are_seeded(secret: SecretSettings) -> Iterator[Violation]:
    """Keys and certificates are made in the vault, with their policies."""
    if secret.seeded and secret.type is not ObjectType.SECRET:
        yield Violation(
            ("from",),
            f"the program cannot make a {secret.type}",
            "make it in the vault and choose existing",
            "existing",
        )


@rule("secret-size", SecretSettings, source=SECRETS_PAGE)
def literals_have_a_valid_size(secret: SecretSettings) -> Iterator[Violation]:
    """Key Vault accepts 1 byte to 25 KiB."""
    if secret.value is not None and not 1 <= (size := len(secret.value.encode())) <= MAX_VALUE_BYTES:
        yield Violation(("value",), f"has {size} bytes", f"Key Vault allows 1 to {MAX_VALUE_BYTES}")


@rule("valid-before-expiry", SecretSettings, source=SECRETS_PAGE)
def validity_begins_before_it_ends(secret: SecretSettings) -> Iterator[Violation]:
    """Otherwise the secret would never be valid."""
    if secret.not_before and secret.expires and secret.not_before >= secret.expires:
        yield Violation(
            ("expires",), f"{secret.expires.isoformat()} is not after not_before", "choose a later date"
        )


@rule("secret-has-one-source", Settings, source="docs/security.md: a secret's value stands in one place")
def workloads_agree_on_a_secret(settings: Settings) -> Iterator[Violation]:
    """Workloads that share a secret seed it in the same way, or only one of them does."""
    first = {secret.object_key: secret for secret in settings.seeded_secrets}
    for w, workload in enumerate(settings.workloads):
        for s, secret in enumerate(workload.secrets):
            other = first.get(secret.object_key)
            if other is None or secret.seed == other.seed or secret.source is SecretSource.EXISTING:
                continue
            is_own = any(other is listed for listed in workload.secrets)
            problem = (
                f"another {'entry' if is_own else 'workload'} seeds {other.name!r} differently,"
                f" with from: {other.source}"
            )
            yield Violation(
                ("workloads", w, "secrets", s),
                problem,
                "use the same keys, or set from: existing in all but one",
            )


@rule(
    "secret-is-no-certificate",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/certificates/about-certificates#composition-of-a-certificate",
)
def seeded_secrets_are_not_certificates(settings: Settings) -> Iterator[Violation]:
    """Key Vault stores a certificate's key pair as a secret of its name, which seeding would overwrite."""
    certificates = {
        secret.object_key
        for workload in settings.workloads
        for secret in workload.secrets
        if secret.type in (ObjectType.CERT, ObjectType.CERT_KEY_PAIR)
    }
    certificates |= {(ingress.vault, ingress.certificate.lower()) for _, ingress in settings.ingresses}
    for w, workload in enumerate(settings.workloads):
        for s, secret in enumerate(workload.secrets):
            if secret.seeded and secret.type is ObjectType.SECRET and secret.object_key in certificates:
                problem = (
                    f"{secret.name!r} is also a certificate of the vault, which stores its key pair as a"
                    " secret of that name"
                )
                yield Violation(
                    ("workloads", w, "secrets", s, "name"), problem, "choose another name for the secret"
                )


@rule("secret-listed-once", WorkloadSettings, source=f"{SECRETS_PAGE}: names do not mind case")
def secrets_are_listed_once(workload: WorkloadSettings) -> Iterator[Violation]:
    """A secret is listed once for each way in which it arrives; its names ignore case."""
    seen: list[tuple[object, ...]] = []
    for index, secret in enumerate(workload.secrets):
        target = secret.kubernetes_secret
        key = (
            workload.content_of(secret),
            secret.permission,
            secret.env,
            secret.file,
            secret.env_from,
            target,
        )
        if key in seen:
            yield Violation(("secrets", index, "name"), f"{secret.name!r} is listed twice", "list it once")
        seen.append(key)
