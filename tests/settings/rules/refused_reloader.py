"""Settings that the rules of ``rules/reloader.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, csi, secret, workload

CASES = [
    case(
        "reload-can-work",
        {"workloads": [csi(secret(from_="existing"), reload=True)], **DRIVER},
        "workloads[0].reload: true, and operators.reloader is not there to act on it; add it (pulumi config set --path 'operators.reloader.namespace' reloader)",
    ),
    case(
        "reload-can-work",
        {
            "workloads": [csi(secret(from_="existing"), kind="Job", reload=True)],
            "operators": {"csi_driver": {"rotation": False}, "reloader": {}},
        },
        "workloads[0].reload: true, and Reloader does not replace a Job; take it out; it goes with Deployment, StatefulSet, DaemonSet (pulumi config rm --path 'workloads[0].reload')",
        "workloads[0].reload: true, and operators.csi_driver.rotation is off: no pod sees a new value; switch one of them (pulumi config set --path 'workloads[0].reload' false)",
    ),
    case(
        "reload-can-work",
        {
            "workloads": [{**workload(technique="csi", secrets=[secret(from_="existing")]), "reload": True}],
            "operators": {"csi_driver": {}, "reloader": {}},
        },
        "workloads[0].reload: true, and the pods are somebody else's: who deploys them annotates their owner; take it out; it goes with Deployment, StatefulSet, DaemonSet (pulumi config rm --path 'workloads[0].reload')",
    ),
    case(
        "reloader-chart-knows-namespaces",
        {"operators": {"reloader": {"version": "2.2.14"}}},
        "operators.reloader.version: 2.2.14 does not know which namespaces to watch; choose 2.2.16 or newer (pulumi config set --path 'operators.reloader.version' 2.2.16)",
    ),
    case(
        "key-of-an-existing-reloader",
        {"operators": {"reloader": {"existing": True, "namespace": "reloader"}}},
        "operators.reloader.namespace: the program does not install a Reloader that is existing; take it out (pulumi config rm --path 'operators.reloader.namespace')",
    ),
]
