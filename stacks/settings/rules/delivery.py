"""Rules for where the values of a workload arrive: files, environment variables and Kubernetes Secrets."""

import re
from collections import defaultdict
from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.workloads import Capability
from components.workloads.techniques.csi_access_modes import service_principal_secret
from stacks.settings.model.delivery import (
    ONLY_KEY,
    DeliveryTargetSettings,
    KubernetesSecretType,
)
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.reserved_names import mount_paths
from stacks.settings.types.kubernetes import SECRET_KEY
from stacks.settings.validation.problems import Path, join_or, other_names
from stacks.settings.validation.registry import Violation, rule

_TECHNIQUES = "docs/techniques.md: what each technique can do"
_USAGE = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/"


@rule(
    "secret-files-differ",
    WorkloadSettings,
    source=_USAGE,
)
def files_differ(workload: WorkloadSettings) -> Iterator[Violation]:
    """Two values cannot share a file. By default an object has a file of its own name."""
    if Capability.FILE not in workload.spec.capabilities:
        return
    seen: defaultdict[str, dict[str, DeliveryTargetSettings]] = defaultdict(dict)
    for where, value in workload.delivered_values:
        if (path := workload.file_path(value)) is None:
            continue
        mounts = mount_paths(workload, value)
        others = {other: known for mount in mounts for other, known in seen[mount].items()}
        if path in others and _is_same(workload, value, others[path], in_file=True):
            continue
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
            seen[mount][path] = value


@rule(
    "property-makes-a-key",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
)
def properties_make_keys(workload: WorkloadSettings) -> Iterator[Violation]:
    """The path of a property is the key by default, and Kubernetes has no key of full stops alone."""
    for index, secret in enumerate(workload.secrets):
        if secret.property is None or not workload.uses_kubernetes_secret(secret):
            continue
        if not re.fullmatch(SECRET_KEY, workload.secret_key_ref(secret).key):
            yield Violation(
                ("secrets", index, "property"),
                "is the key by default, and no key of a Kubernetes Secret is . or begins with ..",
                "set kubernetes_secret.key",
            )


def _is_same(
    workload: WorkloadSettings,
    value: DeliveryTargetSettings,
    other: DeliveryTargetSettings,
    *,
    in_file: bool = False,
) -> bool:
    """Whether two entries deliver the same value of the vault; with ``in_file``, as the same file."""
    if not isinstance(value, SecretSettings) or not isinstance(other, SecretSettings):
        return False
    modes = [
        (entry.permission, entry.kubernetes_secret.mode if entry.kubernetes_secret else None)
        for entry in (value, other)
    ]
    same = workload.content_of(value) == workload.content_of(other)
    return same and (not in_file or modes[0] == modes[1])


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
    keys: defaultdict[tuple[str, str], dict[str, DeliveryTargetSettings]] = defaultdict(dict)
    for w, workload in enumerate(settings.workloads):
        for at, secret in workload.delivered_values:
            if secret.kubernetes_secret is None and not workload.uses_kubernetes_secret(secret):
                continue
            place = workload.secret_key_ref(secret)
            here: Path = ("workloads", w, *at, "kubernetes_secret")
            where = (workload.namespace, place.secret)
            owner, kind = owners.setdefault(where, (workload.name, place.type))
            if owner != workload.name:
                yield Violation((*here, "name"), _taken_by(owner), "choose another name")
            elif kind != place.type:
                yield Violation(
                    (*here, "type"),
                    f"another object of the same Secret has type {kind}",
                    "use the same type, or choose another name",
                )
            elif isinstance(secret, SecretSettings) and secret.extract:
                continue  # its keys are those of the JSON value
            elif any(
                key in keys[where] and not _is_same(workload, secret, keys[where][key]) for key in place.keys
            ):
                yield Violation(
                    (*here, "key"), "another object of the same Secret has this key", "choose another key"
                )
            keys[where] |= {key: secret for key in place.keys if key not in keys[where]}
        for f, find in enumerate(workload.find):
            owner, kind = owners.setdefault(
                (workload.namespace, workload.find_secret_name(find)), (workload.name, "Opaque")
            )
            if owner != workload.name:
                here = ("workloads", w, "find", f, "kubernetes_secret")
                yield Violation(here, _taken_by(owner), "choose another name")


def _taken_by(owner: str) -> str:
    name, _, principal = owner.partition("/")
    if principal:
        return f"is the Secret with the {principal} of workload {name!r}"
    return "another workload of the namespace has a Secret of this name"


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


_REQUIRED = {
    **{kind: (key,) for kind, key in ONLY_KEY.items()},
    KubernetesSecretType.BASIC_AUTH: ("username", "password"),
}


@rule(
    "keys-of-a-secret-type",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
)
def secret_types_have_their_keys(workload: WorkloadSettings) -> Iterator[Violation]:
    """Kubernetes refuses a Secret without the key of its type, or without one of two. It may have more keys:
    known_hosts stands beside ssh-privatekey.
    """
    keys: defaultdict[str, set[str]] = defaultdict(set)
    first: dict[str, tuple[Path, KubernetesSecretType]] = {}
    for where, value in workload.delivered_values:
        target = value.kubernetes_secret
        if target is None or target.type not in _REQUIRED:
            continue
        place, extracts = workload.secret_key_ref(value), isinstance(value, SecretSettings) and value.extract
        # The keys of a JSON value are those that it has.
        keys[place.secret] |= {*(_REQUIRED[target.type] if extracts else place.keys)}
        first.setdefault(place.secret, (where, target.type))
    for name, (where, kind) in first.items():
        required = _REQUIRED[kind]
        if keys[name].isdisjoint(required):
            problem = f"{kind} needs the key {join_or(required)}, and no object fills it"
            remedy = "remove it, or list the object of that key too"
            remedy = "choose one of them" if len(required) > 1 else remedy
            suggested = required[-1] if len(required) > 1 else None
            yield Violation((*where, "kubernetes_secret", "key"), problem, remedy, suggested)


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
