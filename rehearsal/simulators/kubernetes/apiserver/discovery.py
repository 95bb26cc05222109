"""Kinds that an API server serves: the built-in ones of its version, and the installed custom ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.azure.containerservice.extensions import EXTENSION
from rehearsal.simulators.kubernetes.api.controller import Controller
from rehearsal.simulators.kubernetes.api.errors import NoMatchError
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import (
    CLUSTER_SCOPED,
    CustomKind,
    GroupVersionKind,
    chart_name,
    defined_by,
    definition_of,
)
from rehearsal.simulators.kubernetes.api.store import RELEASE, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.custom_resources import schemas_in, schemas_of
from rehearsal.simulators.kubernetes.apiserver.openapi import Declarations, declared
from rehearsal.simulators.kubernetes.apiserver.typed import Schema
from rehearsal.simulators.kubernetes.registry import controllers
from rehearsal.simulators.wire import plain
from rehearsal.simulators.world import AzureResource

DEFINITION: Final = GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")


def declarations(objects: ObjectStore) -> Declarations:
    """Built-in types of the cluster's Kubernetes version."""
    properties = objects.cluster_properties
    return declared(
        str(properties.get("currentKubernetesVersion") or properties.get("kubernetesVersion") or "")
    )


def require_served(objects: ObjectStore, kind: GroupVersionKind) -> None:
    """Raises NoMatchError if the API server does not serve the kind."""
    if kind == RELEASE or (kind.is_built_in and declarations(objects).serves(kind)):
        return
    custom = custom_kind(objects, kind)
    if custom is None or kind.version not in custom.versions:
        raise NoMatchError(f'no matches for kind "{kind.name}" in version "{kind.api_version}"')


def is_namespaced(objects: ObjectStore, kind: GroupVersionKind) -> bool:
    if kind == RELEASE:
        return True
    if kind.is_built_in:
        return kind.name not in CLUSTER_SCOPED
    custom = custom_kind(objects, kind)
    return custom.namespaced if custom else True


def custom_kind(objects: ObjectStore, kind: GroupVersionKind) -> CustomKind | None:
    """The installed custom kind of this group and name, in whatever version; None if there is none."""
    return next((c for c in custom_kinds(objects) if (c.group, c.name) == (kind.group, kind.name)), None)


def schema(objects: ObjectStore, kind: GroupVersionKind) -> Schema | None:
    """Schema of a custom kind; None if no definition has one.

    A definition that is an object of the cluster counts before the file that comes with the operator.
    """
    for definition in objects.all_of(DEFINITION):
        if (own := schemas_of(definition).get(kind)) is not None:
            return own
    return next((own for c in controllers() if (own := schemas_in(c.crds()).get(kind)) is not None), None)


def lasting_definitions(objects: ObjectStore, release: Mapping[str, Any]) -> Iterator[Manifest]:
    """Definitions that a new Helm release makes as objects of their own, because they outlast the release."""
    chart, values = chart_name(plain(release)["spec"]["chart"]), mapping(release["spec"].get("values"))
    for controller in _installed_by_chart(chart):
        if controller.keeps_definitions(objects.world, plain(values)):
            yield from (definition_of(kind) for kind in controller.kinds_of_release(plain(values)))


def extension_objects(objects: ObjectStore) -> Iterator[Manifest]:
    """Objects that AKS extensions keep in the cluster: their namespaces, and definitions of their kinds."""
    for controller, extension in _extensions(objects):
        if controller.custom_kinds:
            metadata = {"name": release_namespace(extension) or controller.extension_namespace}
            yield {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        yield from (definition_of(kind) for kind in controller.custom_kinds)


def release_namespace(extension: AzureResource) -> str:
    """Namespace that an extension names for itself; empty if it names none."""
    scope = mapping(mapping(extension.properties.get("scope")).get("cluster"))
    return str(scope.get("releaseNamespace") or "")


def extension_type(extension: AzureResource) -> str:
    return str(extension.properties.get("extensionType", "")).lower()


def custom_kinds(objects: ObjectStore) -> Iterator[CustomKind]:
    """Custom kinds by definitions, then by add-ons, extensions and releases."""
    yield from defined_by(objects.all_of(DEFINITION))
    for addon, profile in (objects.cluster_properties.get("addonProfiles") or {}).items():
        if profile.get("enabled"):
            yield from (kind for c in controllers() if addon in c.addons for kind in c.custom_kinds)
    yield from (kind for controller, _ in _extensions(objects) for kind in controller.custom_kinds)
    for release in objects.all_of(RELEASE):
        values = mapping(release["spec"].get("values"))
        for controller in _installed_by_chart(chart_name(release["spec"]["chart"])):
            yield from controller.kinds_of_release(values)


def _installed_by_chart(chart: str) -> Iterable[Controller]:
    return (controller for controller in controllers() if chart in controller.charts)


def _extensions(objects: ObjectStore) -> Iterator[tuple[Controller, AzureResource]]:
    """Extensions of the cluster, with the controllers that they install."""
    for extension in objects.world.of_type(EXTENSION, below=objects.id):
        for controller in controllers():
            if extension_type(extension) in controller.extension_types:
                yield controller, extension
