"""Technique dapr: the sidecar reads what the Component's vault holds and the Configuration allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.links import Link, State
from trust.nodes.delivery import Asked, DaprComponent, DaprConfiguration
from trust.nodes.fields import known, listed, text
from trust.operators import DAPR, EXTENSION, release
from trust.readers import by_account
from trust.requests import Delivery, Named, Request, Served, SignIn
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

NAME: Final = "dapr"
IS_FALLBACK: Final = False
EVERY: Final = "*"


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The secrets that the sidecar returns to the application."""
    requests: list[Request] = []
    stores = list(_stores(chain, workload))
    if not stores:
        return None
    reader = by_account(chain, workload)
    for component, pod_annotations, state in stores:
        configuration = _configuration(chain, workload, pod_annotations)
        label = f"Component {component.namespace}/{component.name}"
        loads = Link("load", f"sidecars of {workload.name}", label, component.node.urn, state)
        vault = chain.vault_name(component.vault, component.node)
        for name in allowed(component, configuration):
            urn = configuration.node.urn if configuration else component.node.urn
            allows = Link(
                "allows", f"Configuration {configuration.name}" if configuration else label, str(name), urn
            )
            requests.append(Request(vault, "secret", name, (loads, allows), reader))
    return Delivery(NAME, tuple(requests), (reader,), signs_in=True)


def _stores(chain: Chain, workload: Workload) -> Iterator[tuple[DaprComponent, Mapping[str, Any], State]]:
    """The secret stores that the application may load, with its pods' annotations."""
    if not workload.pods:
        for component in stores_of(chain, workload):
            if component.vault != "":
                yield component, {}, "external"
    for pods in workload.pods:
        annotations = pods.pod_annotations
        if str(annotations.get("dapr.io/enabled")).lower() != "true":
            continue
        app_id = text(annotations.get("dapr.io/app-id"), known(pods.name))
        for component in chain.near(chain.dapr_components, workload):
            if component.vault != "" and (not component.scopes or app_id in component.scopes):
                yield component, annotations, "held"


def stores_of(chain: Chain, workload: Workload) -> list[DaprComponent]:
    """The Components that are made for the workload: its own, and those that it shares with others."""
    own, ids = chain.own(chain.dapr_components, workload), _app_ids(chain, workload)
    shared = [
        component
        for component in chain.near(chain.dapr_components, workload)
        if chain.workload_of(component.node) is None
        and (not component.scopes or UNKNOWN in component.scopes or ids.intersection(component.scopes))
    ]
    return [*own, *shared]


def _app_ids(chain: Chain, workload: Workload) -> set[Text]:
    """The ids of the application. Its Configurations reserve them, where another tool deploys the pods."""
    if workload.pods:
        return {text(pods.pod_annotations.get("dapr.io/app-id"), known(pods.name)) for pods in workload.pods}
    return {configuration.name for configuration in chain.own(chain.dapr_configurations, workload)}


def _configuration(
    chain: Chain, workload: Workload, annotations: Mapping[str, Any]
) -> DaprConfiguration | None:
    if not annotations:
        return next(iter(chain.own(chain.dapr_configurations, workload)), None)
    name = text(annotations.get("dapr.io/config"))
    return chain.find(chain.dapr_configurations, workload.provider, workload.namespace, name)


def allowed(component: DaprComponent, configuration: DaprConfiguration | None) -> list[Text]:
    """The secrets that the sidecar returns. ``*``: every one that its identity may read.

    https://docs.dapr.io/operations/configuration/secret-scope/
    """
    scope = configuration.scope_of(component.name) if configuration else None
    if scope is None:
        return [EVERY]
    names = [text(name) for name in listed(scope.get("allowedSecrets"))]
    return names if names or scope.get("defaultAccess") == "deny" else [EVERY]


def named(chain: Chain) -> Iterator[Named]:
    """The secrets that a Configuration allows of a store that the chain has."""
    for configuration in chain.dapr_configurations:
        place = (configuration.node.provider, configuration.namespace)
        for scope in configuration.secret_scopes:
            component = chain.find(chain.dapr_components, *place, str(scope.get("storeName")))
            for name in listed(scope.get("allowedSecrets")) if component else ():
                yield Named(
                    configuration.node, Asked("secret", str(name)), component.vault if component else ""
                )


def served(chain: Chain) -> Iterator[Served]:
    """The Components and the Configurations."""
    extension = bool(chain.graph.of_type(EXTENSION))
    yield Served(
        "dapr",
        [*chain.dapr_components, *chain.dapr_configurations],
        lambda item: extension or release(chain, DAPR, item.node.provider) is not None,
    )


def sign_ins(chain: Chain) -> Iterator[SignIn]:
    """The cloud that the Components name."""
    for component in chain.dapr_components:
        vault = chain.vault(component.vault)
        cloud = text(component.metadata.get("azureEnvironment"), "AzurePublicCloud")
        yield SignIn(component, vault.uri if vault else None, cloud)
