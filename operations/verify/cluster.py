"""Live contents of a cluster: objects, pods of workloads, and Secrets without their values."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from operations.kubernetes_access import KubernetesApi, KubernetesError, namespaced
from operations.verify.memory import Memory
from operations.verify.results import moment
from trust.nodes.fields import known, listed, mapping
from trust.nodes.pods import PodOwner
from trust.workloads import Workload

Manifest = Mapping[str, Any]
_TOKEN_SECONDS: Final = 600
"""The shortest life that the API server gives a token.
https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
"""
OWNERS: Final[Mapping[str, tuple[str, str]]] = {
    "Deployment": ("apps/v1", "deployments"),
    "StatefulSet": ("apps/v1", "statefulsets"),
    "DaemonSet": ("apps/v1", "daemonsets"),
    "ReplicaSet": ("apps/v1", "replicasets"),
    "Job": ("batch/v1", "jobs"),
    "CronJob": ("batch/v1", "cronjobs"),
    "Pod": ("v1", "pods"),
    "ReplicationController": ("v1", "replicationcontrollers"),
}
"""Kind → group and plural."""


@dataclass(frozen=True)
class SecretFacts:
    """A Kubernetes Secret without its values."""

    name: str
    keys: frozenset[str]
    changed: datetime | None
    """When a value was last written."""


class LiveCluster:
    """The objects of a cluster, each list asked for once per round."""

    def __init__(self, api: KubernetesApi, memory: Memory, name: str) -> None:
        self.api, self._memory, self._name = api, memory, name

    def items(self, group: str, plural: str, namespace: str) -> Sequence[Manifest]:
        """The objects of a kind in a namespace. Raises KubernetesError."""
        path = namespaced(group, namespace, plural)

        def ask() -> Sequence[Manifest]:
            try:
                return list(self.api.items(path))
            except KubernetesError as error:
                if error.status != 404:
                    raise
                text = f"the cluster has no {plural}: the operator that brings them is not installed"
                raise KubernetesError(text, status=404, reason=error.reason) from error

        return self._memory.once((self._name, path), ask)

    def find(self, group: str, plural: str, namespace: str, name: str) -> Manifest | None:
        """The object of this name. None: it is not there. Raises KubernetesError if the kind is not."""
        return next((item for item in self.items(group, plural, namespace) if name_of(item) == name), None)

    def get(self, group: str, plural: str, namespace: str, name: str) -> Manifest | None:
        """As ``find``, with the right to get one object and not to list."""
        path = namespaced(group, namespace, plural, name)

        def ask() -> Manifest | None:
            try:
                return self.api.get(path)
            except KubernetesError as error:
                if error.status == 404:
                    return None
                raise

        return self._memory.once((self._name, path), ask)

    def secret(self, namespace: str, name: str) -> SecretFacts | None:
        """A Secret, reduced at once to what is no secret. None: it is not there."""
        path = namespaced("v1", namespace, "secrets", name)

        def ask() -> SecretFacts | None:
            try:
                return _facts(self.api.get(path))
            except KubernetesError as error:
                if error.status == 404:
                    return None
                raise

        return self._memory.once((self._name, "facts", path), ask)

    def value(self, namespace: str, name: str, key: str) -> bytes:
        """A value of a Secret, for the line that asks: it is not kept. Raises KubernetesError."""
        data = mapping(self.api.get(namespaced("v1", namespace, "secrets", name)).get("data"))
        return _decoded(data.get(key))

    def holds(self, namespace: str, name: str, value: bytes) -> bool:
        """Whether a Secret has the value under some key. Raises KubernetesError."""
        data = mapping(self.api.get(namespaced("v1", namespace, "secrets", name)).get("data"))
        return any(hmac.compare_digest(_decoded(each), value) for each in data.values())

    def pods_of(self, workload: Workload) -> list[Manifest]:
        """The pods of a workload that are not on their way out."""
        pods = self.items("v1", "pods", known(workload.namespace))
        if workload.pods:
            mine = [pod for pod in pods if any(_is_pod_of(pod, owner) for owner in workload.pods)]
        else:
            account = known(workload.service_account_name)
            mine = [
                pod
                for pod in pods
                if mapping(pod.get("spec")).get("serviceAccountName", "default") == account
            ]
        return [pod for pod in mine if not metadata(pod).get("deletionTimestamp")]

    def owner(self, owner: PodOwner) -> Manifest | None:
        """The owner of pods as it is now."""
        group, plural = OWNERS[owner.kind]
        return self.get(group, plural, known(owner.namespace), known(owner.name))

    def warnings_of(self, namespace: str, names: set[str]) -> list[Manifest]:
        """The warnings about objects of these names, the newest first."""
        about = [
            event
            for event in self.items("v1", "events", namespace)
            if mapping(event.get("involvedObject")).get("name") in names and event.get("type") == "Warning"
        ]
        return sorted(about, key=_time_of, reverse=True)

    def account_token(self, namespace: str, account: str, audience: str) -> str:
        """A short-lived token of a ServiceAccount, as the kubelet and the operators request it."""
        path = f"{namespaced('v1', namespace, 'serviceaccounts', account)}/token"
        body = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": [audience], "expirationSeconds": _TOKEN_SECONDS},
        }
        token = mapping(self.api.post(path, body).get("status")).get("token")
        if not token:
            raise KubernetesError(f"POST {path}: the answer has no token", reason="BadAnswer")
        return str(token)

    def account_may(self, namespace: str, account: str, verb: str, group: str, resource: str) -> bool:
        """Whether RBAC lets a ServiceAccount do something in the whole cluster. Raises KubernetesError.

        https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/subject-access-review-v1/
        """
        groups = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"]
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": f"system:serviceaccount:{namespace}:{account}",
                "groups": groups,
                "resourceAttributes": {"verb": verb, "group": group, "resource": resource},
            },
        }
        answer = self.api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
        return mapping(answer.get("status")).get("allowed") is True


def metadata(manifest: Manifest) -> Mapping[str, Any]:
    return mapping(manifest.get("metadata"))


def name_of(manifest: Manifest) -> str:
    return str(metadata(manifest).get("name", ""))


def condition(manifest: Manifest, kind: str) -> Mapping[str, Any]:
    """A condition of the status; empty if it has none of this type."""
    conditions = map(mapping, listed(mapping(manifest.get("status")).get("conditions")))
    return next((entry for entry in conditions if entry.get("type") == kind), {})


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(str(value or ""), validate=True)
    except binascii.Error:
        return b""


def _facts(manifest: Manifest) -> SecretFacts:
    return SecretFacts(
        name_of(manifest), frozenset(map(str, mapping(manifest.get("data")))), _data_changed(manifest)
    )


def _data_changed(manifest: Manifest) -> datetime | None:
    """https://kubernetes.io/docs/reference/using-api/server-side-apply/#manager: the time of an entry is that
    of the last change of a value that it owns.
    """
    times = [
        moment(entry.get("time"))
        for entry in map(mapping, listed(metadata(manifest).get("managedFields")))
        if {"f:data", "f:stringData"} & set(mapping(entry.get("fieldsV1")))
    ]
    known_times = [time for time in times if time]
    return max(known_times) if known_times else moment(metadata(manifest).get("creationTimestamp"))


def _is_pod_of(pod: Manifest, owner: PodOwner) -> bool:
    name, labels = known(owner.name), mapping(metadata(pod).get("labels"))
    owners = [mapping(entry) for entry in listed(metadata(pod).get("ownerReferences"))]
    match owner.kind:
        case "Pod":
            return name_of(pod) == name
        case "Job":
            return name in (labels.get("job-name"), labels.get("batch.kubernetes.io/job-name"))
        case "CronJob":  # its Jobs are called after it: <name>-<minutes since 1970>
            jobs = [str(entry.get("name")) for entry in owners if entry.get("kind") == "Job"]
            return any(job.rpartition("-")[0] == name for job in jobs)
        case _:
            return bool(owner.selector) and owner.selector.items() <= labels.items()


def _time_of(event: Manifest) -> str:
    times = (event.get("lastTimestamp"), event.get("eventTime"), metadata(event).get("creationTimestamp"))
    return next((str(time) for time in times if time), "")
