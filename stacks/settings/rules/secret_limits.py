"""Rules for Kubernetes Secrets of techniques that can do less with them than Kubernetes."""

from collections.abc import Iterator, Mapping

from components.workloads import WORKLOADS, Capability, Technique
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import Path, join_or
from stacks.settings.validation.registry import Violation, rule

_CHART = (
    "https://github.com/kubernetes-sigs/secrets-store-sync-controller/tree/v0.0.4/charts:"
    " the schema of SecretSync, and the policies validate_…_format"
)


def _others(trait: str) -> str:
    """The techniques with Kubernetes Secrets, and without the limiting trait."""
    specs = {technique.value: WORKLOADS[technique].spec for technique in Technique}
    return join_or(
        [
            name
            for name, spec in specs.items()
            if Capability.KUBERNETES_SECRET in spec.capabilities and not getattr(spec, trait)
        ]
    )


@rule(
    "kubernetes-secret-of-one-vault",
    WorkloadSettings,
    source=(
        "https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret: of one"
        " SecretProviderClass, of one vault, as a SecretSync"
    ),
)
def kubernetes_secrets_come_from_one_vault(workload: WorkloadSettings) -> Iterator[Violation]:
    """The driver and the controller fill a Secret from one SecretProviderClass. A second class would
    overwrite the keys of the first.
    """
    if not workload.spec.secret_of_one_vault or workload.spec.secret_of_one_object:
        return
    first: dict[str, str | None] = {}
    for index, secret in enumerate(workload.secrets):
        if workload.uses_kubernetes_secret(secret):
            name = workload.secret_key_ref(secret).secret
            if first.setdefault(name, secret.vault) != secret.vault:
                here = ("secrets", index, "kubernetes_secret", "name")
                yield Violation(
                    here,
                    f"{name!r} holds objects of another vault",
                    f"choose another name, or technique {_others('secret_of_one_vault')}",
                )


@rule(
    "kubernetes-secret-of-one-object",
    WorkloadSettings,
    source=(
        "https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/blob/controller-1.8.4/cmd/"
        "azure-keyvault-controller/controller/secret.go: an update by a cached copy, without its version"
    ),
)
def kubernetes_secrets_hold_one_object(workload: WorkloadSettings) -> Iterator[Violation]:
    """Each of two objects that write one Secret may take away the key of the other."""
    if not workload.spec.secret_of_one_object:
        return
    first: dict[str, object] = {}
    for index, secret in enumerate(workload.secrets):
        ref = workload.secret_key_ref(secret)
        value = ref.key, workload.content_of(secret)
        if first.setdefault(ref.secret, value) != value:
            here: Path = ("secrets", index)
            if secret.kubernetes_secret and secret.kubernetes_secret.name:
                here = (*here, "kubernetes_secret", "name")
            yield Violation(
                here,
                f"{ref.secret!r} holds another value, and technique {workload.technique} writes one into"
                " each Kubernetes Secret",
                f"choose another kubernetes_secret.name, or technique {_others('secret_of_one_object')}",
            )


@rule(
    "kubernetes-secret-type-of-the-operator",
    WorkloadSettings,
    source=(
        "https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/blob/controller-1.8.4/cmd/"
        "azure-keyvault-controller/controller/secret_handler.go"
    ),
)
def the_operator_makes_the_type(workload: WorkloadSettings) -> Iterator[Violation]:
    """The operator makes all keys of such a type from one object, in a form of its own."""
    able = workload.spec.secret_types
    for index, secret in enumerate(workload.secrets):
        type_ = workload.secret_key_ref(secret).type
        if able is not None and type_ not in able:
            yield Violation(
                ("secrets", index, "kubernetes_secret", "type"),
                f"technique {workload.technique} cannot make a Secret of type {type_!r} of listed objects",
                f"choose {join_or(sorted(able))}, or technique {_others('secret_types')}",
            )


@rule("secret-key-of-the-operator", WorkloadSettings, source=_CHART)
def the_operator_accepts_the_keys(workload: WorkloadSettings) -> Iterator[Violation]:
    """The API server refuses the operator's object, whose schema is narrower than that of a Secret."""
    limits, others = workload.spec.secret_limits, _others("secret_limits")
    if limits is None:
        return
    for path, value in workload.delivered_values:
        key = workload.secret_key_ref(value).key
        if not limits.key.fullmatch(key):
            own = value.kubernetes_secret and value.kubernetes_secret.key
            yield Violation(
                (*path, "kubernetes_secret", "key") if own else (*path, "name"),
                f"{key!r} is no key that the operator of technique {workload.technique} accepts",
                f"write {limits.key_form} in kubernetes_secret.key, or choose technique {others}",
            )


@rule("secret-metadata-of-the-operator", Settings, source=_CHART)
def the_operator_accepts_the_metadata(settings: Settings) -> Iterator[Violation]:
    """As for the keys; and labels and annotations of all objects are those of the Secrets, too."""
    for index, workload in enumerate(settings.workloads):
        if workload.spec.secret_limits is None:
            continue
        here: Path = ("workloads", index)
        places: list[tuple[Path, Mapping[str, str], Mapping[str, str]]] = [
            (("labels",), settings.labels, {}),
            ((*here, "labels"), workload.labels, {}),
            ((*here, "annotations"), {}, workload.annotations),
        ]
        for path, _, entry in workload.labelled_secrets:
            places.append(((*here, *path, "labels"), entry.labels, {}))
            places.append(((*here, *path, "annotations"), {}, entry.annotations))
        for path, labels, annotations in places:
            yield from _refused(workload, path, labels, annotations)


def _refused(
    workload: WorkloadSettings, path: Path, labels: Mapping[str, str], annotations: Mapping[str, str]
) -> Iterator[Violation]:
    limits, others = workload.spec.secret_limits, _others("secret_limits")
    if limits is None:
        return
    operator = f"the operator of technique {workload.technique}"
    for pattern, entries in ((limits.label, labels), (limits.annotation, annotations)):
        for key, value in entries.items():
            if not pattern.fullmatch(key):
                problem = f"is no key that {operator} accepts on a Kubernetes Secret"
                yield Violation(
                    (*path, key), problem, f"remove it, or choose technique {others}", remove=True
                )
            elif not limits.value.fullmatch(value):
                problem = f"has a value that {operator} does not accept on a Kubernetes Secret"
                yield Violation((*path, key), problem, f"choose {limits.value_form}, or technique {others}")
