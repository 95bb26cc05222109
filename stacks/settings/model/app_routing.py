"""The application routing add-on, and the Ingress of a workload that it serves."""

from typing import Annotated

from components.cluster.app_routing import DefaultController
from stacks.settings.model.grants import Grants
from stacks.settings.model.section import Section
from stacks.settings.model.vault import VaultLabel
from stacks.settings.types.azure import ObjectName
from stacks.settings.validation.constraints import Pattern

_INGRESS = "https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards"

_OCTET = "0*(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
"""Of an IPv4 address, which ValidateIngress refuses as a host, kubernetes pkg/apis/networking/validation."""

IngressHost = Annotated[
    str,
    Pattern(
        "ingress-host",
        rf"(?!(?:{_OCTET}\.){{3}}{_OCTET}$)(?:\*\.)?(?=.{{1,253}}$)[a-z0-9](?:[-a-z0-9]{{0,61}}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{{0,61}}[a-z0-9])?)+",
        is_a="host of an Ingress",
        remedy="use a DNS name with a full stop, or one whose first part is *; an IP address is none",
        example="shop.example.com",
        source=_INGRESS,
    ),
]
_SEGMENT = r"(\.{0,2}[A-Za-z0-9_~-][A-Za-z0-9_.~-]*|\.{3}[A-Za-z0-9_.~-]*)"
"""Segment of a path: neither empty nor one or two full stops: validateHTTPIngressRuleValue refuses those,
kubernetes pkg/apis/networking/validation.
"""
IngressPath = Annotated[
    str,
    Pattern(
        "ingress-path",
        rf"/({_SEGMENT}(/{_SEGMENT})*/?)?",
        is_a="path of an Ingress",
        remedy="begin with a slash; no expression and no segment '', '.' or '..' is taken",
        example="/",
        source="https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types",
    ),
]


class AppRoutingSettings(Section):
    """The application routing add-on of AKS."""

    enabled: bool = True
    """Run the add-on. AKS keeps it if the section is removed: set false to turn it off."""
    default_controller: DefaultController | None = None
    """Load balancer of the default NGINX controller: External, Internal, None (no controller) or
    AnnotationControlled, AKS' default: public unless annotations of its NginxIngressController say otherwise.
    """


class IngressSettings(Section):
    """A name under which the application routing add-on serves the workload by HTTPS."""

    host: IngressHost
    """Name that clients use: `shop.example.com`. Your DNS leads it to the add-on's load balancer."""
    certificate: ObjectName
    """Name of a certificate in the vault. The add-on's identity may read it, with its private key."""
    vault: VaultLabel | None = None
    """Label of the vault in `vaults`; the vault of section `vault` by default."""
    path: IngressPath = "/"
    """Beginning of the paths that lead to the workload."""
    grants: Grants = Grants.MANAGED
    """Maker of the add-on's role assignment for the certificate: managed (this stack) or external (another
    stack that has an Ingress with this certificate, or an administrator, by the output `grants`).
    """
