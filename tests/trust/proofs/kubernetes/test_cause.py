"""Resources that are changed in one place, as no settings change them: what comes first, and its words."""

from __future__ import annotations

import pytest

from tests.trust.proofs.changing import POD, Changed, ids, with_entry

BEARER = "https://user:s3cr3tpass@example.com/health"


SKIP = "azure.workload.identity/skip-containers"
ANNOTATIONS = ("spec", "template", "metadata", "annotations")
CASES = [
    Changed(
        "Deployment::app-deployment",
        (*ANNOTATIONS, SKIP),
        "app",
        "pod-token-label",
        f"app: the webhook skips container app of its pods (Deployment 'app') because of annotation {SKIP}",
        "app",
    ),
    Changed(
        "Deployment::cart-deployment",
        (*ANNOTATIONS, SKIP),
        "other; daprd",
        "pod-token-label",
        "cart: the webhook skips container daprd",
        "cart",
    ),
    *(
        Changed(
            f"ServiceAccount::{name}-service-account",
            ("metadata", "annotations", "azure.workload.identity/client-id"),
            None,
            "account-identity",
            f"ServiceAccount 'shop/{name}' has no annotation azure.workload.identity/client-id",
            name,
            frozenset(follows),
        )
        for name, follows in (("app", ()), ("cart", ("dapr-store-identity", "role-covers-requests")))
    ),
    Changed(
        "Deployment::app-deployment",
        (*POD, "containers", 0, "readinessProbe"),
        {"httpGet": {"path": "/", "httpHeaders": [{"name": "Referer", "value": BEARER}]}},
        "no-secret-in-env",
        "readinessProbe.httpGet.httpHeaders[0].value of container 'app' of Deployment 'app' holds a URL",
        "app",
    ),
    Changed(
        "CronJob::nightly-cronjob",
        ("spec", "jobTemplate", *POD, "volumes", 0, "csi", "volumeAttributes", "note"),
        BEARER,
        "no-secret-in-env",
        "volumes[0].csi.volumeAttributes.note of CronJob 'nightly' holds a URL with a password",
        "nightly",
    ),
    Changed(
        "SecretStore::copied-secret-store",
        ("spec", "provider", "azurekv", "environmentType"),
        "ChinaCloud",
        "vault-cloud",
        "SecretStore 'copied' is for cloud 'ChinaCloud', and its vault is at https://kv-test-",
        "copied",
    ),
    Changed(
        "SecretProviderClass::files-secret-provider-class",
        ("spec", "parameters", "objects"),
        lambda old: old.replace("array:", "arrays:"),
        "class-lists-objects",
        "SecretProviderClass 'files' lists no objects that the driver can read",
        "files",
        frozenset({"synced-file-is-mounted", "role-is-needed"}),
    ),
    Changed(
        "SecretProviderClass::files-secret-provider-class",
        ("spec", "parameters", "objects"),
        lambda old: old.replace('"db-password"', '"db-pasword"'),
        "vault-object-is-there",
        "SecretProviderClass 'files' names secret 'db-pasword'",
        "files",
        frozenset({"synced-file-is-mounted", "role-covers-requests", "role-is-needed"}),
    ),
    Changed(
        "SecretProviderClass::files-secret-provider-class",
        ("spec", "secretObjects", 0, "type"),
        "kubernetes.io/tls",
        "secret-has-the-keys-of-its-type",
        "Secret 'files-synced.db-password' has type kubernetes.io/tls, and no key tls.crt, tls.key",
        "files",
    ),
    Changed(
        "ExternalSecret::copied/copied-external.api-key",
        ("spec", "target", "template"),
        with_entry(type="kubernetes.io/dockerconfigjson"),
        "secret-has-the-keys-of-its-type",
        "has type kubernetes.io/dockerconfigjson, and no key .dockerconfigjson",
        "copied",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_cause_comes_first_and_names_the_workload(case: Changed) -> None:
    case.check()
    texts = [judged.text for verdict in case.verdicts() for judged in verdict.findings]
    assert "s3cr3tpass" not in " ".join(texts)


def test_the_line_of_an_operator_is_none_of_a_workload() -> None:
    """`workloads[name=copied].operators.external_secrets` is no path of the settings."""
    case = Changed(
        "RoleBinding::copied-token-role-binding",
        ("subjects", 0, "namespace"),
        "elsewhere",
        "eso-token-right",
        "is bound to no ServiceAccount of the operator",
        "copied",
    )
    fixes = [judged.finding.fix for judged in case.verdicts()[0].findings]
    assert "operators.external_secrets.namespace: where the operator runs" in fixes


def test_a_sidecar_alone_may_be_skipped_and_pods_may_name_their_client_id() -> None:
    """No false alarm: another container gets the token, or the pods need nothing of the webhook."""
    sidecar = Changed("Deployment::app-deployment", (*ANNOTATIONS, SKIP), "proxy", "", "", "")
    assert sidecar.verdicts() == []
    tls = Changed(
        "ExternalSecret::copied/copied-external.api-key",
        ("spec", "target", "template", "type"),
        "Opaque",
        "",
        "",
        "",
    )
    assert tls.verdicts() == []
    public = ("spec", "provider", "azurekv", "environmentType")
    assert Changed("SecretStore::copied-secret-store", public, "PublicCloud", "", "", "").verdicts() == []
