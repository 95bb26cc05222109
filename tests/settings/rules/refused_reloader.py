"""Settings that the rules of ``rules/reloader.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, csi, secret, workload

CASES = [
    case(
        "reload-can-work",
        {"workloads": [csi(secret(from_="existing"), reload=True)], **DRIVER},
        "workloads[0].reload: needs operators.reloader, which is not set; add it (pulumi config set --path 'operators.reloader.namespace' reloader)",
    ),
    case(
        "reload-can-work",
        {
            "workloads": [csi(secret(from_="existing"), kind="Job", reload=True)],
            "operators": {"csi_driver": {"rotation": False}, "reloader": {}},
        },
        "workloads[0].reload: has no effect: Reloader does not replace a Job; remove it, or choose Deployment, StatefulSet or DaemonSet (pulumi config rm --path 'workloads[0].reload')",
        "workloads[0].reload: has no effect with operators.csi_driver.rotation false: mounted values never change; set rotation: true, or reload: false",
    ),
    case(
        "reload-can-work",
        {
            "workloads": [{**workload(technique="csi", secrets=[secret(from_="existing")]), "reload": True}],
            "operators": {"csi_driver": {}, "reloader": {}},
        },
        "workloads[0].reload: has no effect with kind: none: annotate the owner of the pods where it is deployed; remove it, or choose Deployment, StatefulSet or DaemonSet (pulumi config rm --path 'workloads[0].reload')",
    ),
    case(
        "reloader-chart-knows-namespaces",
        {"operators": {"reloader": {"version": "2.2.14"}}},
        "operators.reloader.version: 2.2.14 ignores the namespaces to watch; choose 2.2.16 or newer (pulumi config set --path 'operators.reloader.version' 2.2.16)",
    ),
    case(
        "key-of-an-existing-reloader",
        {"operators": {"reloader": {"existing": True, "namespace": "reloader"}}},
        "operators.reloader.namespace: has no effect: the program does not install an existing Reloader; remove it (pulumi config rm --path 'operators.reloader.namespace')",
    ),
    case(
        "reloader-namespace-is-there",
        {"operators": {"reloader": {"namespaces": ["shop", "shopp"]}}, "workloads": [workload()]},
        "operators.reloader.namespaces[1]: 'shopp' is not a namespace of this stack; choose shop, or list it in namespaces (pulumi config set --path 'operators.reloader.namespaces[1]' shop)",
    ),
]
