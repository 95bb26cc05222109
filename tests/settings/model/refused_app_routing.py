"""Values of an Ingress that the settings refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DB, csi

INGRESS: dict[str, Any] = {"host": "shop.example.com", "certificate": "shop-tls"}
WITH_ADDON: dict[str, Any] = {
    "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}, "app_routing": {}},
    "operators": {"csi_driver": {}},
}


def served(**keys: Any) -> dict[str, Any]:
    """A workload with an Ingress, in a cluster with the add-on."""
    service = {"ingress": {**INGRESS, **keys}}
    return {**WITH_ADDON, "workloads": [csi(DB, port=8080, service=service)]}


CASES = [
    case(
        "ingress-host",
        served(host="*"),
        "workloads[0].service.ingress.host: '*' is not a host of an Ingress; use a DNS name with a full stop, or one whose first part is *; an IP address is none",
    ),
    case(
        "ingress-host",
        served(host="https://shop.example.com"),
        "workloads[0].service.ingress.host: 'https://shop.example.com' is not a host of an Ingress; use a DNS name with a full stop, or one whose first part is *; an IP address is none",
    ),
    case(
        "ingress-path",
        served(path="/api(/|$)(.*)"),
        "workloads[0].service.ingress.path: '/api(/|$)(.*)' is not a path of an Ingress; begin with a slash; no expression and no segment '', '.' or '..' is taken",
    ),
    case(
        "ingress-path",
        served(path="/a//b"),
        "workloads[0].service.ingress.path: '/a//b' is not a path of an Ingress; begin with a slash; no expression and no segment '', '.' or '..' is taken",
    ),
    case(
        "ingress-path",
        served(path="/a/../b"),
        "workloads[0].service.ingress.path: '/a/../b' is not a path of an Ingress; begin with a slash; no expression and no segment '', '.' or '..' is taken",
    ),
    case(
        "ingress-path",
        served(path="/a/."),
        "workloads[0].service.ingress.path: '/a/.' is not a path of an Ingress; begin with a slash; no expression and no segment '', '.' or '..' is taken",
    ),
    case(
        "ingress-host",
        served(host="10.20.0.4"),
        "workloads[0].service.ingress.host: '10.20.0.4' is not a host of an Ingress; use a DNS name with a full stop, or one whose first part is *; an IP address is none",
    ),
    case(
        "ingress-host",
        served(host="010.20.0.4"),
        "workloads[0].service.ingress.host: '010.20.0.4' is not a host of an Ingress; use a DNS name with a full stop, or one whose first part is *; an IP address is none",
    ),
]
