"""Rules for Kubernetes Secrets of type kubernetes.io/tls: made of one certificate, or of two objects."""

from collections import defaultdict
from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.workloads.vault_objects import TLS_KEYS
from stacks.settings.model.delivery import KubernetesSecretType, SecretEncoding, SecretFormat
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule

_PARTS = {TLS_KEYS[0]: "certificate", TLS_KEYS[1]: "private key"}


@rule(
    "tls-secret-is-a-certificate",
    SecretSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets",
)
def tls_secrets_are_made_of_certificates(secret: SecretSettings) -> Iterator[Violation]:
    """One certificate fills both keys of a TLS Secret, and a variable can hold neither. Or two objects fill
    a key each.
    """
    target = secret.kubernetes_secret
    if target is None or target.type is not KubernetesSecretType.TLS or secret.extract:
        return
    if target.key is not None and target.key not in TLS_KEYS:
        yield Violation(
            ("kubernetes_secret", "key"),
            "the program fills tls.crt and tls.key of kubernetes.io/tls, and no other key",
            "choose one of them, remove it for a certificate that fills both, or choose another Secret for a"
            " further key",
        )
        return
    if secret.format is SecretFormat.PFX:
        yield Violation(
            ("format",), "'pfx' does not work with kubernetes.io/tls, whose keys are PEM", "remove it"
        )
    if target.key is not None:
        if secret.type is ObjectType.KEY or (secret.type is ObjectType.CERT and target.key == "tls.key"):
            yield Violation(
                ("type",), f"'{secret.type}' holds no {_PARTS[target.key]}", "choose secret or cert-key-pair"
            )
        return
    if secret.type is not ObjectType.CERT_KEY_PAIR:
        yield Violation(
            ("type",),
            f"'{secret.type}' cannot fill kubernetes.io/tls, which needs a certificate with its private key",
            "choose cert-key-pair, or set kubernetes_secret.key to tls.crt or tls.key",
            "cert-key-pair",
        )
    if secret.encoding is SecretEncoding.BASE64:
        yield Violation(
            ("encoding",),
            "'base64' has no effect: tls.crt and tls.key are made of the object as the vault has it",
            "remove it",
        )
    if secret.env is not None:
        yield Violation(
            ("env",),
            "a variable holds one value, but kubernetes.io/tls has two keys",
            "read the files instead",
        )


@rule(
    "tls-secret-has-both-keys",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets",
)
def tls_secrets_have_both_keys(workload: WorkloadSettings) -> Iterator[Violation]:
    """Kubernetes refuses a TLS Secret without one of its keys."""
    filled: defaultdict[str, set[str]] = defaultdict(set)
    first: dict[str, Path] = {}
    for where, value in workload.delivered_values:
        target = value.kubernetes_secret
        if target is None or target.type is not KubernetesSecretType.TLS:
            continue
        place, extracts = workload.secret_key_ref(value), isinstance(value, SecretSettings) and value.extract
        filled[place.secret] |= set(TLS_KEYS if extracts else place.keys)
        first.setdefault(place.secret, where)
    for name, where in first.items():
        for key in TLS_KEYS:
            # Other keys are a problem of their own.
            if key not in filled[name] and filled[name] <= set(TLS_KEYS):
                yield Violation(
                    (*where, "kubernetes_secret"),
                    f"kubernetes.io/tls needs tls.crt and tls.key, and no object fills {key}",
                    "list its object with the same name, type and the other key",
                )


@rule(
    "certificate-is-pem",
    WorkloadSettings,
    source="https://external-secrets.io/latest/provider/azure-key-vault/#object-types",
)
def certificates_are_pem(workload: WorkloadSettings) -> Iterator[Violation]:
    """A TLS Secret holds PEM, and not every technique delivers a certificate without its key so."""
    for index, secret in enumerate(workload.secrets):
        target = secret.kubernetes_secret
        is_tls = target is not None and target.type is KubernetesSecretType.TLS
        if is_tls and secret.type is ObjectType.CERT and not workload.spec.certificates_are_pem:
            yield Violation(
                ("secrets", index, "type"),
                f"technique {workload.technique} delivers a cert as DER, and kubernetes.io/tls needs PEM",
                "choose cert-key-pair",
                "cert-key-pair",
            )
