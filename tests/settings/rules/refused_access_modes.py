"""Settings that the rules of ``rules/access_modes.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, GUID, PRINCIPAL, csi, secret

CASES = [
    case(
        "service-principal-is-one",
        {
            "workloads": [
                csi(secret(from_="existing"), access="service-principal", service_principal=PRINCIPAL),
                csi(
                    secret(from_="existing"),
                    name="b",
                    access="service-principal",
                    service_principal={**PRINCIPAL, "client_id": GUID.replace("a", "b")},
                ),
            ],
            **DRIVER,
            "secret-values:sp": "canary",
        },
        "workloads[1].service_principal.client_id: another workload has aaaaaaaa-0000-0000-0000-000000000000 for the same object id; correct one of them",
        secret=("secret-values:sp",),
    ),
    case(
        "access-mode",
        {"workloads": [csi(secret(from_="existing"), access="system-assigned-vm")], **DRIVER},
        "workloads[0].access: AKS node pools have no system-assigned identity; choose workload-identity, or user-assigned-vm for the add-on's identity (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "access-mode",
        {"workloads": [csi(secret(from_="existing"), access="service-principal")], **DRIVER},
        "workloads[0].service_principal: missing for access: service-principal; set client_id, object_id and config_key",
    ),
    case(
        "access-mode",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    access="user-assigned-vm",
                    identity="readers",
                    service_principal=PRINCIPAL,
                )
            ],
            "identities": [{"name": "readers"}],
            **DRIVER,
        },
        "workloads[0].service_principal: has no effect with access: user-assigned-vm; remove it (pulumi config rm --path 'workloads[0].service_principal')",
        "workloads[0].identity: 'readers' has no effect with access: user-assigned-vm: another identity reads the vault; remove it",
        "workloads[0].service_principal.config_key: access: service-principal, but secret-values has no key of this name; correct the name, or set that key with `pulumi config set --secret`",
        secret=("secret-values:sp",),
    ),
    case(
        "access-by-the-addon",
        {
            "workloads": [csi(secret(from_="existing"), access="user-assigned-vm")],
            "operators": {"csi_driver": {"install": "helm"}},
        },
        "workloads[0].access: 'user-assigned-vm' needs operators.csi_driver.install: addon (it is helm); the charts assign no identity to the nodes (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "shared-identity-has-one-access",
        {
            "workloads": [
                csi(secret(from_="existing"), identity="readers"),
                csi(secret(from_="existing"), name="b", identity="readers", access="pod-identity"),
            ],
            "identities": [{"name": "readers"}],
            **DRIVER,
        },
        "workloads[1].access: 'pod-identity' differs from another workload of identity 'readers', which has workload-identity; use the same, or set another identity (pulumi config set --path 'workloads[1].access' workload-identity)",
    ),
]
