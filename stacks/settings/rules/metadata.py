"""Rules for labels and annotations of Kubernetes objects: ``labels`` and ``annotations`` in all sections."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from components.workloads import WORKLOADS, CreationPolicy, Technique
from components.workloads.pod_requirements import USE_IDENTITY
from components.workloads.pod_template import NAME_LABEL
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.overrides import EXPIRATION
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule

_OBJECTS = "https://kubernetes.io/docs/concepts/overview/working-with-objects"

_OF_ACCOUNT = "service_account_annotations"
_WEBHOOK = USE_IDENTITY.partition("/")[0] + "/"
_BY_KUBERNETES = "is set by Kubernetes"
_BY_THE_PROGRAM = "is set by the program"
_RESERVED: Mapping[str, str] = {
    NAME_LABEL: "is in the selectors of the program",
    _WEBHOOK: "is read by the workload identity webhook, and set by the program",
    "aks-secrets/": _BY_THE_PROGRAM,
    "pulumi.com/": "changes what Pulumi's Kubernetes provider does",
    "pod-security.kubernetes.io/": "is set by the program, from enforce of the namespace",
    "service.beta.kubernetes.io/azure-load-balancer-internal": _BY_THE_PROGRAM,
    "kubernetes.io/metadata.name": _BY_KUBERNETES,
    "kubectl.kubernetes.io/last-applied-configuration": "is set by kubectl",
    # https://kubernetes.io/docs/reference/labels-annotations-taints/
    **dict.fromkeys(
        (
            *("pod-template-hash", "controller-revision-hash", "pod-template-generation"),
            *("controller-uid", "job-name", "batch.kubernetes.io/", "apps.kubernetes.io/"),
            *("statefulset.kubernetes.io/", "deployment.kubernetes.io/"),
        ),
        _BY_KUBERNETES,
    ),
    **{
        key: f"is set by technique {technique} or its operator"
        for technique in Technique
        for key in sorted(WORKLOADS[technique].spec.reserved_metadata)
    },
}
"""Key, or prefix with a slash → why the settings cannot set it."""

_EXEMPT = {"control-plane": "true", "kubernetes.azure.com/managedby": "aks"}
"""Labels of namespaces that AKS exempts from every webhook: https://github.com/Azure/AKS/issues/4002"""

_RELOADER = "reloader.stakater.com/"


class _Place(NamedTuple):
    """Labels or annotations of a section."""

    path: Path
    """Path of the mapping in the settings."""
    values: Mapping[str, str]
    on_namespaces: bool = False


def _places(settings: Settings) -> Iterator[_Place]:
    yield _Place(("labels",), settings.labels, on_namespaces=True)
    for index, namespace in enumerate(settings.namespaces):
        here: Path = ("namespaces", index)
        yield _Place((*here, "labels"), namespace.labels, on_namespaces=True)
        yield _Place((*here, "annotations"), namespace.annotations)
    for index, workload in enumerate(settings.workloads):
        for place in _places_of(workload):
            yield place._replace(path=("workloads", index, *place.path))


def _places_of(workload: WorkloadSettings) -> Iterator[_Place]:
    yield _Place(("labels",), workload.labels)
    yield _Place(("annotations",), workload.annotations)
    yield _Place(("service_account_annotations",), workload.service_account_annotations)
    if workload.service:
        yield _Place(("service", "annotations"), workload.service.annotations)
    for path, _, entry in workload.labelled_secrets:
        yield _Place((*path, "labels"), entry.labels)
        yield _Place((*path, "annotations"), entry.annotations)


def _reason(key: str) -> str | None:
    """The reason that a key is reserved. None: it is free."""
    prefix, slash, _ = key.partition("/")
    return _RESERVED.get(key) or _RESERVED.get(f"{prefix}{slash}" if slash else key)


def _is_token_lifetime(place: _Place, key: str) -> bool:
    """The one annotation of the webhook that a ServiceAccount may have besides the program's."""
    return place.path[-1] == _OF_ACCOUNT and key == EXPIRATION


@rule(
    "token-lifetime",
    WorkloadSettings,
    source="https://learn.microsoft.com/azure/aks/workload-identity-overview#service-account-labels-and-annotations",
)
def token_lifetimes_are_within_limits(workload: WorkloadSettings) -> Iterator[Violation]:
    """The webhook takes 3600 to 86400 seconds."""
    lifetime = workload.service_account_annotations.get(EXPIRATION)
    if lifetime is not None and not (lifetime.isdecimal() and 3600 <= int(lifetime[:9]) <= 86400):
        yield Violation(
            (_OF_ACCOUNT, EXPIRATION), "is not a lifetime of a token", "choose 3600 to 86400 seconds", "3600"
        )


@rule(
    "metadata-is-reserved",
    Settings,
    source=(
        "https://learn.microsoft.com/azure/aks/workload-identity-overview#service-account-labels-and-annotations;"
        " https://kubernetes.io/docs/reference/labels-annotations-taints/"
    ),
)
def metadata_is_not_reserved(settings: Settings) -> Iterator[Violation]:
    """The program, its operators or Kubernetes own some labels and annotations."""
    for place in _places(settings):
        for key, value in place.values.items():
            problem = None if _is_token_lifetime(place, key) else _reason(key)
            if place.on_namespaces and _EXEMPT.get(key) == value:
                problem = "exempts a namespace from every webhook, so that its pods get no identity"
            if problem:
                yield Violation((*place.path, key), problem, "remove it, or choose another key", remove=True)


@rule("metadata-keeps-reload", WorkloadSettings, source="https://github.com/stakater/Reloader#-how-it-works")
def metadata_does_not_change_reload(workload: WorkloadSettings) -> Iterator[Violation]:
    """With ``reload`` the program annotates what Reloader watches."""
    for place in _places_of(workload) if workload.reload else ():
        for key in place.values:
            if _RELOADER in key:
                yield Violation(
                    (*place.path, key),
                    "changes what reload: true does",
                    "remove one of them",
                    remove=True,
                )


_LIMIT = 256 * 1024
_OWN = 4 * 1024


@rule(
    "annotations-size",
    Settings,
    source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#objectmeta-v1-meta;"
    " TotalAnnotationSizeLimitB in apimachinery's pkg/api/validation/objectmeta.go",
)
def annotations_are_within_the_limit(settings: Settings) -> Iterator[Violation]:
    """All annotations of an object have 256 KiB, and the program's own need some of it."""
    for index, namespace in enumerate(settings.namespaces):
        yield from _too_large(("namespaces", index, "annotations"), namespace.annotations)
    for index, workload in enumerate(settings.workloads):
        for place in _places_of(workload):
            if place.path[-1] in ("annotations", _OF_ACCOUNT) and place.values:
                together = {**workload.annotations, **place.values}
                yield from _too_large(("workloads", index, *place.path), together)


def _too_large(path: Path, annotations: Mapping[str, str]) -> Iterator[Violation]:
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > _LIMIT - _OWN:
        yield Violation(
            path,
            f"{size} bytes of annotations on one object",
            f"Kubernetes allows {_LIMIT}, of which the program's own may need {_OWN}",
        )


@rule("secret-metadata-is-one", WorkloadSettings, source=f"{_OBJECTS}/labels/")
def entries_of_a_secret_agree(workload: WorkloadSettings) -> Iterator[Violation]:
    """A Kubernetes Secret with several values has one value for each label and annotation."""
    seen: dict[tuple[str, str, str], str] = {}
    for path, secret, entry in workload.labelled_secrets:
        for kind, values in (("labels", entry.labels), ("annotations", entry.annotations)):
            for key, value in values.items():
                if seen.setdefault((secret, kind, key), value) != value:
                    yield Violation(
                        (*path, kind, key),
                        "another entry of the same Secret has another value",
                        "use the same value, or give the entry another Secret",
                    )


@rule(
    "metadata-has-a-secret",
    WorkloadSettings,
    source="https://external-secrets.io/latest/guides/ownership-deletion-policy/",
)
def labelled_secrets_are_made(workload: WorkloadSettings) -> Iterator[Violation]:
    """With creation policy None there is no Secret to label."""
    if workload.external_secrets.creation_policy is not CreationPolicy.NONE:
        return
    for path, _, entry in workload.labelled_secrets:
        for kind in ("labels", "annotations"):
            if getattr(entry, kind):
                yield Violation(
                    (*path, kind),
                    "has no effect: with external_secrets.creation_policy None there is no Kubernetes Secret",
                    "remove it, or choose another policy",
                    remove=True,
                )
