"""Settings that the rules of ``rules/secret_limits.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DB, pod, workload


def _synced(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "workloads": [pod(technique="secret-sync", secrets=list(secrets), **keys)],
        "operators": {"sync_controller": {}},
    }


def _copied(*secrets: dict[str, Any]) -> dict[str, Any]:
    return {
        "workloads": [pod(technique="akv2k8s", secrets=list(secrets))],
        "operators": {"akv2k8s": {}},
    }


CASES = [
    case(
        "kubernetes-secret-of-one-vault",
        {
            "operators": {"csi_driver": {}},
            "vaults": [{"name": "payments"}],
            "workloads": [
                workload(
                    technique="csi",
                    secrets=[
                        {
                            "name": "db-password",
                            "from": "existing",
                            "kubernetes_secret": {"name": "shop-login"},
                        },
                        {
                            "name": "card-key",
                            "from": "existing",
                            "vault": "payments",
                            "kubernetes_secret": {"name": "shop-login"},
                        },
                    ],
                )
            ],
        },
        "workloads[0].secrets[1].kubernetes_secret.name: 'shop-login' holds objects of another vault; choose another name, or technique eso or kubernetes-secret",
    ),
    case(
        "kubernetes-secret-of-one-object",
        _copied(
            {**DB, "kubernetes_secret": {"name": "shop-login"}},
            {"name": "user", "from": "existing", "kubernetes_secret": {"name": "shop-login"}},
        ),
        "workloads[0].secrets[1].kubernetes_secret.name: 'shop-login' holds another value, and technique akv2k8s writes one into each Kubernetes Secret; choose another kubernetes_secret.name, or technique csi, eso, secret-sync or kubernetes-secret",
    ),
    case(
        "kubernetes-secret-type-of-the-operator",
        _copied({**DB, "kubernetes_secret": {"type": "kubernetes.io/basic-auth", "key": "password"}}),
        "workloads[0].secrets[0].kubernetes_secret.type: technique akv2k8s cannot make a Secret of type 'kubernetes.io/basic-auth' of listed objects; choose Opaque, kubernetes.io/dockerconfigjson or kubernetes.io/ssh-auth, or technique csi, eso, secret-sync or kubernetes-secret",
    ),
    case(
        "secret-key-of-the-operator",
        _synced({**DB, "kubernetes_secret": {"key": "A_B"}}),
        "workloads[0].secrets[0].kubernetes_secret.key: 'A_B' is no key that the operator of technique secret-sync accepts; write letters, digits and hyphens, with single full stops and underscores from the third character on in kubernetes_secret.key, or choose technique csi, eso, akv2k8s or kubernetes-secret",
    ),
    case(
        "secret-key-of-the-operator",
        _synced({"name": "-db", "from": "existing"}),
        "workloads[0].secrets[0].name: '-db' is no key that the operator of technique secret-sync accepts; write letters, digits and hyphens, with single full stops and underscores from the third character on in kubernetes_secret.key, or choose technique csi, eso, akv2k8s or kubernetes-secret",
    ),
    case(
        "secret-metadata-of-the-operator",
        _synced(DB, annotations={"example.com/wiki": "https://wiki.example.com"}),
        'workloads[0].annotations["example.com/wiki"]: has a value that the operator of technique secret-sync does not accept on a Kubernetes Secret; choose at most 62 letters, digits, hyphens, underscores and full stops, the first and the last no sign, or technique csi, eso, akv2k8s or kubernetes-secret',
    ),
    case(
        "secret-metadata-of-the-operator",
        _synced({**DB, "kubernetes_secret": {"labels": {"a": "b"}}}),
        "workloads[0].secrets[0].kubernetes_secret.labels.a: is no key that the operator of technique secret-sync accepts on a Kubernetes Secret; remove it, or choose technique csi, eso, akv2k8s or kubernetes-secret (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.labels.a')",
    ),
    case(
        "secret-metadata-of-the-operator",
        {**_synced(DB), "labels": {"team": "t" * 63}},
        "labels.team: has a value that the operator of technique secret-sync does not accept on a Kubernetes Secret; choose at most 62 letters, digits, hyphens, underscores and full stops, the first and the last no sign, or technique csi, eso, akv2k8s or kubernetes-secret",
    ),
]
