"""Settings that the rules of ``rules/overrides.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import (
    CARD_KEY,
    DB,
    DRIVER,
    ON_THE_DRIVER,
    VAULTS,
    container,
    csi,
    pod,
    secret,
    template,
)

CASES = [
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides=container(
                        volumeMounts=[{"name": "x", "mountPath": "/var/run/secrets/azure/tokens"}]
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts[0]: the workload identity webhook mounts the token at /var/run/secrets/azure; choose another path",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {
                            "initContainers": [
                                {"name": "init", "env": [{"name": "AZURE_CLIENT_ID", "value": "canary"}]}
                            ]
                        }
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.initContainers[0].env[0]: AZURE_CLIENT_ID is set by technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=container(volumeMounts=None))]},
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts: null would remove what the technique adds; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].volumeMounts')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="StatefulSet",
                    overrides={
                        "spec": {
                            "selector": None,
                            "volumeClaimTemplates": [{"metadata": {"name": "azure-identity-token"}}],
                        }
                    },
                )
            ]
        },
        "workloads[0].overrides.spec.selector: null would remove what the program writes there; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
        "workloads[0].overrides.spec.volumeClaimTemplates[0]: 'azure-identity-token' is the volume of technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(overrides=template({"volumes": [{"name": "azure-identity-token", "emptyDir": {}}]}))
            ]
        },
        "workloads[0].overrides.spec.template.spec.volumes[0]: 'azure-identity-token' is the volume of technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=container(env=[{"name": "AZURE_TENANT_ID", "value": "canary"}]))]},
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: AZURE_TENANT_ID is set by technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=container(env=None))]},
        "workloads[0].overrides.spec.template.spec.containers[0].env: null would remove what the technique adds; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].env')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing", env="DB"),
                    overrides=container(env=[{"name": "DB", "value": "canary"}]),
                )
            ],
            **DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: DB is set by technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    overrides=container(volumeMounts=[{"name": "x", "mountPath": "/mnt/secrets-store/"}]),
                )
            ],
            **DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts[0]: technique csi mounts its files at /mnt/secrets-store; choose another path",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    overrides=template({"volumes": [{"name": "secrets-store", "emptyDir": {}}]}),
                )
            ],
            **DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.volumes[0]: 'secrets-store' is the volume of technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    DB,
                    CARD_KEY,
                    overrides=template({"volumes": [{"name": "secrets-store-payments", "emptyDir": {}}]}),
                )
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.volumes[0]: 'secrets-store-payments' is the volume of technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    DB,
                    CARD_KEY,
                    kind="StatefulSet",
                    overrides={
                        "spec": {"volumeClaimTemplates": [{"metadata": {"name": "secrets-store-payments"}}]}
                    },
                )
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].overrides.spec.volumeClaimTemplates[0]: 'secrets-store-payments' is the volume of technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    DB,
                    CARD_KEY,
                    overrides=container(
                        volumeMounts=[{"name": "own", "mountPath": "/mnt/secrets-store-payments"}]
                    ),
                ),
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts[0]: technique csi mounts its files at /mnt/secrets-store-payments; choose another path",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    secrets=[DB, CARD_KEY],
                    overrides=container(env=[{"name": "KEYVAULT_URL_PAYMENTS", "value": "x"}]),
                )
            ],
            **VAULTS,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: KEYVAULT_URL_PAYMENTS is set by technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    technique="eso",
                    secrets=[DB],
                    compose=[
                        {"name": "url", "template": 'postgres://{{ index . "db-password" }}', "env": "URL"}
                    ],
                    overrides=container(env=[{"name": "URL", "value": "x"}]),
                )
            ],
            "operators": {"external_secrets": {}},
        },
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: URL is set by technique eso; choose another name",
    ),
]
