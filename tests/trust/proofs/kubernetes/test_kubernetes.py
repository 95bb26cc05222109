"""Objects of Kubernetes that are changed in one place: what comes first, and its words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trust.proofs.changing import POD, Changed, ids, isolated, without
from trust.proofs import Verdict

_APP, _COPIED = "Deployment::app-deployment", "Deployment::copied-deployment"
_EXTERNAL = "ExternalSecret::copied/copied-external.db-password"
_TARGET = ("spec", "target")
_ENV = (*POD, "containers", 0, "env")
_ANNOTATIONS = ("metadata", "annotations")
_LIFETIME = "azure.workload.identity/service-account-token-expiration"


def _and(entry: Any) -> Any:
    return lambda old: [*(old or []), entry]


def _variable(name: str, value: str) -> Any:
    return _and({"name": name, "value": value})


WEBHOOK = [
    *(
        Changed(
            "core/v1:Namespace::namespace-shop",
            ("metadata", "labels", label),
            value,
            "webhook-sees-namespace",
            f"app: its namespace 'shop' has the label {label}: {value}, so the webhook does not see its pods",
            "app",
        )
        for label, value in (("control-plane", "true"), ("kubernetes.azure.com/managedby", "aks"))
    ),
    *(
        Changed(
            _APP,
            _ENV,
            _variable(name, "/tmp/other"),
            "variables-of-the-webhook",
            f"app: container 'app' of Deployment 'app' sets {name} to '/tmp/other', and the webhook would",
            "app",
        )
        for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE")
    ),
    Changed(
        "ServiceAccount::app-service-account",
        (*_ANNOTATIONS, _LIFETIME),
        "60",
        "token-lifetime",
        f"app: annotation {_LIFETIME} is '60', which is not from 3600 to 86400",
        "app",
    ),
]
SELECTORS = [
    Changed(
        "Service::app-service",
        ("spec", "selector"),
        {"app.kubernetes.io/name": "nobody"},
        "service-selects-its-pods",
        "app: Service 'app' selects app.kubernetes.io/name=nobody, and so none of its pods",
        "app",
        frozenset({"isolated-pods-are-reached-by-their-service"}),
        graph=isolated,
    ),
    Changed(
        "Service::app-service",
        ("spec", "ports", 0, "targetPort"),
        9999,
        "service-selects-its-pods",
        "leads to port 9999, which no container of its pods has",
        "app",
        frozenset({"isolated-pods-are-reached-by-their-service"}),
        graph=isolated,
    ),
    Changed(
        _APP,
        ("spec", "selector", "matchLabels"),
        {"app": "nobody"},
        "owner-selects-its-pods",
        "Deployment 'app' does not select the pods of its own template",
        "app",
    ),
    Changed(
        "NetworkPolicy::namespace-shop-default-deny",
        ("metadata", "name"),
        "open",
        "isolated-namespace-denies",
        "NetworkPolicy 'open' of namespace 'shop' allows every pod all ingress and egress",
        "",
        more=((("spec", "ingress"), [{}]), (("spec", "egress"), [{}])),
        added=True,
        graph=isolated,
    ),
]
COPIES = [
    Changed(
        _EXTERNAL,
        (*_TARGET, "creationPolicy"),
        "Merge",
        "eso-target",
        "adds keys to Secret 'copied-external.db-password', which nothing makes, and pods read it",
        "copied",
    ),
    Changed(
        _EXTERNAL,
        (*_TARGET, "immutable"),
        True,
        "eso-target",
        "makes Secret 'copied-external.db-password' immutable, so no new value gets into it",
        "copied",
    ),
    Changed(
        _EXTERNAL,
        (*_TARGET, "deletionPolicy"),
        "Delete",
        "eso-keeps-the-secret",
        "deletes Secret 'copied-external.db-password', for which pods wait, when its object is gone",
        "copied",
    ),
    Changed(
        _EXTERNAL,
        (*_TARGET, "deletionPolicy"),
        "Merge",
        "eso-keeps-the-secret",
        "empties Secret 'copied-external.db-password'",
        "copied",
    ),
    Changed(
        _EXTERNAL,
        ("spec", "data", 0, "remoteRef", "property"),
        "password",
        "eso-value-has-the-property",
        "reads property 'password' of 'db-password', which the stack makes at random",
        "copied",
    ),
    *(
        Changed(
            _EXTERNAL,
            ("spec", key),
            value,
            "eso-refresh",
            says,
            "copied",
            follows,
        )
        for key, value, says, follows in (
            ("refreshInterval", "0s", "is never refreshed (refreshInterval 0s)", frozenset[str]()),
            ("refreshPolicy", "CreatedOnce", "at another time", frozenset({"reload-can-happen"})),
        )
    ),
    Changed(
        "SecretStore::copied-secret-store",
        ("spec", "controller"),
        "other",
        "eso-store-is-served",
        "is for controller 'other', and the operator's is 'default'",
        "copied",
    ),
    Changed(
        "Release::external-secrets-release",
        ("values", "scopedNamespace"),
        "other",
        "eso-store-is-served",
        "is in namespace 'shop', and the operator serves 'other' alone",
        "copied",
    ),
    Changed(
        "Deployment::files-deployment",
        (*POD, "containers", 0, "envFrom"),
        [{"secretRef": {"name": "copied-external.api-key"}}],
        "secret-of-another-workload",
        "Deployment 'files' reads Secret 'copied-external.api-key', which is made for workload 'copied'",
        "files",
    ),
    Changed(
        _COPIED,
        (*_ENV, 0, "valueFrom", "secretKeyRef", "optional"),
        True,
        "secret-is-awaited",
        "Deployment 'copied' also starts without Secret 'copied-external.",
        "copied",
    ),
    Changed(
        "Deployment::plain-deployment",
        (*_ENV, 0, "valueFrom", "secretKeyRef", "name"),
        "elsewhere",
        "secret-key-is-made",
        "Deployment 'plain' reads Secret 'elsewhere', which nothing makes, and nothing reads 'plain-secrets'",
        "plain",
    ),
    Changed(
        "SecretProviderClass::files-secret-provider-class",
        ("spec", "parameters", "objects"),
        lambda old: old.replace('objectAlias: "api/key"', 'objectAlias: "db-password"'),
        "class-lists-objects",
        "SecretProviderClass 'files' mounts several objects as file 'db-password', of which one remains",
        "files",
    ),
]


@pytest.mark.parametrize("case", [*WEBHOOK, *SELECTORS, *COPIES], ids=ids)
def test_the_cause_comes_first(case: Changed) -> None:
    case.check()


@pytest.mark.parametrize(
    ("urn", "proof", "says"),
    [
        (
            "Component::cart-component",
            "dapr-store-is-there",
            "Deployment 'cart' asks secret store 'cart-key-vault', which namespace 'shop' does not have",
        ),
        (
            "SecretProviderClass::nightly-secret-provider-class",
            "class-is-mounted",
            "CronJob 'nightly' mounts SecretProviderClass 'nightly', which nothing makes",
        ),
        (
            "SecretProviderClass::files-secret-provider-class",
            "class-is-mounted",
            "Deployment 'files' mounts SecretProviderClass 'files', which nothing makes",
        ),
        (_EXTERNAL, "secret-key-is-made", "reads Secret 'copied-external.db-password', which nothing makes"),
    ],
)
def test_what_is_missing_comes_first(urn: str, proof: str, says: str) -> None:
    first, *others = without(urn)
    assert first.proof.name == proof, _texts([first, *others])
    assert says in first.findings[0].text
    assert all(verdict.is_consequence for verdict in others), _texts(others)


def test_an_operator_that_the_stack_installs_has_to_be_there() -> None:
    addon = ("addonProfiles", "azureKeyvaultSecretsProvider", "enabled")
    off = Changed(
        "ManagedCluster::cluster-cluster",
        addon,
        False,
        "operator-is-there",
        "needs csi_driver, which the stack neither installs nor lists",
        "files",
    )
    off.check()
    missing = without("Release::external-secrets-release")
    assert missing[0].proof.name == "operator-is-there", _texts(missing)
    assert "needs external_secrets" in missing[0].findings[0].text


def _texts(verdicts: list[Verdict]) -> list[str]:
    return [f"{verdict.proof.name}: {judged.text}" for verdict in verdicts for judged in verdict.findings]


def test_what_the_webhook_would_set_anyway_may_stand_there() -> None:
    path = "/var/run/secrets/azure/tokens/azure-identity-token"
    same = Changed(_APP, _ENV, _variable("AZURE_FEDERATED_TOKEN_FILE", path), "", "", "")
    assert same.verdicts() == []
    sidecar = Changed(
        "Deployment::cart-deployment", _ENV, _variable("AZURE_CLIENT_ID", "another"), "", "", ""
    )
    assert sidecar.verdicts() == [], "Dapr's sidecar signs in, and not the application"
