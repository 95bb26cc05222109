"""Delivery app-routing: the add-on has made a class of an Ingress' certificate, mounts it and syncs a Secret.

https://learn.microsoft.com/azure/aks/app-routing-dns-ssl. Class, Deployment and Secret are called
``keyvault-<Ingress>``: Azure/aks-app-routing-operator, pkg/controller/keyvault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from operations.checks import Check, Finding
from operations.failures import Symptom
from operations.verify.cluster import LiveCluster, Manifest, metadata, name_of
from operations.verify.observed import Observed
from operations.verify.pods import is_ready
from operations.verify.results import age, moment, written
from operations.verify.secrets import current_version, keys_of, stale
from operations.verify.sign_in import mend
from operations.verify.subjects import Subject
from operations.verify.techniques.csi import has_other, mounts_of, poll_seconds
from trust.nodes.delivery import class_objects
from trust.nodes.fields import known, mapping
from trust.nodes.kubernetes import KubernetesObject
from trust.requests import Delivery, Request
from trust.techniques.app_routing import CERTIFICATE, NAME, ingresses

__all__ = ["NAME", "checks"]

_GROUP: Final = "secrets-store.csi.x-k8s.io/v1"
_KEYS: Final = ("tls.crt", "tls.key")
_STARTS: Final = timedelta(minutes=10)


def checks(observed: Observed, subject: Subject, delivery: Delivery) -> Iterator[Check]:
    """Each Ingress, then what the add-on makes of it."""
    chain = subject.chain
    own = [node for node in ingresses(chain) if chain.workload_of(node) is subject.workload]
    for node, request in zip(own, delivery.requests, strict=True):
        routed = _Routed(observed, subject, KubernetesObject.of(node), request)
        yield Check(subject.name, f"ingress {routed.ingress}", routed.named)
        yield Check(subject.name, f"class {routed.made}", routed.made_class)
        yield Check(subject.name, f"mount of {routed.made}", routed.mounted)
        yield Check(subject.name, f"versions in {routed.made}", routed.versions)
        hint = f"kubectl describe secretproviderclass {routed.made} --namespace {subject.namespace}"
        run = partial(keys_of, observed, subject, routed.made, _KEYS, hint)
        yield Check(subject.name, f"secret {routed.made}", run)
        yield Check(subject.name, f"age of {routed.made}", routed.secret_age)


@dataclass(frozen=True)
class _Routed:
    """An Ingress with a certificate, and what is called after it."""

    observed: Observed
    subject: Subject
    item: KubernetesObject
    request: Request

    @property
    def ingress(self) -> str:
        return known(self.item.name)

    @property
    def made(self) -> str:
        """Name of the class, its Deployment and the Secret."""
        return f"keyvault-{self.ingress}"

    @property
    def _cluster(self) -> LiveCluster:
        return self.observed.kubernetes(self.subject.cluster_id)

    def _live_class(self) -> Manifest | None:
        return self._cluster.get(_GROUP, "secretproviderclasses", self.subject.namespace, self.made)

    def named(self) -> Iterator[Finding]:
        """The Ingress names the certificate of the stack."""
        about = self.subject.about(f"ingress {self.ingress}")
        live = self._cluster.get("networking.k8s.io/v1", "ingresses", self.subject.namespace, self.ingress)
        if live is None:
            text = f"Ingress {self.subject.namespace}/{self.ingress} does not exist"
            yield about.wrong(text, mend(self.subject.stack))
            return
        uri = known(self.item.annotations.get(CERTIFICATE, ""))
        live_uri = mapping(metadata(live).get("annotations")).get(CERTIFICATE)
        if live_uri != uri:
            text = f"it names certificate {live_uri or 'none'}, and the stack has {uri}"
            yield about.wrong(text, mend(self.subject.stack))
        else:
            yield about.fine(f"it names certificate {known(self.request.name)}")

    def made_class(self) -> Iterator[Finding]:
        """The add-on's class, with vault, object and identity."""
        about = self.subject.about(f"class {self.made}", class_name=self.made)
        properties = mapping(self.observed.cluster(self.subject.cluster_id).get("properties"))
        routing = mapping(mapping(properties.get("ingressProfile")).get("webAppRouting"))
        if routing.get("enabled") is not True:
            text = "the application routing add-on is off in the cluster, so nothing serves the Ingress"
            yield about.wrong(text, mend(self.subject.stack))
            return
        live = self._live_class()
        if live is None:
            yield self._not_made()
            return
        parameters = mapping(mapping(live.get("spec")).get("parameters"))
        names = {str(entry.get("objectName")).lower() for entry in class_objects(parameters.get("objects"))}
        vault, name = known(self.request.vault).lower(), known(self.request.name).lower()
        client_id = str(mapping(routing.get("identity")).get("clientId") or "").lower()
        reader = str(parameters.get("userAssignedIdentityID") or "").lower()
        step = f"kubectl delete secretproviderclass {self.made} --namespace {self.subject.namespace}"
        if str(parameters.get("keyvaultName")).lower() != vault or name not in names:
            text = f"it reads {', '.join(sorted(names)) or 'nothing'} of {parameters.get('keyvaultName')}"
            yield about.wrong(f"{text}, and the Ingress names {name} of {vault}", step)
        elif client_id and reader != client_id:
            text = f"it reads as {reader or 'no identity'}, and the add-on's identity is {client_id}"
            yield about.wrong(text, step)
        else:
            yield about.fine(f"it reads {name} of {vault} as the add-on's identity")

    def _not_made(self) -> Finding:
        about = self.subject.about(f"class {self.made}")
        namespace = self.subject.namespace
        live = self._cluster.get("networking.k8s.io/v1", "ingresses", namespace, self.ingress)
        created = moment(metadata(live).get("creationTimestamp")) if live else None
        events = self._cluster.warnings_of(namespace, {self.ingress})
        why = f": {_short(events[0])}" if events else ""
        return about.wrong(
            f"the add-on has not made SecretProviderClass {namespace}/{self.made}{why}",
            f"kubectl describe ingress {self.ingress} --namespace {namespace}",
            state="waiting" if created and age(created) < _STARTS and not events else "wrong",
        )

    def mounted(self) -> Iterator[Finding]:
        """The add-on's pod has the class mounted; else its events say why."""
        if self._live_class() is None:
            return  # the finding about the class says so
        about = self.subject.about(f"mount of {self.made}", class_name=self.made)
        namespace, cluster = self.subject.namespace, self._cluster
        pods = [
            pod
            for pod in cluster.items("v1", "pods", namespace)
            if mapping(metadata(pod).get("labels")).get("app") == self.made
        ]
        mounted = {mount.pod for mount in mounts_of(self.observed, self.subject, self.made)}
        if any(is_ready(pod) and name_of(pod) in mounted for pod in pods):
            yield about.fine("the add-on's pod mounts it")
            return
        events = cluster.warnings_of(namespace, {self.made, *map(name_of, pods)})
        step = f"kubectl describe pods --selector app={self.made} --namespace {namespace}"
        if events:
            symptom = Symptom(
                text=str(events[0].get("message", "")),
                reason=str(events[0].get("reason", "")),
                part="kubernetes",
            )
            finding = about.wrong(f"no pod mounts it: {_short(events[0])}", symptom=symptom)
            yield finding if finding.next_step else about.wrong(finding.text, step)
            return
        times = [moment(metadata(pod).get("creationTimestamp")) for pod in pods]
        young = any(time is not None and age(time) < _STARTS for time in times)
        yield about.wrong("no pod of the add-on mounts it", step, state="waiting" if young else "wrong")

    def versions(self) -> Iterator[Finding]:
        """The version that the add-on's pod has, against the vault's newest one."""
        mounts = mounts_of(self.observed, self.subject, self.made)
        version = current_version(self.observed, self.subject, self.request) if mounts else None
        if version is None:
            return
        about = self.subject.about(f"versions in {self.made}")
        name = known(self.request.name)
        if not any(has_other(mount, "secret", name, version.id) for mount in mounts):
            yield about.fine("the pod has the vault's version")
            return
        text = f"the driver has an older version of {name} than the vault (of {written(version.created)})"
        yield from self._late(f"versions in {self.made}", text, version.created)

    def secret_age(self) -> Iterator[Finding]:
        """The Secret is as new as the certificate, which NGINX serves from it."""
        facts = self._cluster.secret(self.subject.namespace, self.made)
        if facts is None:
            return  # the finding about its keys says so
        version = current_version(self.observed, self.subject, self.request)
        if stale(facts.changed, version):
            created = version.created if version else None
            text = f"Secret {self.made} is of {written(facts.changed)}"
            text += f", and {known(self.request.name)} in the vault of {written(created)}"
            yield from self._late(f"age of {self.made}", text, created)
        else:
            about = self.subject.about(f"age of {self.made}")
            yield about.fine(f"written at {written(facts.changed)}, after the certificate")

    def _late(self, check: str, text: str, created: datetime | None) -> Iterator[Finding]:
        """An older value: the driver comes to it by itself, or does not."""
        about = self.subject.about(check)
        poll = poll_seconds(self.observed, self.subject, self.item)
        restart = f"kubectl rollout restart deployment {self.made} --namespace {self.subject.namespace}"
        if poll is None:
            yield about.wrong(f"{text}: it does not look for new ones (rotation is off)", restart)
        elif created is not None and age(created).total_seconds() < 2 * poll:
            yield about.wrong(f"{text}; it looks every {poll:g} s", state="waiting")
        else:
            yield about.wrong(f"{text}, although it looks every {poll:g} s", restart)


def _short(event: Manifest) -> str:
    line = " ".join(str(event.get("message", "")).split())
    return line if len(line) <= 300 else f"{line[:300]} …"
