"""Requests to the API server that are no reads: tokens, patches, reviews, the end of a pod, ways into a pod.

Other writes are the simulated provider's business.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rehearsal.data_planes.issuers import issuer_of
from rehearsal.data_planes.kubernetes_api import pods, portforward, reads, sidecar, users
from rehearsal.data_planes.kubernetes_api.paths import Target
from rehearsal.data_planes.kubernetes_api.status import RefusedError, not_allowed, not_found, not_served
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import POD, SECRET, SERVICE_ACCOUNT
from rehearsal.simulators.kubernetes.apiserver.rbac import Account
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.registry import controllers
from rehearsal.simulators.world import AzureResource

_SHORTEST_SECONDS: Final = 600
_REVIEWS: Final = {
    "selfsubjectaccessreviews": "SelfSubjectAccessReview",
    "subjectaccessreviews": "SubjectAccessReview",
}
_MERGES: Final = ("application/merge-patch+json", "application/strategic-merge-patch+json")


def on_subresource(
    cluster: SimulatedCluster, resource: AzureResource, target: Target, request: Request
) -> Answer:
    """Raises RefusedError."""
    subresource, _, path = target.subresource.partition("/")
    match target.kind, subresource:
        case kind, "token" if kind == SERVICE_ACCOUNT and request.method == "POST":
            return _token(cluster, resource, target, request)
        case kind, "portforward" if kind == POD and request.method == "GET":
            return portforward.answer(cluster, target, request)
        case kind, "proxy" if kind == POD and request.method == "GET":
            return sidecar.proxied(cluster, target, f"/{path}")
        case _:
            raise not_served()


def _token(cluster: SimulatedCluster, resource: AzureResource, target: Target, request: Request) -> Answer:
    """https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/"""
    uid = _account_uid(cluster, target)
    spec = _document(request).get("spec") or {}
    issuer = issuer_of(resource)
    seconds = int(spec.get("expirationSeconds") or 3600)
    if seconds < _SHORTEST_SECONDS:
        # pkg/apis/authentication/validation/validation.go of kubernetes
        raise RefusedError(
            422,
            f'TokenRequest.authentication.k8s.io "{target.name}" is invalid: spec.expirationSeconds: Invalid '
            f"value: {seconds}: may not specify a duration less than 10 minutes",
        )
    audiences = [str(audience) for audience in spec.get("audiences") or [issuer.url]]
    subject = f"system:serviceaccount:{target.namespace}:{target.name}"
    claims = {
        "aud": audiences,
        "jti": str(uuid.uuid4()),
        "kubernetes.io": {
            "namespace": target.namespace,
            "serviceaccount": {"name": target.name, "uid": uid},
        },
    }
    token = issuer.token(subject, lifetime_seconds=seconds, **claims)
    expires = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": target.name, "namespace": target.namespace},
        "spec": {"audiences": audiences, "expirationSeconds": seconds},
        "status": {"token": token, "expirationTimestamp": expires},
    }
    return Answer(status=201, body=body)


def _account_uid(cluster: SimulatedCluster, target: Target) -> str:
    """The uid of a ServiceAccount. The cluster stores a release of a chart, and not the objects in it."""
    if account := cluster.get(SERVICE_ACCOUNT, target.namespace, target.name):
        return account["metadata"]["uid"]
    place = target.namespace, target.name
    if any(controller.runs_as(cluster) == place for controller in controllers()):
        return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join((cluster.id, *place))))
    raise not_found("serviceaccounts", "", target.name)


def review(cluster: SimulatedCluster, resource: AzureResource, user: users.User, request: Request) -> Answer:
    """https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
    and subject-access-review-v1, of ServiceAccounts.
    """
    kind = _REVIEWS.get(request.path.rpartition("/")[2])
    if kind is None or request.method != "POST":
        raise not_served()
    document = _document(request)
    if kind == "SubjectAccessReview":
        reviews = Target(
            kind=GroupVersionKind("authorization.k8s.io", "v1", kind),
            plural="subjectaccessreviews",
            namespaced=False,
            namespace="",
            name="",
            subresource="",
        )
        users.require(cluster, resource, user, "create", reviews)
        parts = str((document.get("spec") or {}).get("user")).split(":")
        user = users.User(
            name=":".join(parts), account=Account(parts[-2], parts[-1]) if len(parts) == 4 else None
        )
    attributes = (document.get("spec") or {}).get("resourceAttributes") or {}
    group, version = str(attributes.get("group") or ""), str(attributes.get("version") or "v1")
    target = Target(
        kind=GroupVersionKind(group, version, ""),
        plural=str(attributes.get("resource") or ""),
        namespaced=bool(attributes.get("namespace")),
        namespace=str(attributes.get("namespace") or ""),
        name=str(attributes.get("name") or ""),
        subresource=str(attributes.get("subresource") or ""),
    )
    allowed = users.may(cluster, resource, user, str(attributes.get("verb")), target)
    body = {"kind": kind, "apiVersion": "authorization.k8s.io/v1", **document}
    return Answer(status=201, body={**body, "status": {"allowed": allowed}})


def patch(cluster: SimulatedCluster, target: Target, request: Request) -> Answer:
    """A patch of an object, as `kubectl rollout restart` and `kubectl annotate` send it.

    https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/. Lists are
    replaced: a strategic merge of lists is not simulated.
    """
    if target.kind == SECRET or target.kind == POD:
        raise not_allowed("PATCH")
    live = cluster.get(target.kind, target.namespace, target.name)
    if live is None:
        raise not_found(target.plural, target.group, target.name)
    form = request.headers.get("content-type", "").partition(";")[0].strip()
    if form in _MERGES:
        changed = _merged(live, _document(request))
    elif form == "application/json-patch+json":
        changed = _edited(live, json.loads(request.body))
    else:
        supported = ", ".join(("application/json-patch+json", *_MERGES))
        text = f"the body of the request was in an unknown format - accepted media types include: {supported}"
        raise RefusedError(415, text)
    try:
        cluster.replace(changed)
    except ApiError as error:
        raise RefusedError(error.code, str(error)) from error
    return Answer(status=200, body=reads.find(cluster, target))


def _merged(live: Any, change: Any) -> Any:
    """RFC 7396"""
    if not isinstance(change, Mapping):
        return change
    result = dict(live) if isinstance(live, Mapping) else {}
    for name, value in change.items():
        if name.startswith("$"):
            raise RefusedError(400, f"the directive {name} is not an operation of this simulation")
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merged(result.get(name), value)
    return result


def _edited(live: Any, operations: Any) -> Any:
    """RFC 6902: `add`, `replace` and `remove` in objects."""
    result = copy.deepcopy(live)
    for operation in operations:
        *parents, last = [
            part.replace("~1", "/").replace("~0", "~") for part in str(operation["path"]).split("/")[1:]
        ]
        place: Any = result
        for part in parents:
            if not isinstance(place, dict) or part not in place:
                raise RefusedError(422, "the server rejected our request due to an error in our request")
            place = place[part]
        if operation["op"] in ("add", "replace"):
            place[last] = operation["value"]
        elif operation["op"] == "remove":
            place.pop(last, None)
        else:
            raise RefusedError(400, f"{operation['op']} is not an operation of this simulation")
    return result


def delete_pod(cluster: SimulatedCluster, target: Target) -> Answer:
    """The end of a pod; its owner makes another one."""
    shown = reads.find(cluster, target)
    stored = pods.stored_pod(cluster, target.namespace, target.name)
    assert stored is not None, "it was found"
    owners = stored["metadata"].get("ownerReferences") or []
    cluster.delete(POD, target.namespace, str(stored["metadata"]["name"]))
    for reference in owners:
        owner = cluster.get(GroupVersionKind.of(reference), target.namespace, str(reference["name"]))
        if owner is not None:
            pods.start_again(cluster, owner)
    return Answer(status=200, body=shown)


def _document(request: Request) -> dict[str, Any]:
    try:
        document = request.document
    except ValueError:
        raise RefusedError(400, "the object provided is unrecognized (must be of type JSON)") from None
    if not isinstance(document, dict):
        raise RefusedError(400, "the object provided is unrecognized (must be of type JSON)")
    return document
