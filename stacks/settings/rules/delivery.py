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
from stacks.settings.validation.problems import Path, other_names
from stacks.settings.validation.registry import Violation, rule

_TECHNIQUES = "docs/techniques.md: what each technique can do"
_USAGE = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/"


@rule(
    "secret-files-differ",
    WorkloadSettings,
    source=_USAGE,
)
def files_differ(workload: WorkloadSettings) -> Iterator[Violation]:
    """Two objects cannot share a file. By default an object has a file of its own name."""
    if Capability.FILE not in workload.spec.capabilities:
        return
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for where, value in workload.delivered_values:
        if (path := workload.file_path(value)) is None:
            continue
        mounts = mount_paths(workload, value)
        others = set[str]().union(*(seen[mount] for mount in mounts))
        if path in others:
            names = (value.name, *other_names(value.name)) if isinstance(value, SecretSettings) else None
            yield Violation((*where, "file"), "another object has this file", "choose another file", names)
        elif any(path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in others):
            yield Violation(
                (*where, "file"),
                "one object has this path as a file, another as a folder",
                "choose another file",
            )
        for mount in mounts:
            seen[mount].add(path)


@rule(
    "secret-variables-differ",
    WorkloadSettings,
    source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#envvar-v1-core",
)
def environment_variables_differ(workload: WorkloadSettings) -> Iterator[Violation]:
    """An environment variable has one value."""
    seen = set(workload.env)
    for where, value in workload.delivered_values:
        if value.env in seen:
            yield Violation(
                (*where, "env"), "another variable of the workload has the same name", "choose another name"
            )
        if value.env:
            seen.add(value.env)


@rule(
    "secret-file-is-readable",
    WorkloadSettings,
    source=(
        "https://github.com/kubernetes-sigs/secrets-store-csi-driver/issues/858: files belong to root,"
        " whatever fsGroup says"
    ),
)
def files_are_readable(workload: WorkloadSettings) -> Iterator[Violation]:
    """Mounted files belong to root, so a container that is never root reads only files that everyone can
    read.
    """
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
            problem = (
                f"{secret.permission} lets only root read the file, and the container does not run as root"
            )
            yield Violation(("secrets", index, "permission"), problem, "let everyone read it", "0444")


@rule(
    "kubernetes-secret-is-one",
    Settings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
)
def kubernetes_secrets_are_consistent(settings: Settings) -> Iterator[Violation]:
    """A Kubernetes Secret belongs to one workload, has one type, and has one value per key."""
    # The program writes the Secret of a service principal itself.
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
                    "another workload of the namespace has a Secret of this name",
                    "choose another name",
                )
            elif kind != place.type:
                yield Violation(
                    (*here, "type"),
                    f"another object of the same Secret has type {kind}",
                    "use the same type, or choose another name",
                )
            elif isinstance(secret, SecretSettings) and secret.extract:
                continue  # its keys are those of the JSON value
            elif keys[where] & set(place.keys):
                yield Violation(
                    (*here, "key"), "another object of the same Secret has this key", "choose another key"
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
                    "another workload of the namespace has a Secret of this name",
                    "choose another name",
                )


_OF_A_SECRET = (ObjectType.SECRET, ObjectType.CERT_KEY_PAIR)


@rule("written-as-a-secret", SecretSettings, source=_USAGE)
def only_secrets_have_a_format(secret: SecretSettings) -> Iterator[Violation]:
    """The driver always writes keys and certificates without private key as PEM."""
    if secret.type in _OF_A_SECRET:
        return
    for key, value in (("format", secret.format), ("encoding", secret.encoding)):
        if value is not None:
            yield Violation(
                (key,),
                f"has no effect on a {secret.type}",
                "remove it: only secret and cert-key-pair have it",
            )


@rule(
    "tls-secret-is-a-certificate",
    SecretSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets",
)
def tls_secrets_are_made_of_certificates(secret: SecretSettings) -> Iterator[Violation]:
    """One certificate fills both keys of a TLS Secret, and a variable can hold neither."""
    if secret.kubernetes_secret is None or secret.kubernetes_secret.type is not KubernetesSecretType.TLS:
        return
    if secret.type is not ObjectType.CERT_KEY_PAIR:
        yield Violation(
            ("type",),
            f"'{secret.type}' cannot fill kubernetes.io/tls, which needs a certificate with its private key",
            "choose cert-key-pair",
            "cert-key-pair",
        )
    if secret.encoding is SecretEncoding.BASE64:
        yield Violation(
            ("encoding",),
            "'base64' has no effect: tls.crt and tls.key are made of the object as the vault has it",
            "remove it",
        )
    if secret.format is SecretFormat.PFX:
        yield Violation(
            ("format",), "'pfx' does not work with kubernetes.io/tls, whose keys are PEM", "remove it"
        )
    if secret.kubernetes_secret.key is not None:
        yield Violation(
            ("kubernetes_secret", "key"), "kubernetes.io/tls has fixed keys, tls.crt and tls.key", "remove it"
        )
    if secret.env is not None:
        yield Violation(
            ("env",),
            "a variable holds one value, but kubernetes.io/tls has two keys",
            "read the files instead",
        )


@rule(
    "keys-of-a-secret-type",
    DeliveryTargetSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
)
def secret_types_have_their_keys(value: DeliveryTargetSettings) -> Iterator[Violation]:
    """Kubernetes refuses a Secret without the keys of its type."""
    target = value.kubernetes_secret
    if target is None or (isinstance(value, SecretSettings) and value.extract):
        return
    only = ONLY_KEY.get(target.type)
    if only and target.key not in (None, only):
        yield Violation(("kubernetes_secret", "key"), f"{target.type} has only the key {only}", "remove it")
    if target.type is KubernetesSecretType.BASIC_AUTH and target.key not in ("username", "password"):
        yield Violation(
            ("kubernetes_secret", "key"),
            f"{target.type} has the keys username and password",
            "choose one of them",
            "password",
        )


@rule("mount-is-of-the-driver", WorkloadSettings, source=_TECHNIQUES)
def mount_is_for_the_csi_driver(workload: WorkloadSettings) -> Iterator[Violation]:
    """With the other techniques, every file comes from the Kubernetes Secret anyway."""
    if not workload.spec.uses_kubernetes_secrets:
        return
    for where, value in workload.delivered_values:
        if value.kubernetes_secret and value.kubernetes_secret.mount:
            problem = (
                f"has no effect with technique {workload.technique}, where every file comes from the Secret"
            )
            yield Violation(
                (*where, "kubernetes_secret", "mount"), problem, "remove it, and set file", remove=True
            )


@rule("mounted-secret-has-a-file", SecretSettings, source=_TECHNIQUES)
def mounted_secrets_have_a_file(secret: SecretSettings) -> Iterator[Violation]:
    """The volume of a Secret holds only objects that have a file."""
    if secret.kubernetes_secret and secret.kubernetes_secret.mount and secret.file is None:
        yield Violation(("file",), "missing for kubernetes_secret.mount", "set the file", secret.name)
