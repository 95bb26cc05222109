"""Technique dapr: the sidecar answers for each name, as it would answer the application."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from operations.checks import Check, Finding
from operations.failures import symptom_of_response
from operations.kubernetes_access import KubernetesError
from operations.verify import sidecar
from operations.verify.cluster import LiveCluster, Manifest, name_of
from operations.verify.observed import Observed
from operations.verify.pods import is_ready, restart
from operations.verify.sign_in import mend
from operations.verify.subjects import Subject
from trust.nodes.delivery import DaprComponent
from trust.nodes.fields import known, listed, mapping
from trust.requests import Delivery, Request
from trust.techniques.dapr import stores_of

NAME: Final = "dapr"
EVIDENCE: Final = (("dapr.io/v1alpha1", "components"),)
_PORT: Final = 3500
_GROUP: Final = "dapr.io/v1alpha1"
_SIDECAR: Final = "daprd"


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """The Components, then each name through the sidecar of a pod."""
    for component in _components(subject):
        name = known(component.name)
        yield Check(subject.name, f"component {name}", partial(_component, observed, subject, name))
        vault = known(subject.chain.vault_name(component.vault, component.node)).lower()
        for request in delivery.requests:
            if known(request.name) not in ("", "*") and known(request.vault).lower() == vault:
                run = partial(_answer, observed, subject, name, request)
                yield Check(subject.name, f"sidecar: {known(request.name)}", run)


def _components(subject: Subject) -> list[DaprComponent]:
    return [item for item in stores_of(subject.chain, subject.workload) if item.vault != ""]


def _component(observed: Observed, subject: Subject, name: str) -> Iterator[Finding]:
    about = subject.about(f"component {name}", store=name)
    if observed.kubernetes(subject.cluster_id).get(_GROUP, "components", subject.namespace, name):
        yield about.fine(f"Component {subject.namespace}/{name} is there")
    else:
        yield about.wrong(f"Component {subject.namespace}/{name} does not exist", mend(subject.stack))


def _answer(observed: Observed, subject: Subject, store: str, request: Request) -> Iterator[Finding]:
    """The secrets API for one name. Of the answer only its status and its keys are kept.

    https://docs.dapr.io/reference/api/secrets_api/
    """
    name = known(request.name)
    about = subject.about(f"sidecar: {name}", store=store, secret=name, vault=known(request.vault))
    cluster = observed.kubernetes(subject.cluster_id)
    pods = [pod for pod in cluster.pods_of(subject.workload) if is_ready(pod)]
    if not pods:
        return  # the finding about the pods says why
    pod = pods[0]
    if _SIDECAR not in _containers(pod):
        text = f"pod {name_of(pod)} has no sidecar: the injector did not act on it"
        yield about.wrong(text, restart(subject, pod))
        return
    path = f"/v1.0/secrets/{quote(store, safe='')}/{quote(name, safe='')}"
    try:
        headers = _api_token(cluster, subject.namespace, pod)
    except KubernetesError as error:
        yield about.refused(
            error, f"get secrets in namespace {subject.namespace}, for the sidecar's API token"
        )
        return
    try:
        status, body = sidecar.get(cluster.api, subject.namespace, name_of(pod), _PORT, path, headers)
    except KubernetesError as error:
        yield about.refused(error, f"get and create pods/portforward in namespace {subject.namespace}")
        return
    if status == 200 and name in _keys(body):
        yield about.fine(f"the sidecar of pod {name_of(pod)} answers {name}")
    elif status == 200:
        yield about.wrong(f"the sidecar of pod {name_of(pod)} answers without {name}", mend(subject.stack))
    else:
        symptom = symptom_of_response(status, body.decode("utf-8", errors="replace"), "operator")
        text = f"the sidecar of pod {name_of(pod)} answers {status} {symptom.code}".rstrip()
        hint = f"kubectl logs {name_of(pod)} --container {_SIDECAR} --namespace {subject.namespace}"
        finding = about.wrong(text, symptom=symptom)
        yield finding if finding.next_step else about.wrong(text, hint)


def _api_token(cluster: LiveCluster, namespace: str, pod: Manifest) -> dict[str, str]:
    """The header of a sidecar that asks for an API token; the token is sent, and goes nowhere else.

    The injector writes the variable: https://docs.dapr.io/operations/security/api-token/. Raises
    KubernetesError.
    """
    for container in _all_containers(pod):
        for variable in map(mapping, listed(container.get("env"))):
            reference = mapping(mapping(variable.get("valueFrom")).get("secretKeyRef"))
            if (container.get("name"), variable.get("name")) == (_SIDECAR, "DAPR_API_TOKEN") and reference:
                secret, key = str(reference.get("name")), str(reference.get("key"))
                return {"dapr-api-token": cluster.value(namespace, secret, key).decode("utf-8", "replace")}
    return {}


def _keys(body: bytes) -> set[str]:
    """The names in an answer; its values go no further."""
    try:
        return set(map(str, mapping(json.loads(body))))
    except ValueError:
        return set()


def _containers(pod: Manifest) -> set[str]:
    return {str(container.get("name")) for container in _all_containers(pod)}


def _all_containers(pod: Manifest) -> list[Mapping[str, Any]]:
    """Containers, also those that run beside them as init containers (native sidecars)."""
    spec = mapping(pod.get("spec"))
    return [mapping(item) for part in ("containers", "initContainers") for item in listed(spec.get(part))]
