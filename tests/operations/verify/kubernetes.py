"""The API server of a verified stack: its objects, the pods that it would run, and what operators write."""

import base64
import copy
import hashlib
import json
from io import BufferedIOBase
from typing import Any

from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.kubernetes.registry import controllers
from tests.operations.verify.azure import AUDIENCE, MADE, MARKER, ago, token_of
from tests.operations.verify.statuses import STATUSES
from trust.chain import Chain
from trust.delivered_secrets import delivered_secrets
from trust.nodes.delivery import class_objects
from trust.nodes.fields import known, listed, mapping
from trust.nodes.kubernetes import KubernetesObject
from trust.nodes.pods import PodOwner
from trust.techniques import operator_accounts, served_objects
from trust.techniques.app_routing import CERTIFICATE, ingresses

PLURALS = {
    "ServiceAccount": "serviceaccounts",
    "Service": "services",
    "Ingress": "ingresses",
    "Deployment": "deployments",
    "StatefulSet": "statefulsets",
    "DaemonSet": "daemonsets",
    "CronJob": "cronjobs",
    "Job": "jobs",
    "Pod": "pods",
}
CSI_STATUSES = "secretproviderclasspodstatuses"


def plural(kind: str) -> str:
    """The resource of a kind."""
    return PLURALS.get(kind) or f"{kind.lower()}{'es' if kind.endswith('s') else 's'}"


OF_OPERATORS = {plural(kind.name) for operator in controllers() for kind in operator.custom_kinds}


class Kubernetes:
    """Objects by path. What a test changes, it changes there."""

    def __init__(self, chain: Chain, issuer: str) -> None:
        self.issuer = issuer
        self.objects: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, str] = {}
        """``secret/db-password`` → the version that pods have."""
        self.kinds = {*PLURALS.values(), *OF_OPERATORS, "events", "replicasets", "endpointslices"}
        self.api_token = ""
        """The API token that the sidecars require; empty: none."""
        self.may_use = True
        """The answer of RBAC to a review of a ServiceAccount."""
        self.sidecar: dict[str, tuple[int, dict[str, Any]]] = {}
        """Path of the secrets API → status and body; others answer with a value."""
        accounts = {item.key: item for item in chain.service_accounts}.values()
        of_techniques = [item for served in served_objects(chain) for item in served.objects]
        for item in [*accounts, *of_techniques]:
            self._add(item)
            if item.kind in STATUSES:
                self.objects[self._path(item)]["status"] = copy.deepcopy(STATUSES[item.kind])
        for namespace, name in operator_accounts(chain):
            path = self.path("v1", known(namespace), "serviceaccounts", known(name))
            self.objects[path] = {"metadata": {"namespace": namespace, "name": name}}
        for node in chain.graph.of_kind("core", "Service"):
            self._add_service(KubernetesObject.of(node))
        for delivered in delivered_secrets(chain):
            keys = delivered.keys or ("any",)
            self.add_secret(known(delivered.namespace), known(delivered.name), keys)
        published = mapping(mapping(chain.graph.outputs).get("kubernetes_secrets"))
        for workload in chain.workloads:
            for name, keys in mapping(published.get(workload.name)).items():
                self.add_secret(
                    known(workload.namespace), name, [key.strip("*.") or "x" for key in listed(keys)]
                )
        for workload in chain.workloads:
            for owner in workload.pods:
                client_id = known(workload.service_account.client_id) if workload.service_account else ""
                self._add_pods(chain, owner, client_id)
        for node in ingresses(chain):
            if (workload := chain.workload_of(node)) and (cluster := chain.cluster_of(workload)):
                self._route(KubernetesObject.of(node), known(cluster.app_routing_client_id))

    def _route(self, item: KubernetesObject, client_id: str) -> None:
        """The Ingress, and what the application routing add-on makes of it."""
        self._add(item)
        name, namespace = f"keyvault-{known(item.name)}", known(item.namespace)
        *_, host, _, certificate = str(item.annotations[CERTIFICATE]).split("/")
        listed_object = json.dumps({"objectName": certificate, "objectType": "secret"})
        parameters = {
            "keyvaultName": host.partition(".")[0],
            "userAssignedIdentityID": client_id,
            "objects": json.dumps({"array": [listed_object]}),
        }
        group = "secrets-store.csi.x-k8s.io/v1"
        metadata = {"name": name, "namespace": namespace, "creationTimestamp": MADE}
        made = {"metadata": metadata, "spec": {"parameters": parameters}}
        self.objects[self.path(group, namespace, "secretproviderclasses", name)] = made
        pod = self._pod(f"{name}-0", namespace, {"containers": [{"name": "placeholder"}]}, {"app": name})
        self.objects[self.path("v1", namespace, "pods", f"{name}-0")] = pod
        ids = [f"secret/{certificate}"]
        status = {"podName": f"{name}-0", "secretProviderClassName": name, "mounted": True, "ids": ids}
        path = self.path(group, namespace, CSI_STATUSES, f"{name}-0-{name}")
        self.objects[path] = {"metadata": {"name": f"{name}-0-{name}"}, "status": status}
        self.add_secret(namespace, name, ("tls.crt", "tls.key"))

    def _path(self, item: KubernetesObject) -> str:
        return self.path(item.api_version, known(item.namespace), plural(item.kind), known(item.name))

    @staticmethod
    def path(group: str, namespace: str, plural: str, name: str = "") -> str:
        root = "/api/v1" if group == "v1" else f"/apis/{group}"
        inside = f"/namespaces/{namespace}" if namespace else ""
        return f"{root}{inside}/{plural}" + (f"/{name}" if name else "")

    def _add(self, item: KubernetesObject, **more: Any) -> None:
        self.objects[self._path(item)] = {
            "kind": item.kind,
            "metadata": {
                "name": known(item.name),
                "namespace": known(item.namespace),
                "annotations": {key: known(value) for key, value in item.annotations.items()},
                "creationTimestamp": MADE,
            },
            "spec": json.loads(json.dumps(item.spec, default=str)),
            **more,
        }

    def _add_service(self, item: KubernetesObject) -> None:
        self._add(item, status={"loadBalancer": {"ingress": [{"ip": "10.224.0.7"}]}})
        name, namespace = known(item.name), known(item.namespace)
        self.objects[self.path("discovery.k8s.io/v1", namespace, "endpointslices", f"{name}-1")] = {
            "metadata": {"name": f"{name}-1", "labels": {"kubernetes.io/service-name": name}},
            "endpoints": [{"conditions": {"ready": True}}],
        }

    def add_secret(self, namespace: str, name: str, keys: Any, changed: str = ago(900)) -> None:
        path = self.path("v1", namespace, "secrets", name)
        data = {**mapping(self.objects.get(path)).get("data", {}), **dict.fromkeys(keys, MARKER)}
        entry = {"manager": "operator", "time": changed, "fieldsV1": {"f:data": {}}}
        metadata = {"name": name, "namespace": namespace, "creationTimestamp": MADE, "managedFields": [entry]}
        self.objects[path] = {"kind": "Secret", "metadata": metadata, "data": data}

    def _add_pods(self, chain: Chain, owner: PodOwner, client_id: str) -> None:
        namespace = known(owner.namespace)
        self._add(owner, status={"desiredNumberScheduled": 1})
        spec = json.loads(json.dumps(owner.pod_spec, default=str))
        webhook = [
            {"name": "AZURE_CLIENT_ID", "value": client_id},
            {
                "name": "AZURE_FEDERATED_TOKEN_FILE",
                "value": "/var/run/secrets/azure/tokens/azure-identity-token",
            },
        ]
        if owner.has_token_label:
            for container in spec["containers"]:
                container["env"] = [*container.get("env", []), *webhook]
            is_bound = "azure.workload.identity/use-identity-binding" in owner.pod_annotations
            audience = "api://AKSIdentityBinding" if is_bound else AUDIENCE
            source = {"serviceAccountToken": {"audience": audience, "path": "azure-identity-token"}}
            projected = {"name": "azure-identity-token", "projected": {"sources": [source]}}
            spec["volumes"] = [*spec.get("volumes", []), projected]
        if "dapr.io/enabled" in owner.pod_annotations:
            spec["containers"] = [*spec["containers"], {"name": "daprd"}]
        count = owner.spec.get("replicas", 1) if owner.kind in ("Deployment", "StatefulSet") else 1
        for number in range(int(count)):
            name = known(owner.name) if owner.kind == "Pod" else f"{known(owner.name)}-{number}"
            pod = self._pod(name, namespace, spec, {**owner.pod_labels, "job-name": known(owner.name)})
            if owner.kind == "CronJob":
                reference = {"kind": "Job", "name": f"{known(owner.name)}-29123456"}
                pod["metadata"]["ownerReferences"] = [reference]
            self.objects[self.path("v1", namespace, "pods", name)] = pod
            for volume in owner.volumes:
                attributes = mapping(mapping(volume.get("csi")).get("volumeAttributes"))
                if class_name := attributes.get("secretProviderClass"):
                    self._mount(chain, owner, name, str(class_name))

    @staticmethod
    def _pod(name: str, namespace: str, spec: dict[str, Any], labels: dict[str, Any]) -> dict[str, Any]:
        return {
            "kind": "Pod",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "labels": labels,
                "creationTimestamp": MADE,
            },
            "spec": spec,
            "status": {
                "phase": "Running",
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [{"state": {"running": {"startedAt": ago(300)}}}],
            },
        }

    def _mount(self, chain: Chain, owner: PodOwner, pod: str, class_name: str) -> None:
        provider_class = chain.find(
            chain.secret_provider_classes, owner.node.provider, owner.namespace, class_name
        )
        entries = class_objects(provider_class.parameters.get("objects")) if provider_class else []
        ids = [f"{entry.get('objectType')}/{entry.get('objectName')}" for entry in entries]
        status = {"podName": pod, "secretProviderClassName": class_name, "mounted": True, "ids": ids}
        path = self.path(
            "secrets-store.csi.x-k8s.io/v1",
            known(owner.namespace),
            CSI_STATUSES,
            f"{pod}-{class_name}",
        )
        self.objects[path] = {"metadata": {"name": f"{pod}-{class_name}"}, "status": status}

    def answer(self, request: Request) -> Answer:
        if request.path.endswith("/token") and request.method == "POST":
            return self._token(request)
        if request.path.endswith("/subjectaccessreviews"):
            return Answer(status=201, body={"status": {"allowed": self.may_use}})
        if request.path.endswith("/portforward"):
            return self._port_forward(request)
        if request.path in self.objects:
            return Answer(status=200, body=self._shown(self.objects[request.path]))
        last = request.path.rpartition("/")[2]
        if last in self.kinds:
            below = [
                self._shown(item)
                for path, item in self.objects.items()
                if path.rpartition("/")[0] == request.path
            ]
            return Answer(status=200, body={"metadata": {}, "items": below})
        body = {"kind": "Status", "reason": "NotFound", "message": f"{last} not found", "code": 404}
        return Answer(status=404, body=body)

    def _shown(self, item: dict[str, Any]) -> dict[str, Any]:
        ids = mapping(item.get("status")).get("ids")
        if ids is None:
            return item
        objects = [{"id": id_, "version": self.versions.get(id_.lower(), "none")} for id_ in ids]
        return {**item, "status": {**item["status"], "objects": objects}}

    def _token(self, request: Request) -> Answer:
        *_, namespace, _, account, _ = request.path.split("/")
        if self.path("v1", namespace, "serviceaccounts", account) not in self.objects:
            body = {
                "kind": "Status",
                "reason": "NotFound",
                "message": f'serviceaccounts "{account}" not found',
            }
            return Answer(status=404, body=body)
        subject = f"system:serviceaccount:{namespace}:{account}"
        audiences = request.document["spec"]["audiences"]
        token = token_of(iss=self.issuer, sub=subject, aud=audiences)
        return Answer(status=201, body={"status": {"token": token}})

    def _port_forward(self, request: Request) -> Answer:
        """https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cri/streaming/portforward/websocket.go"""
        key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        headers = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Accept": base64.b64encode(hashlib.sha1(key.encode()).digest()).decode(),
            "Sec-WebSocket-Protocol": request.headers["sec-websocket-protocol"],
        }
        port = int(request.query["ports"]).to_bytes(2, "little")
        return Answer(
            status=101, headers=headers, takes_over=lambda read, write: self._forward(port, read, write)
        )

    def _forward(self, port: bytes, reader: BufferedIOBase, writer: BufferedIOBase) -> None:
        for channel in (b"\x00", b"\x01"):
            writer.write(_frame(channel + port))
        writer.flush()
        line, *headers = _unmasked(reader)[1:].decode().split("\r\n")
        path = line.split()[1]
        status, body = self.sidecar.get(path, (200, {path.rpartition("/")[2]: MARKER}))
        if self.api_token and f"dapr-api-token: {self.api_token}" not in headers:
            # https://github.com/dapr/dapr/blob/master/pkg/middleware/http/apitoken, "invalid api token"
            status, body = 401, {"message": "invalid api token"}
        content = json.dumps(body).encode()
        head = f"HTTP/1.1 {status} OK\r\nContent-Length: {len(content)}\r\n\r\n"
        writer.write(_frame(b"\x00" + head.encode()))
        writer.write(_frame(b"\x00" + content))
        writer.flush()


def _frame(data: bytes) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc6455#section-5.2"""
    length = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2, "big")
    return b"\x82" + length + data


def _unmasked(reader: BufferedIOBase) -> bytes:
    length = reader.read(2)[1] & 0x7F
    if length == 126:
        length = int.from_bytes(reader.read(2), "big")
    mask = reader.read(4)
    return bytes(byte ^ mask[index % 4] for index, byte in enumerate(reader.read(length)))
