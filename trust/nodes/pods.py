"""The owners of pods, and their templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from trust.nodes.fields import flag, listed, mapping, text
from trust.nodes.kubernetes import KubernetesObject
from trust.values import UNKNOWN, Flag, Text

USE_IDENTITY: Final = "azure.workload.identity/use"
"""Label of pods that the webhook gives a token."""
SKIP_CONTAINERS: Final = "azure.workload.identity/skip-containers"
"""Annotation of pods: names of containers, with semicolons, that the webhook leaves as they are.

https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html
"""
RELOADED_SECRETS: Final = "secret.reloader.stakater.com/reload"
"""Annotation of owners: names of Secrets, with commas, at whose change Reloader replaces the pods."""
RELOADED_CLASSES: Final = "secretproviderclass.reloader.stakater.com/reload"
"""The same for what SecretProviderClasses mount."""
POD_OWNERS: Final[Mapping[str, str]] = {
    "Deployment": "apps",
    "StatefulSet": "apps",
    "DaemonSet": "apps",
    "ReplicaSet": "apps",
    "Job": "batch",
    "CronJob": "batch",
    "Pod": "core",
    "ReplicationController": "core",
}
"""Kind → API group."""
_TEMPLATES: Final[Mapping[str, tuple[str, ...]]] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}


@dataclass(frozen=True)
class PodOwner(KubernetesObject):
    """The owner of pods: a Deployment, StatefulSet, DaemonSet, Job, CronJob or a Pod."""

    @property
    def template(self) -> Mapping[str, Any]:
        """The pod template, with ``metadata`` and ``spec``; empty if it is unknown."""
        return mapping(self.node.input(_TEMPLATES.get(self.kind, ("spec", "template")), self.node.inputs))

    @property
    def pod_spec(self) -> Mapping[str, Any]:
        return mapping(self.template.get("spec"))

    @property
    def pod_labels(self) -> Mapping[str, Any]:
        return mapping(mapping(self.template.get("metadata")).get("labels"))

    @property
    def pod_annotations(self) -> Mapping[str, Any]:
        return mapping(mapping(self.template.get("metadata")).get("annotations"))

    @property
    def selector(self) -> Mapping[str, Any]:
        """The labels by which it finds its pods."""
        return mapping(mapping(self.spec.get("selector")).get("matchLabels"))

    @property
    def service_account(self) -> Text:
        """Name of the pods' ServiceAccount."""
        return text(self.pod_spec.get("serviceAccountName", self.pod_spec.get("serviceAccount")), "default")

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """All containers, those that run first among them."""
        return [
            mapping(container)
            for key in ("initContainers", "containers", "ephemeralContainers")
            for container in listed(self.pod_spec.get(key))
        ]

    @property
    def env(self) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Each container with each of its environment variables."""
        for container in self.containers:
            for variable in listed(container.get("env")):
                yield container, mapping(variable)

    @property
    def volumes(self) -> list[Mapping[str, Any]]:
        return [mapping(volume) for volume in listed(self.pod_spec.get("volumes"))]

    @property
    def has_token_label(self) -> Flag:
        """Whether the webhook of workload identity gives the pods a token."""
        return flag(self.pod_labels.get(USE_IDENTITY))

    @property
    def token_audiences(self) -> tuple[Text, ...]:
        """Audiences of the ServiceAccount tokens that the template itself projects."""
        return tuple(
            text(mapping(mapping(source).get("serviceAccountToken")).get("audience"))
            for volume in self.volumes
            for source in listed(mapping(volume.get("projected")).get("sources"))
            if "serviceAccountToken" in mapping(source)
        )

    @property
    def variables(self) -> Iterator[tuple[str, SecretRef]]:
        """Each variable with the key of a Kubernetes Secret in it; `envFrom` has no name, and every key."""
        for _, variable in self.env:
            if ref := mapping(mapping(variable.get("valueFrom")).get("secretKeyRef")):
                name, key = text(ref.get("name")), text(ref.get("key"))
                yield str(variable.get("name")), SecretRef(name, key, ref.get("optional") is True)
        for container in self.containers:
            for source in listed(container.get("envFrom")):
                if ref := mapping(mapping(source).get("secretRef")):
                    yield "", SecretRef(text(ref.get("name")), "", ref.get("optional") is True)

    def reloaded(self, annotation: str) -> frozenset[str] | None:
        """The names in an annotation for Reloader. None: unknown."""
        value = self.annotations.get(annotation, "")
        if value is UNKNOWN:
            return None
        return frozenset(part.strip() for part in str(value).split(",") if part.strip())

    @property
    def secret_refs(self) -> Iterator[SecretRef]:
        """Each Kubernetes Secret that the pods read, with the key."""
        yield from (ref for _, ref in self.variables)
        for volume in self.volumes:
            yield from _secrets_of_volume(volume)

    @property
    def secret_keys(self) -> Iterator[tuple[Text, Text]]:
        """Each Kubernetes Secret that the pods read, with the key; an empty key is all of them."""
        return ((ref.name, ref.key) for ref in self.secret_refs)


@dataclass(frozen=True)
class SecretRef:
    """A reference of pods to a Kubernetes Secret."""

    name: Text
    key: Text
    """Empty: all of them."""
    optional: bool = False
    """The pods also start without it."""


def _secrets_of_volume(volume: Mapping[str, Any]) -> Iterator[SecretRef]:
    parts = [(mapping(volume.get("secret")), "secretName")]
    parts += [
        (mapping(mapping(source).get("secret")), "name")
        for source in listed(mapping(volume.get("projected")).get("sources"))
    ]
    for part, key in parts:
        if not part:
            continue
        name, optional = text(part.get(key)), part.get("optional") is True
        items = listed(part.get("items"))
        if not items:
            yield SecretRef(name, "", optional)
        for item in items:
            yield SecretRef(name, text(mapping(item).get("key")), optional)
