"""Settings that the rules of ``rules/operators.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, csi, pod, secret, techniques

_COPIED = pod(technique="akv2k8s", secrets=[DB])
_READS_AS_THE_WORKLOAD = techniques(lambda spec: not spec.operator_reads)

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
    case(
        "operator-identity-is-known",
        {"operators": {"akv2k8s": {"install": "existing"}}, "workloads": [_COPIED]},
        "operators.akv2k8s.identity: missing: the operator is installed already, and the program does not know as whom it reads; list its identity in identities, with existing, and set its name here",
    ),
    case(
        "operator-identity-is-known",
        {
            "operators": {"akv2k8s": {"install": "existing", "identity": "controller"}},
            "identities": [{"name": "controller"}],
            "workloads": [_COPIED],
        },
        "operators.akv2k8s.identity: 'controller' is an identity that the program makes, but the operator is installed already, and reads as another one; name that one by the key existing",
    ),
    case(
        "operator-identity-is-its-own",
        {
            "operators": {"akv2k8s": {"identity": "readers"}},
            "identities": [{"name": "readers"}],
            "workloads": [pod(name="b", identity="readers")],
        },
        "workloads[0].identity: 'readers' is the identity of operators.akv2k8s, which reads for all of its workloads, and this one could read the same; remove it, or list another identity (pulumi config rm --path 'workloads[0].identity')",
    ),
    case(
        "operator-reads",
        {
            "operators": {"akv2k8s": {}},
            "identities": [{"name": "readers"}],
            "workloads": [{**_COPIED, "identity": "readers"}],
        },
        "workloads[0].identity: 'readers' has no effect: with technique akv2k8s operators.akv2k8s reads the vault as itself; remove it, or choose technique "
        + _READS_AS_THE_WORKLOAD,
    ),
    case(
        "operator-reads",
        {
            "operators": {"akv2k8s": {}},
            "workloads": [{**_COPIED, "secrets": [{**DB, "rights": ["get", "set"]}]}],
        },
        "workloads[0].secrets[0].rights: more than reading needs an identity of the workload, but with technique akv2k8s operators.akv2k8s reads the vault as itself; remove it, or choose technique "
        + _READS_AS_THE_WORKLOAD
        + " (pulumi config rm --path 'workloads[0].secrets[0].rights')",
    ),
]
