"""Settings that the rules of ``rules/access_modes.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, GUID, PRINCIPAL, csi, pod, secret

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
        "workloads[0].access: 'user-assigned-vm' needs operators.csi_driver.install: addon, not helm; choose another mode: only the add-on assigns an identity to the nodes (pulumi config set --path 'workloads[0].access' workload-identity)",
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
    case(
        "access-of-the-technique",
        {
            "workloads": [
                pod(technique="eso", access="identity-binding", secrets=[secret(from_="existing")]),
                pod(
                    name="b", technique="dapr", access="identity-binding", secrets=[secret(from_="existing")]
                ),
                pod(
                    name="c",
                    technique="kubernetes-secret",
                    access="identity-binding",
                    secrets=[secret(from_="random")],
                ),
            ],
            "operators": {"external_secrets": {}, "dapr": {}},
        },
        "workloads[0].access: 'identity-binding' does not work with technique eso: External Secrets 2.9.0 sends the token to Entra, not to the token proxy of AKS; remove it, or choose sdk or csi (pulumi config rm --path 'workloads[0].access')",
        "workloads[1].access: 'identity-binding' does not work with technique dapr: the sidecar of Dapr 1.18.3 sends its token to Entra, not to the token proxy of AKS; remove it, or choose sdk or csi (pulumi config rm --path 'workloads[1].access')",
        "workloads[2].access: 'identity-binding' does not work with technique kubernetes-secret: the program writes the value, so nothing in the cluster reads the vault; remove it, or choose sdk or csi (pulumi config rm --path 'workloads[2].access')",
    ),
    case(
        "identity-binding-by-the-driver",
        {"workloads": [csi(secret(from_="existing"), access="identity-binding")], **DRIVER},
        "workloads[0].access: 'identity-binding' does not work with operators.csi_driver.install: addon: it needs provider 1.8.1, and AKS' node images of August 2026 bring 1.7.2; choose workload-identity, or install: helm; existing is for an add-on that is newer (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "identity-binding-by-the-driver",
        {
            "workloads": [csi(secret(from_="existing"), access="identity-binding")],
            "operators": {"csi_driver": {"install": "helm", "version": "1.7.2"}},
        },
        "operators.csi_driver.version: '1.7.2' is too old for access: identity-binding of workload 'shop'; choose 1.8.1 or newer (pulumi config set --path 'operators.csi_driver.version' 1.8.2)",
    ),
    case(
        "former-access",
        {
            "workloads": [
                pod(former_access="workload-identity"),
                pod(name="b", access="identity-binding", former_access="pod-identity"),
                csi(
                    secret(from_="existing"),
                    name="c",
                    access="pod-identity",
                    former_access="identity-binding",
                ),
                pod(
                    name="d",
                    technique="eso",
                    former_access="identity-binding",
                    secrets=[secret(from_="existing")],
                ),
            ],
            "operators": {"csi_driver": {"install": "existing"}, "external_secrets": {}},
        },
        "workloads[0].former_access: 'workload-identity' does not work beside access: workload-identity; remove it, or choose identity-binding (pulumi config rm --path 'workloads[0].former_access')",
        "workloads[1].former_access: 'pod-identity' does not work beside access: identity-binding; remove it, or choose workload-identity (pulumi config rm --path 'workloads[1].former_access')",
        "workloads[2].former_access: 'identity-binding' does not work beside access: pod-identity; remove it (pulumi config rm --path 'workloads[2].former_access')",
        "workloads[3].former_access: 'identity-binding' does not work with technique eso: External Secrets 2.9.0 sends the token to Entra, not to the token proxy of AKS; remove it (pulumi config rm --path 'workloads[3].former_access')",
    ),
    case(
        "access-of-the-technique",
        {"workloads": [pod(access="user-assigned-vm")]},
        "workloads[0].access: technique sdk does not support it: the application asks the vault; remove it, or choose csi (pulumi config rm --path 'workloads[0].access')",
    ),
]
