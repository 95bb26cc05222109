"""Settings that the rules of ``rules/metadata.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DB, DRIVER, ESO, csi, eso, pod, workload

_REPOSITORY = {"argocd.argoproj.io/secret-type": "repository"}


def _secret(**keys: Any) -> dict[str, Any]:
    return {**DB, "kubernetes_secret": {"name": "repo", **keys}}


SCENES = {
    "workloads[].secrets[].kubernetes_secret.labels": eso(_secret()),
    "workloads[].secrets[].kubernetes_secret.annotations": eso(_secret()),
    "workloads[].find[].labels": {
        "workloads": [pod(technique="eso", scope="vault", find=[{"regexp": "^a"}])],
        **ESO,
    },
    "workloads[].find[].annotations": {
        "workloads": [pod(technique="eso", scope="vault", find=[{"regexp": "^a"}])],
        **ESO,
    },
    "labels": {"workloads": [pod()]},
}
CASES = [
    case(
        "token-lifetime",
        {
            "workloads": [
                workload(
                    service_account_annotations={
                        "azure.workload.identity/service-account-token-expiration": "60"
                    }
                )
            ]
        },
        'workloads[0].service_account_annotations["azure.workload.identity/service-account-token-expiration"]: is not a lifetime of a token; choose 3600 to 86400 seconds (pulumi config set --path --type string \'workloads[0].service_account_annotations["azure.workload.identity/service-account-token-expiration"]\' 3600)',
    ),
    case(
        "metadata-is-reserved",
        {"workloads": [workload(service_account_annotations={"azure.workload.identity/client-id": "x"})]},
        'workloads[0].service_account_annotations["azure.workload.identity/client-id"]: is read by the workload identity webhook, and set by the program; remove it, or choose another key (pulumi config rm --path \'workloads[0].service_account_annotations["azure.workload.identity/client-id"]\')',
    ),
    case(
        "metadata-is-reserved",
        {"labels": {"app.kubernetes.io/name": "x"}},
        'labels["app.kubernetes.io/name"]: is in the selectors of the program; remove it, or choose another key (pulumi config rm --path \'labels["app.kubernetes.io/name"]\')',
    ),
    case(
        "metadata-is-reserved",
        {"labels": {"control-plane": "true"}},
        "labels.control-plane: exempts a namespace from every webhook, so that its pods get no identity; remove it, or choose another key (pulumi config rm --path 'labels.control-plane')",
    ),
    case(
        "metadata-is-reserved",
        {"namespaces": [{"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "privileged"}}]},
        'namespaces[0].labels["pod-security.kubernetes.io/enforce"]: is set by the program, from enforce of the namespace; remove it, or choose another key (pulumi config rm --path \'namespaces[0].labels["pod-security.kubernetes.io/enforce"]\')',
    ),
    case(
        "metadata-is-reserved",
        {"workloads": [pod(labels={"azure.workload.identity/use": "false"})]},
        'workloads[0].labels["azure.workload.identity/use"]: is read by the workload identity webhook, and set by the program; remove it, or choose another key (pulumi config rm --path \'workloads[0].labels["azure.workload.identity/use"]\')',
    ),
    case(
        "metadata-is-reserved",
        {"workloads": [pod(labels={"pod-template-hash": "1"}, annotations={"dapr.io/enabled": "false"})]},
        "workloads[0].labels.pod-template-hash: is set by Kubernetes; remove it, or choose another key (pulumi config rm --path 'workloads[0].labels.pod-template-hash')",
        'workloads[0].annotations["dapr.io/enabled"]: is set by technique dapr or its operator; remove it, or choose another key (pulumi config rm --path \'workloads[0].annotations["dapr.io/enabled"]\')',
    ),
    case(
        "metadata-is-reserved",
        {
            "workloads": [
                pod(
                    port=80,
                    service={
                        "annotations": {"service.beta.kubernetes.io/azure-load-balancer-internal": "false"}
                    },
                )
            ]
        },
        'workloads[0].service.annotations["service.beta.kubernetes.io/azure-load-balancer-internal"]: is set by the program; remove it, or choose another key (pulumi config rm --path \'workloads[0].service.annotations["service.beta.kubernetes.io/azure-load-balancer-internal"]\')',
    ),
    case(
        "metadata-is-reserved",
        {"workloads": [csi(_secret(labels={"secrets-store.csi.k8s.io/managed": "false"}))], **DRIVER},
        'workloads[0].secrets[0].kubernetes_secret.labels["secrets-store.csi.…"]: is set by technique csi or its operator; remove it, or choose another key',
    ),
    case(
        "metadata-is-reserved",
        eso(
            _secret(
                annotations={"reconcile.external-secrets.io/data-hash": "1", "pulumi.com/skipAwait": "true"}
            )
        ),
        'workloads[0].secrets[0].kubernetes_secret.annotations["reconcile.external-secrets.io/data-hash"]: is set by technique eso or its operator; remove it, or choose another key (pulumi config rm --path \'workloads[0].secrets[0].kubernetes_secret.annotations["reconcile.external-secrets.io/data-hash"]\')',
        'workloads[0].secrets[0].kubernetes_secret.annotations["pulumi.com/skipAwait"]: changes what Pulumi\'s Kubernetes provider does; remove it, or choose another key (pulumi config rm --path \'workloads[0].secrets[0].kubernetes_secret.annotations["pulumi.com/skipAwait"]\')',
    ),
    case(
        "metadata-keeps-reload",
        {
            "workloads": [
                pod(
                    technique="eso",
                    reload=True,
                    secrets=[_secret(annotations={"reloader.stakater.com/ignore": "true"})],
                )
            ],
            "operators": {"external_secrets": {}, "reloader": {}},
        },
        'workloads[0].secrets[0].kubernetes_secret.annotations["reloader.stakater.com/ignore"]: changes what reload: true does; remove one of them (pulumi config rm --path \'workloads[0].secrets[0].kubernetes_secret.annotations["reloader.stakater.com/ignore"]\')',
    ),
    case(
        "annotations-size",
        {"namespaces": [{"name": "shop", "annotations": {"a": "x" * 258049}}], "workloads": [pod()]},
        "namespaces[0].annotations: 258050 bytes of annotations on one object; Kubernetes allows 262144, of which the program's own may need 4096",
    ),
    case(
        "annotations-size",
        {"workloads": [pod(annotations={"a": "x" * 258049})]},
        "workloads[0].annotations: 258050 bytes of annotations on one object; Kubernetes allows 262144, of which the program's own may need 4096",
    ),
    case(
        "annotations-size",
        {
            "workloads": [
                pod(
                    annotations={"a": "x" * 200000},
                    technique="eso",
                    secrets=[_secret(annotations={"b": "x" * 60000})],
                )
            ],
            **ESO,
        },
        "workloads[0].secrets[0].kubernetes_secret.annotations: 260002 bytes of annotations on one object; Kubernetes allows 262144, of which the program's own may need 4096",
    ),
    case(
        "secret-metadata-is-one",
        eso(
            _secret(key="a", labels=_REPOSITORY),
            {
                "name": "url",
                "from": "existing",
                "kubernetes_secret": {
                    "name": "repo",
                    "labels": {"argocd.argoproj.io/secret-type": "cluster"},
                },
            },
        ),
        'workloads[0].secrets[1].kubernetes_secret.labels["argocd.argoproj.io/secret-type"]: another entry of the same Secret has another value; use the same value, or give the entry another Secret',
    ),
    case(
        "metadata-has-a-secret",
        {
            "workloads": [
                workload(
                    technique="eso",
                    secrets=[_secret(labels=_REPOSITORY)],
                    external_secrets={"creation_policy": "None"},
                )
            ],
            **ESO,
        },
        "workloads[0].secrets[0].kubernetes_secret.labels: has no effect: with external_secrets.creation_policy None there is no Kubernetes Secret; remove it, or choose another policy (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.labels')",
    ),
]
