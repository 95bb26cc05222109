"""Admission: ServiceAccounts of pods, Pod Security, and secrets in messages."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.apiserver.admission import security
from rehearsal.simulators.kubernetes.apiserver.pod_security.admission import Policy, Standard
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.wire import Secret, decode
from tests.support.acting import Azure, Kubernetes
from tests.support.manifests import DEPLOYMENT, POD, RESTRICTED, TOKENS, container, labelled, owner, pod

NAMESPACE = "core/v1:Namespace"
NO_ACCOUNT = 'error looking up service account demo/reader: serviceaccount "reader" not found'
SAFE: dict[str, Any] = {"containers": [container(securityContext=RESTRICTED)]}
PRIVILEGED: dict[str, Any] = {"containers": [container(securityContext={"privileged": True})]}
IS_PRIVILEGED = (
    'violates PodSecurity "baseline:latest": privileged (container "app" must not set '
    "securityContext.privileged=true)"
)
BARE = (
    'allowPrivilegeEscalation != false (container "app" must set '
    "securityContext.allowPrivilegeEscalation=false), "
    'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), '
    'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), '
    'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to '
    '"RuntimeDefault" or "Localhost")'
)


def test_a_pod_needs_its_service_account(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    desired = pod(namespace="demo", serviceAccountName="reader")
    with pytest.raises(ProviderError) as refused:
        kubernetes.create(POD, desired)
    assert str(refused.value).endswith(f'by the Kubernetes API server: pods "app" is forbidden: {NO_ACCOUNT}')
    kubernetes.service_account("reader")
    kubernetes.create(POD, desired)


def test_a_pod_that_names_no_account_has_the_default_one(azure: Azure, kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(POD, pod(namespace="demo"))
    (objects,) = azure.world.kubernetes.values()
    del objects["core/ServiceAccount/demo/default"]
    with pytest.raises(
        ProviderError,
        match='error looking up service account demo/default: serviceaccount "default" not found',
    ):
        kubernetes.create(POD, pod("other", "demo"))


def test_enforce_refuses_pods(kubernetes: Kubernetes) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="restricted"))
    with pytest.raises(ProviderError) as refused:
        kubernetes.create(POD, pod(namespace="demo"))
    assert str(refused.value).endswith(
        f'pods "app" is forbidden: violates PodSecurity "restricted:latest": {BARE}'
    )
    kubernetes.create(POD, pod(namespace="demo", **SAFE))


def test_enforce_of_baseline_lets_the_usual_pass(kubernetes: Kubernetes) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="baseline"))
    kubernetes.create(POD, pod(namespace="demo"))
    with pytest.raises(ProviderError) as refused:
        kubernetes.create(POD, pod("other", "demo", **PRIVILEGED))
    assert str(refused.value).endswith(f'pods "other" is forbidden: {IS_PRIVILEGED}')


def test_a_namespace_without_labels_asks_nothing(kubernetes: Kubernetes) -> None:
    kubernetes.namespace()
    kubernetes.create(POD, pod(namespace="demo", hostNetwork=True, **PRIVILEGED))


@pytest.mark.parametrize("kind", sorted(TOKENS))
def test_warn_warns_of_pods_and_of_their_owners(kind: str) -> None:
    desired = pod(namespace="demo") if kind == "Pod" else owner(kind)
    strict, kind_ = labelled(warn="restricted"), security(desired, 37, lambda *_: None)
    assert (kind_.refusal, kind_.warning) == ("", "")
    result = security(desired, 37, lambda *_: strict)
    assert (result.refusal, result.warning) == ("", f'would violate PodSecurity "restricted:latest": {BARE}')


def test_a_warning_refuses_nothing(kubernetes: Kubernetes) -> None:
    kubernetes.create(NAMESPACE, labelled(warn="restricted", enforce="baseline"))
    kubernetes.create(POD, pod(namespace="demo"))
    kubernetes.create(DEPLOYMENT, owner("Deployment"))


def test_warn_follows_enforce_unless_it_says_otherwise() -> None:
    assert Policy.of(labelled(enforce="baseline", enforce_version="v1.30")).warn == Standard("baseline", 30)
    assert Policy.of(labelled(enforce="baseline", warn_version="v1.31")).warn == Standard("baseline", 31)
    assert Policy.of(labelled(enforce="baseline", warn="privileged")).warn == Standard()
    assert Policy.of(None) == Policy(Standard(), Standard())


def test_an_unreadable_level_enforces_the_strictest() -> None:
    assert Policy.of(labelled(enforce="strict", warn="strict")) == Policy(
        Standard("restricted"), Standard("privileged")
    )


def test_a_policy_may_be_of_an_older_version(kubernetes: Kubernetes) -> None:
    probe = {"tcpSocket": {"port": 80, "host": "10.0.0.1"}}
    desired = pod(namespace="demo", containers=[container(livenessProbe=probe)])
    made = kubernetes.create(NAMESPACE, labelled(enforce="baseline", enforce_version="v1.33"))
    kubernetes.create(POD, desired)
    kubernetes.update(NAMESPACE, made, labelled(enforce="baseline", enforce_version="v1.34"))
    with pytest.raises(ProviderError) as refused:
        kubernetes.create(POD, {**desired, "metadata": {"name": "other", "namespace": "demo"}})
    assert str(refused.value).endswith(
        'pods "other" is forbidden: violates PodSecurity "baseline:v1.34": probe or lifecycle host '
        '(container "app" uses probe or lifecycle host "10.0.0.1")'
    )


@pytest.mark.parametrize(
    ("label", "value", "problem"),
    [
        ("enforce", "strict", "must be one of privileged, baseline, restricted"),
        ("audit", "Baseline", "must be one of privileged, baseline, restricted"),
        ("warn-version", "1.30", 'must be "latest" or "v1.x"'),
    ],
)
def test_a_namespace_with_an_unknown_level_is_refused(
    kubernetes: Kubernetes, label: str, value: str, problem: str
) -> None:
    with pytest.raises(ProviderError) as refused:
        kubernetes.create(NAMESPACE, labelled(**{label.replace("-", "_"): value}))
    text = (
        f'Namespace "demo" is invalid: metadata.labels[pod-security.kubernetes.io/{label}]: Invalid value: '
        f'"{value}": {problem}'
    )
    assert str(refused.value).endswith(text)
    made = kubernetes.create(
        NAMESPACE, labelled(enforce="baseline", enforce_version="latest", warn_version="v1.30")
    )
    with pytest.raises(InitFailedError, match="Invalid value"):
        kubernetes.update(NAMESPACE, made, labelled(**{label.replace("-", "_"): value}))


def test_a_secret_value_is_in_no_message(kubernetes: Kubernetes) -> None:
    kubernetes.create(NAMESPACE, labelled(enforce="restricted"))
    context = {
        "capabilities": {"add": [Secret("CANARY")]},
        "procMount": Secret("Unmasked"),
        "seLinuxOptions": {"type": Secret("canary")},
    }
    containers = [container(securityContext=context)]
    pods = {"containers": containers, "serviceAccountName": Secret("canary"), "hostUsers": False}
    wrong = {**pods, "containers": [container(securityContext={"procMount": Secret("canary")})]}
    with pytest.raises(ProviderError, match=r'procMount: Unsupported value: "\[secret\]"') as refused:
        kubernetes.create(DEPLOYMENT, owner("Deployment", pods=wrong))
    assert "canary" not in str(refused.value)
    with pytest.raises(
        InitFailedError, match=r"error looking up service account demo/\[secret\]: "
    ) as failed:
        kubernetes.create(DEPLOYMENT, owner("Deployment", pods=pods))
    assert "canary" not in str(failed.value)
    kubernetes.service_account("canary")
    with pytest.raises(InitFailedError, match=r'procMount \(.* to "\[secret\]"\)') as failed:
        kubernetes.create(DEPLOYMENT, owner("Deployment", "other", pods=pods))
    assert "canary" not in str(failed.value).lower()


def test_the_engine_is_told_what_is_there() -> None:
    error = InitFailedError("demo/app", "it failed", ["because"], {"kind": "Deployment"}, {"kind": "given"})
    status, failed = status_pb2.Status(), provider_pb2.ErrorResourceInitFailed()
    status.ParseFromString(error.details())
    assert status.details[0].Unpack(failed)
    assert (failed.id, list(failed.reasons), decode(failed.properties), decode(failed.inputs)) == (
        "demo/app",
        ["it failed", "because"],
        {"kind": "Deployment"},
        {"kind": "given"},
    )
