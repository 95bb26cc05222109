"""Settings that the rules of ``rules/workloads.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DAPR, DB, pod, workload

_ADD_ON = {"namespace": "kube-system", "service_account": "keda-operator", "existing_service_account": True}
_FLUX = {"namespace": "flux-system", "service_account": "flux", "existing_service_account": True}
_FOREIGN = {"existing_service_account": True, "annotate_service_account": False}
_AKV2K8S = {"operators": {"akv2k8s": {}}}


def _copied(name: str, **keys: Any) -> dict[str, Any]:
    """A workload whose operator reads as itself."""
    return workload(name=name, technique="akv2k8s", secrets=[DB], **keys)


CASES = [
    case(
        "system-namespace",
        {"workloads": [workload(namespace="default")]},
        "workloads[0].namespace: 'default' is a namespace of Kubernetes or AKS; choose a namespace of the workload's own, or set existing_service_account for a ServiceAccount that is there (pulumi config set --path 'workloads[0].namespace' shop)",
    ),
    case(
        "system-namespace",
        {"workloads": [workload(namespace="kube-system")]},
        "workloads[0].namespace: 'kube-system' is a namespace of Kubernetes or AKS; choose a namespace of the workload's own, or set existing_service_account for a ServiceAccount that is there (pulumi config set --path 'workloads[0].namespace' shop)",
    ),
    case(
        "system-namespace",
        {"workloads": [pod(namespace="flux-system")]},
        "workloads[0].namespace: 'flux-system' is a namespace of Kubernetes or AKS; choose a namespace of the workload's own (pulumi config set --path 'workloads[0].namespace' shop)",
    ),
    case(
        "system-namespace",
        {"workloads": [pod(**_ADD_ON)]},
        "workloads[0].kind: Deployment, and 'kube-system' is a namespace of Kubernetes or AKS, in which an add-on deploys its own pods; choose none for an add-on",
    ),
    case(
        "system-namespace",
        {"workloads": [workload(**{**_ADD_ON, "technique": "dapr", "secrets": [DB]})], **DAPR},
        "workloads[0].technique: dapr, and pods of 'kube-system' get no sidecar; choose sdk for an add-on (pulumi config set --path 'workloads[0].technique' sdk)",
    ),
    case(
        "system-namespace",
        {"workloads": [workload(**{**_ADD_ON, "service_account": "default"})]},
        "workloads[0].service_account: 'default' is the ServiceAccount of every pod of 'kube-system' that names none; name that of the add-on",
    ),
    case(
        "annotations-have-an-owner",
        {"workloads": [workload(annotate_service_account=False)]},
        "workloads[0].annotate_service_account: false, and the program makes the ServiceAccount, with its annotations; remove it, or set existing_service_account: true (pulumi config rm --path 'workloads[0].annotate_service_account')",
    ),
    case(
        "annotations-have-an-owner",
        {"workloads": [workload(**_FOREIGN, service_account_annotations={"team": "shop"})]},
        "workloads[0].service_account_annotations: has no effect with annotate_service_account: false; annotate the ServiceAccount where it is made (pulumi config rm --path 'workloads[0].service_account_annotations')",
    ),
    case(
        "workload-names-differ",
        {"workloads": [workload(), workload(namespace="other")]},
        "workloads[1].name: 'shop' is the name of another workload; choose another name",
    ),
    case(
        "service-accounts-differ",
        {"workloads": [workload(), workload(name="shop2", service_account="shop")]},
        "workloads[1].service_account: another workload of namespace 'shop' has the ServiceAccount 'shop'; choose another name for one of them (pulumi config set --path 'workloads[1].service_account' shop2-app)",
    ),
    case(
        "service-accounts-differ",
        {"workloads": [workload(**_FLUX), workload(name="flux2", **_FLUX)]},
        "workloads[1].service_account: another workload of namespace 'flux-system' has the ServiceAccount 'flux', which names one identity; list the secrets of both in one of them",
    ),
    case(
        "service-accounts-differ",
        {
            "workloads": [
                workload(**_FLUX, identity="readers"),
                workload(name="flux2", **{**_FLUX, **_FOREIGN}, identity="readers"),
            ],
            "identities": [{"name": "readers"}],
        },
        "workloads[1].service_account: another workload of namespace 'flux-system' has the ServiceAccount 'flux' and the same identity; list the secrets of both in one of them",
    ),
    # The pods of akv2k8s need no identity, so their workloads may share an account that exists.
    case(
        "service-accounts-differ",
        {"workloads": [_copied("shop"), _copied("shop2", service_account="shop")], **_AKV2K8S},
        "workloads[1].service_account: another workload of namespace 'shop' has the ServiceAccount 'shop'; choose another name for one of them (pulumi config set --path 'workloads[1].service_account' shop2-app)",
    ),
    case(
        "service-accounts-differ",
        {
            "workloads": [
                _copied("flux", namespace="shop"),
                _copied("flux2", **{**_FLUX, "namespace": "shop"}),
            ],
            "namespaces": [{"name": "shop", "existing": True}],
            **_AKV2K8S,
        },
        "workloads[1].service_account: another workload of namespace 'shop' has the ServiceAccount 'flux', which does not exist yet; list the secrets of both in one of them",
    ),
    case(
        "service-accounts-differ",
        {
            "workloads": [
                _copied(name, **_FLUX, service_account_annotations={"team": name}) for name in ("a", "b")
            ],
            **_AKV2K8S,
        },
        "workloads[1].service_account_annotations: another workload of namespace 'flux-system' has the ServiceAccount 'flux' and another value of 'team'; use one value",
    ),
    case(
        "existing-account-has-an-older-namespace",
        {"workloads": [pod(existing_service_account=True)]},
        "workloads[0].existing_service_account: true, but the program makes namespace 'shop', which has no ServiceAccount 'shop' yet; remove it, or list the namespace as existing in namespaces (pulumi config rm --path 'workloads[0].existing_service_account')",
    ),
    case(
        "environment-variable-name",
        {"workloads": [pod(env={"1ST": "canary"})]},
        'workloads[0].env["…"]: is not a valid name of an environment variable; use letters, digits, underscores, hyphens and full stops, no digit first',
    ),
    case(
        "owner-name-length",
        {"workloads": [pod(name="a" * 53, kind="StatefulSet")]},
        "workloads[0].name: has 53 characters; a StatefulSet allows 52, because Kubernetes appends a suffix",
    ),
    case(
        "service-name",
        {"workloads": [pod(name="7up", port=80, service={})]},
        "workloads[0].name: '7up' does not begin with a letter; a Service needs that (pulumi config set --path 'workloads[0].name' app-7up)",
    ),
    case(
        "service-account-default",
        {"workloads": [workload(service_account="default")]},
        "workloads[0].service_account: 'default' is the ServiceAccount of every pod of the namespace that names none; choose one of the workload's own (pulumi config set --path 'workloads[0].service_account' shop-app)",
    ),
    case(
        "security-fits-namespace",
        {
            "workloads": [pod(security="baseline", security_reason="root")],
            "namespaces": [{"name": "shop", "enforce": "restricted"}],
        },
        "workloads[0].security: 'baseline' is not allowed in namespace 'shop', which enforces restricted; choose another namespace, or set enforce: baseline",
    ),
]
