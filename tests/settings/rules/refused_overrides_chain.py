"""Settings that the rules of ``rules/overrides.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import csi, pod, secret, template

CASES = [
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides={
                        "spec": {
                            "template": {
                                "metadata": {
                                    "annotations": {"azure.workload.identity/skip-containers": "shop"}
                                }
                            }
                        }
                    }
                )
            ]
        },
        'workloads[0].overrides.spec.template.metadata.annotations["azure.workload.identity/skip-containers"]: changes what the workload identity webhook does; remove it: the trust chain depends on it (pulumi config rm --path \'workloads[0].overrides.spec.template.metadata.annotations["azure.workload.identity/skip-containers"]\')',
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"spec": {"template": {"metadata": {"annotations": None}}}})]},
        "workloads[0].overrides.spec.template.metadata.annotations: null would remove what the program writes there; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.template.metadata.annotations')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=template({"serviceAccount": "other"}))]},
        "workloads[0].overrides.spec.template.spec.serviceAccount: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.serviceAccount')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"metadata": {"namespace": "other"}})]},
        "workloads[0].overrides.metadata.namespace: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.metadata.namespace')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(kind="DaemonSet", overrides={"spec": {"selector": {"matchLabels": {"a": "b"}}}})]},
        "workloads[0].overrides.spec.selector: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="Job",
                    overrides={"spec": {"manualSelector": True, "selector": {"matchLabels": {"a": "b"}}}},
                )
            ]
        },
        "workloads[0].overrides.spec.selector: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
        "workloads[0].overrides.spec.manualSelector: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.manualSelector')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="CronJob",
                    schedule="@daily",
                    overrides={"spec": {"jobTemplate": {"spec": {"manualSelector": True}}}},
                )
            ]
        },
        "workloads[0].overrides.spec.jobTemplate.spec.manualSelector: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.jobTemplate.spec.manualSelector')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"metadata": {"name": "other"}, "kind": "Job"})]},
        "workloads[0].overrides.kind: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.kind')",
        "workloads[0].overrides.metadata.name: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.metadata.name')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"spec": {"selector": {"matchLabels": {"app": "shop"}}}})]},
        "workloads[0].overrides.spec.selector: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.selector')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    overrides={
                        "spec": {"template": {"metadata": {"labels": {"app.kubernetes.io/name": "x"}}}}
                    }
                )
            ]
        },
        'workloads[0].overrides.spec.template.metadata.labels["app.kubernetes.io/name"]: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path \'workloads[0].overrides.spec.template.metadata.labels["app.kubernetes.io/name"]\')',
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(kind="Pod", overrides={"metadata": {"labels": {"azure.workload.identity/use": "false"}}})
            ]
        },
        'workloads[0].overrides.metadata.labels["azure.workload.identity/use"]: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path \'workloads[0].overrides.metadata.labels["azure.workload.identity/use"]\')',
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    kind="CronJob",
                    schedule="@daily",
                    overrides={
                        "spec": {"jobTemplate": {"spec": {"template": {"spec": {"serviceAccountName": "x"}}}}}
                    },
                )
            ]
        },
        "workloads[0].overrides.spec.jobTemplate.spec.template.spec.serviceAccountName: is written by the program; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.jobTemplate.spec.template.spec.serviceAccountName')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides={"spec": {"template": None}})]},
        "workloads[0].overrides.spec.template: null would remove what the program writes there; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.template')",
    ),
    case(
        "override-of-the-chain",
        {"workloads": [pod(overrides=template({"containers": None, "volumes": None}))]},
        "workloads[0].overrides.spec.template.spec.containers: null would remove what the program writes there; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers')",
        "workloads[0].overrides.spec.template.spec.volumes: null would remove what the program writes there; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.volumes')",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    secret(from_="existing"),
                    reload=True,
                    overrides={"metadata": {"annotations": {"secret.reloader.stakater.com/reload": "x"}}},
                )
            ],
            "operators": {"csi_driver": {}, "reloader": {}},
        },
        'workloads[0].overrides.metadata.annotations["secret.reloader.stakater.com/reload"]: changes what reload: true does; remove one of them (pulumi config rm --path \'workloads[0].overrides.metadata.annotations["secret.reloader.stakater.com/reload"]\')',
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(secret(from_="existing"), reload=True, overrides={"metadata": {"annotations": None}})
            ],
            "operators": {"csi_driver": {}, "reloader": {}},
        },
        "workloads[0].overrides.metadata.annotations: null would remove what the program writes there; remove it: the trust chain depends on it (pulumi config rm --path 'workloads[0].overrides.metadata.annotations')",
    ),
]
