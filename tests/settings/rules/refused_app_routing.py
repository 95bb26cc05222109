"""Settings that the rules of ``rules/app_routing.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.model.refused_app_routing import INGRESS, WITH_ADDON, served
from tests.settings.samples import DB, csi, pod

_AT = "workloads[0].service.ingress"
_SERVED: dict[str, Any] = {"port": 8080, "service": {"ingress": INGRESS}}
_FOUND: dict[str, Any] = {"regexp": "^app-", "kubernetes_secret": "keyvault-shop"}
_COMPOSED: dict[str, Any] = {
    "name": "url",
    "template": '{{ index . "db-password" }}',
    "kubernetes_secret": {"name": "keyvault-shop"},
}

CASES = [
    case(
        "ingress-has-its-controller",
        {**served(), "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5"}}},
        f"{_AT}: needs the application routing add-on, which serves it; turn it on (pulumi config set --path 'cluster.app_routing.enabled' true)",
    ),
    case(
        "ingress-certificate-is-synced",
        {**served(), "operators": {"csi_driver": {"install": "helm"}}},
        f"{_AT}.certificate: needs operators.csi_driver with install: addon, by which the add-on reads the vault; configure it (pulumi config set --path 'operators.csi_driver.install' addon)",
    ),
    case(
        "ingress-vault-uses-rbac",
        {
            **WITH_ADDON,
            "workloads": [csi(DB, **_SERVED, scope="vault")],
            "vault.authorization": "access-policy",
        },
        f"{_AT}.certificate: is in a vault with access policies, which ignores the role of the add-on's identity; move the vault to RBAC as docs/migrations.md describes, or name one with RBAC",
    ),
    case(
        "ingress-host-and-path-differ",
        {
            **WITH_ADDON,
            "workloads": [csi(DB, **_SERVED), {**csi(DB, **_SERVED), "name": "other"}],
        },
        "workloads[1].service.ingress.host: 'shop.example.com' with path '/' is also that of workload 'shop'; choose another host or path",
    ),
    case(
        "ingress-secret-is-the-addons",
        {
            **WITH_ADDON,
            "workloads": [
                csi({**DB, "env": "DB", "kubernetes_secret": {"name": "keyvault-shop"}}, **_SERVED)
            ],
        },
        "workloads[0].secrets[0].kubernetes_secret.name: 'keyvault-shop' is the name of what the application routing add-on makes for the Ingress of 'shop'; choose another name",
    ),
    case(
        "ingress-secret-is-the-addons",
        {
            **WITH_ADDON,
            "operators": {"csi_driver": {}, "external_secrets": {}},
            "workloads": [
                {
                    **pod(technique="eso", scope="vault", find=[_FOUND], secrets=[DB], compose=[_COMPOSED]),
                    **_SERVED,
                },
                {**pod(), "name": "keyvault-shop"},
            ],
        },
        "workloads[0].compose[0].kubernetes_secret.name: 'keyvault-shop' is the name of what the application routing add-on makes for the Ingress of 'shop'; choose another name",
        "workloads[0].find[0].kubernetes_secret: 'keyvault-shop' is the name of what the application routing add-on makes for the Ingress of 'shop'; choose another name",
        "workloads[1].name: 'keyvault-shop' is the name of what the application routing add-on makes for the Ingress of 'shop'; choose another name",
    ),
]
SCENES = {
    "workloads[].service.ingress": served(),
    "workloads[].service.ingress.vault": {**served(), "vaults": [{"name": "payments"}]},
}
