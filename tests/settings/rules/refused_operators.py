"""Settings that the rules of ``rules/operators.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, csi, pod, secret

CASES = [
    case(
        "technique-needs-operator",
        {"workloads": [csi(secret(from_="existing"))]},
        "workloads[0].technique: 'csi' needs operators.csi_driver, which is not set; set how it is installed (pulumi config set --path 'operators.csi_driver.install' addon)",
    ),
    case(
        "operator-has-a-namespace",
        {
            "operators": {
                "csi_driver": {"install": "helm", "namespace": "kube-system"},
                "reloader": {"namespace": "shop"},
            }
        },
        "operators.csi_driver.namespace: 'kube-system' is a namespace of Kubernetes or AKS; choose another namespace (pulumi config set --path 'operators.csi_driver.namespace' csi-driver)",
        "operators.reloader.namespace: 'shop' is a namespace of a workload; choose another namespace (pulumi config set --path 'operators.reloader.namespace' reloader)",
    ),
    case(
        "operator-has-a-namespace",
        {
            "operators": {
                "csi_driver": {"install": "helm", "namespace": "ops"},
                "reloader": {"namespace": "ops"},
            }
        },
        "operators.reloader.namespace: 'ops' is the namespace of another operator; choose another namespace (pulumi config set --path 'operators.reloader.namespace' reloader)",
    ),
    case(
        "technique-needs-operator",
        {"workloads": [pod(technique="eso", secrets=[DB]), pod(name="b", technique="dapr", secrets=[DB])]},
        "workloads[0].technique: 'eso' needs operators.external_secrets, which is not set; set how it is installed (pulumi config set --path 'operators.external_secrets.install' helm)",
        "workloads[1].technique: 'dapr' needs operators.dapr, which is not set; set how it is installed (pulumi config set --path 'operators.dapr.install' helm)",
    ),
    case(
        "operator-has-a-namespace",
        {"operators": {"external_secrets": {"namespace": "dapr-system"}, "dapr": {"namespace": "kube-dapr"}}},
        "operators.external_secrets.namespace: 'dapr-system' is a namespace of Kubernetes or AKS; choose another namespace (pulumi config set --path --plaintext 'operators.external_secrets.namespace' external-secrets)",
        "operators.dapr.namespace: 'kube-dapr' is a namespace of Kubernetes or AKS; choose another namespace (pulumi config set --path 'operators.dapr.namespace' dapr)",
    ),
    case(
        "operator-has-a-namespace",
        {"operators": {"external_secrets": {"namespace": "ops"}, "dapr": {"namespace": "ops"}}},
        "operators.dapr.namespace: 'ops' is the namespace of another operator; choose another namespace (pulumi config set --path 'operators.dapr.namespace' dapr)",
    ),
]
