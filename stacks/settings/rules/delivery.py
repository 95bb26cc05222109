"""Rules for where the values of a workload arrive: files, environment variables and Kubernetes Secrets."""

from collections import defaultdict
from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.workloads import Capability, WorkloadKind
from components.workloads.pod import Security
from components.workloads.techniques.csi_access_modes import service_principal_secret
from stacks.settings.model.delivery import (
    ONLY_KEY,
    DeliveryTargetSettings,
    KubernetesSecretType,
    SecretEncoding,
    SecretFormat,
)
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.reserved_names import mount_paths
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule

_TECHNIQUES = "docs/techniques.md: what each technique can do"
_USAGE = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/"


@rule(
    "secret-files-differ",
    WorkloadSettings,
    source=_USAGE,
)
def files_of_a_workload_differ(workload: WorkloadSettings) -> Iterator[Violation]:
    """Two objects in one file would be one of them. Without a file of its own an object is in the file of its name."""
    if Capability.FILE not in workload.spec.capabilities:
        return
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for where, placed in workload.delivered_values:
        if (path := workload.file_path(placed)) is None:
            continue
        mounts = mount_paths(workload, placed)
        others = set[str]().union(*(seen[mount] for mount in mounts))
        if path in others:
            yield Violation(
                (*where, "file"), f"another object is in {path!r}", "choose another file", f"{path}-2"
            )
        elif any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in others):
            yield Violation(
                (*where, "file"), f"{path!r} is a file and a folder at once", "choose another file"
            )
        for mount in mounts:
            seen[mount].add(path)


@rule(
    "secret-variables-differ",
    WorkloadSettings,
    source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#envvar-v1-core",
)
def variables_of_a_workload_differ(workload: WorkloadSettings) -> Iterator[Violation]:
    """A variable has one value."""
    seen = set(workload.env)
    for where, placed in workload.delivered_values:
        if placed.env in seen:
            yield Violation(
                (*where, "env"), "another variable of the workload has that name", "choose another name"
            )
        if placed.env:
            seen.add(placed.env)


@rule(
    "secret-file-is-readable",
    WorkloadSettings,
    source="https://github.com/kubernetes-sigs/secrets-store-csi-driver/issues/858: files belong to root, whatever fsGroup says",
)
def files_can_be_read(workload: WorkloadSettings) -> Iterator[Violation]:
    """A container that is never root reads what everybody may read."""
    if Capability.PERMISSION not in workload.spec.capabilities:
        return
    for index, secret in enumerate(workload.secrets):
        not_root = workload.security is Security.RESTRICTED or bool(workload.run_as_user)
        if (
            workload.kind is not WorkloadKind.NONE
            and not_root
            and secret.permission
            and not int(secret.permission[-1]) & 4
        ):
            problem = f"{secret.permission}: the file belongs to root, and the container never is"
            yield Violation(("secrets", index, "permission"), problem, "let everybody read it", "'\"0444\"'")


@rule(
    "kubernetes-secret-is-one",
    Settings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
)
def kubernetes_secrets_are_of_one_piece(settings: Settings) -> Iterator[Violation]:
    """A Kubernetes Secret belongs to one workload, has one type, and each key in it one value."""
    # Of a service principal the program writes one itself.
    owners: dict[tuple[str, str], tuple[str, str]] = {
        (workload.namespace, service_principal_secret(workload.name)): (
            f"{workload.name}/service principal",
            "Opaque",
        )
        for workload in settings.workloads
        if workload.service_principal
    }
    keys: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for w, workload in enumerate(settings.workloads):
        for at, secret in workload.delivered_values:
            if secret.kubernetes_secret is None and not workload.uses_kubernetes_secret(secret):
                continue
            place = workload.secret_key_ref(secret)
            here: Path = ("workloads", w, *at, "kubernetes_secret")
            where = (workload.namespace, place.secret)
            owner, kind = owners.setdefault(where, (workload.name, place.type))
            if owner != workload.name:
                yield Violation(
                    (*here, "name"),
                    "a Secret of that name belongs to another workload of the namespace",
                    "choose another name",
                )
            elif kind != place.type:
                yield Violation(
                    (*here, "type"),
                    f"another object of that Secret says {kind}",
                    "say the same, or choose another name",
                )
            elif isinstance(secret, SecretSettings) and secret.extract:
                continue  # its keys are inside the value
            elif keys[where] & set(place.keys):
                yield Violation(
                    (*here, "key"), "another object of that Secret has that key", "choose another key"
                )
            keys[where] |= set(place.keys)
        for f, find in enumerate(workload.find):
            owner, kind = owners.setdefault(
                (workload.namespace, workload.find_secret_name(find)), (workload.name, "Opaque")
            )
            if owner != workload.name:
                here = ("workloads", w, "find", f, "kubernetes_secret")
                yield Violation(
                    here,
                    "a Secret of that name belongs to another workload of the namespace",
                    "choose another name",
                )


_OF_A_SECRET = (ObjectType.SECRET, ObjectType.CERT_KEY_PAIR)


@rule("written-as-a-secret", SecretSettings, source=_USAGE)
def only_secrets_have_a_format(secret: SecretSettings) -> Iterator[Violation]:
    """Keys and bare certificates are always written as PEM."""
    if secret.type in _OF_A_SECRET:
        return
    for key, value in (("format", secret.format), ("encoding", secret.encoding)):
        if value is not None:
            yield Violation(
                (key,), f"a {secret.type} has none", "take it out: it goes with secret and cert-key-pair"
            )


@rule(
    "tls-secret-is-a-certificate",
    SecretSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets",
)
def tls_secrets_are_made_of_certificates(secret: SecretSettings) -> Iterator[Violation]:
    """One certificate fills both keys, and neither is a variable's value."""
    if secret.kubernetes_secret is None or secret.kubernetes_secret.type is not KubernetesSecretType.TLS:
        return
    if secret.type is not ObjectType.CERT_KEY_PAIR:
        yield Violation(
            ("type",),
            f"a {secret.type}, and kubernetes.io/tls needs a certificate with its key",
            "choose cert-key-pair",
            "cert-key-pair",
        )
    if secret.encoding is SecretEncoding.BASE64:
        yield Violation(
            ("encoding",), "base64, and tls.crt and tls.key are made of what the vault has", "take it out"
        )
    if secret.format is SecretFormat.PFX:
        yield Violation(("format",), "pfx, and tls.crt and tls.key are PEM", "take it out")
    if secret.kubernetes_secret.key is not None:
        yield Violation(
            ("kubernetes_secret", "key"), "kubernetes.io/tls has the keys tls.crt and tls.key", "take it out"
        )
    if secret.env is not None:
        yield Violation(
            ("env",), "kubernetes.io/tls has two keys, and a variable one value", "read the files instead"
        )


@rule(
    "keys-of-a-secret-type",
    DeliveryTargetSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
)
def secret_types_have_their_keys(placed: DeliveryTargetSettings) -> Iterator[Violation]:
    """Kubernetes refuses a Secret without them."""
    said = placed.kubernetes_secret
    if said is None or (isinstance(placed, SecretSettings) and placed.extract):
        return
    only = ONLY_KEY.get(said.type)
    if only and said.key not in (None, only):
        yield Violation(("kubernetes_secret", "key"), f"{said.type} has the key {only}", "take it out")
    if said.type is KubernetesSecretType.BASIC_AUTH and said.key not in ("username", "password"):
        yield Violation(
            ("kubernetes_secret", "key"),
            f"{said.type} has the keys username and password",
            "say which one",
            "password",
        )


@rule("mount-is-of-the-driver", WorkloadSettings, source=_TECHNIQUES)
def only_the_driver_has_two_mounts(workload: WorkloadSettings) -> Iterator[Violation]:
    """Elsewhere every file is from the Kubernetes Secret."""
    if not workload.spec.uses_kubernetes_secrets:
        return
    for where, placed in workload.delivered_values:
        if placed.kubernetes_secret and placed.kubernetes_secret.mount:
            problem = f"goes with csi; with technique {workload.technique} every file is from the Secret"
            yield Violation(
                (*where, "kubernetes_secret", "mount"), problem, "take it out, and say file", remove=True
            )


@rule("mounted-secret-has-a-file", SecretSettings, source=_TECHNIQUES)
def what_is_mounted_has_a_name(secret: SecretSettings) -> Iterator[Violation]:
    """The Secret's volume holds nothing but what has a file."""
    if secret.kubernetes_secret and secret.kubernetes_secret.mount and secret.file is None:
        yield Violation(("file",), "missing for kubernetes_secret.mount", "say which file", secret.name)
