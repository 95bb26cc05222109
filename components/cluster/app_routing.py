"""The application routing add-on of AKS: an NGINX Ingress controller that reads certificates from a vault.

https://learn.microsoft.com/azure/aks/app-routing
Deliberately not here: its Gateway API, which the API version of azure-native does not have.
"""

from dataclasses import dataclass
from enum import StrEnum

from pulumi_azure_native import containerservice


class DefaultController(StrEnum):
    """The load balancer of the default NGINX controller.

    https://learn.microsoft.com/azure/aks/app-routing-nginx-configuration
    """

    ANNOTATION_CONTROLLED = "AnnotationControlled"
    """A public one, which its NginxIngressController may change."""
    EXTERNAL = "External"
    INTERNAL = "Internal"
    NONE = "None"
    """No default controller."""


@dataclass(frozen=True, kw_only=True)
class AppRouting:
    """Configuration of the add-on."""

    enabled: bool = True
    default_controller: DefaultController | None = None
    """None: AKS's default, AnnotationControlled."""


def ingress_profile(routing: AppRouting | None) -> containerservice.ManagedClusterIngressProfileArgs | None:
    """ARM representation. None: it is left as it is."""
    if routing is None:
        return None
    controller = routing.default_controller
    return containerservice.ManagedClusterIngressProfileArgs(
        web_app_routing=containerservice.ManagedClusterIngressProfileWebAppRoutingArgs(
            enabled=routing.enabled,
            nginx=containerservice.ManagedClusterIngressProfileNginxArgs(
                default_ingress_controller_type=controller.value
            )
            if controller
            else None,
        )
    )


def routing_identity(
    profile: "containerservice.outputs.ManagedClusterIngressProfileResponse | None",
) -> "containerservice.outputs.UserAssignedIdentityManagedClusterResponse | None":
    """The identity as which the add-on reads certificates, as reported by AKS. None: the add-on is off."""
    routing = profile.web_app_routing if profile else None
    return routing.identity if routing and routing.enabled else None
