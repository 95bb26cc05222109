"""Warnings about the application routing add-on."""

from collections.abc import Iterator

from stacks.preflight.lookup import Lookup
from stacks.preflight.registry import warning
from stacks.settings.validation.registry import Violation


@warning(
    "app-routing-nginx-ends",
    "https://learn.microsoft.com/azure/aks/app-routing-nginx-to-gateway-api-migration",
)
def nginx_is_retired(lookup: Lookup) -> Iterator[Violation]:
    """Ingress NGINX is retired upstream, and Microsoft patches the add-on's for a limited time."""
    for index, _ in lookup.settings.ingresses:
        yield Violation(
            ("workloads", index, "service", "ingress"),
            "is served by NGINX, for which Microsoft gives security patches through November 2026",
            "plan the way to the Gateway API",
            command="docs/config/workloads.md#gateway-api",
        )
        return
