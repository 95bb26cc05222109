"""Answers of the API server, and what clients say about one that they do not reach."""

from tests.operations.failures.shown import Shown, answer, event, printed


def _status(id: str, status: int, message: str, **names: str) -> Shown:
    """The body of a refusal: a Status."""
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "code": status,
    }
    return answer(id, status, body, "kubernetes", **names)


SHOWN: tuple[Shown, ...] = (
    printed(
        "kubelogin-missing",
        "Unable to connect to the server: getting credentials: exec: executable "
        "kubelogin not found\n\nIt looks like you are trying to use a client-go credential plugin that is "
        "not "
        "installed.",
    ),
    printed(
        "cluster-unreachable",
        "error: configured Kubernetes cluster is unreachable: unable to load "
        "schema information from the API server: Get "
        '"https://aks-shop-x2x9k.hcp.westeurope.azmk8s.io:443/openapi/v2?timeout=32s": dial tcp: lookup '
        "aks-shop-x2x9k.hcp.westeurope.azmk8s.io: no such host",
    ),
    printed(
        "cluster-unreachable",
        "HTTPSConnectionPool(host='aks-shop-x2x9k.hcp.westeurope.azmk8s.io', "
        "port=443): Max retries exceeded with url: /api/v1/namespaces (Caused by ConnectTimeoutError)",
        "kubernetes",
    ),
    _status("not-signed-in-to-the-cluster", 401, "Unauthorized"),
    printed(
        "not-signed-in-to-the-cluster",
        "error: You must be logged in to the server (the server has "
        "asked for the client to provide credentials)",
        "kubernetes",
    ),
    _status(
        "forbidden-in-the-cluster",
        403,
        'deployments.apps "orders" is forbidden: User '
        '"8b0c5e3e-0000-4000-8000-00000000000d" cannot patch resource "deployments" in API group "apps" in '
        "the "
        'namespace "shop": User does not have access to the resource in Azure. Update role assignment to '
        "allow "
        "access.",
        verb="patch",
        resource="deployments",
    ),
    _status(
        "may-not-grant-rights",
        403,
        # as a real API server sends it: tests/rehearsal/real_cluster/test_server.py
        'roles.rbac.authorization.k8s.io "tokens" is forbidden: user '
        '"system:serviceaccount:shop:deployer" (groups=["system:serviceaccounts" '
        '"system:serviceaccounts:shop" "system:authenticated"]) is attempting to grant RBAC permissions not '
        'currently held:\n{APIGroups:[""], Resources:["serviceaccounts/token"], Verbs:["create"]}',
    ),
    printed(
        "local-accounts-are-off",
        'Code="BadRequest" Message="Getting static credential is not allowed '
        'because this cluster is set to disable local accounts."',
    ),
    printed(
        "no-matches-for-kind",
        'no matches for kind "ExternalSecret" in version "external-secrets.io/v1"',
        kind="ExternalSecret",
        version="external-secrets.io/v1",
    ),
    printed(
        "no-matches-for-kind",
        "creation of resource "
        '"urn:pulumi:dev::aks-secrets::kubernetes:external-secrets.io/v1:SecretStore::orders" with kind '
        "external-secrets.io/v1/SecretStore failed because the Kubernetes API server reported that the "
        "apiVersion for this resource does not exist. Verify that any required CRDs have been created: no "
        'matches for kind "SecretStore" in version "external-secrets.io/v1"',
    ),
    event(
        "workload-identity-webhook-down",
        "FailedCreate",
        "Error creating: Internal error occurred: "
        'failed calling webhook "mutation.azure-workload-identity.io": failed to call webhook: Post '
        '"https://azure-wi-webhook-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": no '
        "endpoints "
        'available for service "azure-wi-webhook-webhook-service"',
    ),
    _status(
        "webhook-not-ready",
        500,
        "Internal error occurred: failed calling webhook "
        '"sidecar-injector.dapr.io": failed to call webhook: Post '
        '"https://dapr-sidecar-injector.dapr-system.svc:443/mutate?timeout=10s": tls: failed to verify '
        "certificate: x509: certificate signed by unknown authority",
        webhook="sidecar-injector.dapr.io",
    ),
    _status(
        "denied-by-a-policy",
        403,
        'admission webhook "validation.gatekeeper.sh" denied the request: '
        "[azurepolicy-k8sazurev2containerallowedimag-c0ffee] Container image registry.example/orders:1.0.0 "
        "for "
        "container orders has not been allowed.",
        webhook="validation.gatekeeper.sh",
    ),
    _status(
        "external-secrets-refuses-the-object",
        403,
        "admission webhook "
        '"validate.externalsecret.external-secrets.io" denied the request: duplicate secretKey found: '
        "DB_PASSWORD",
    ),
    _status(
        "namespace-terminating",
        403,
        'secrets "orders" is forbidden: unable to create new content in '
        "namespace shop because it is being terminated",
    ),
    _status(
        "field-conflict",
        409,
        'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
        manager="kubectl-edit",
    ),
    printed(
        "field-conflict",
        "server-side apply field conflict detected, see "
        "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-"
        "side-apply/#handle-field-conflicts-on-existing-resources for troubleshooting help\nThe resource "
        'managed by field manager "pulumi-kubernetes" had an apply conflict: Apply failed with 1 conflict: '
        'conflict with "kubectl-edit" using apps/v1: .spec.replicas',
    ),
    _status("object-exists-in-the-cluster", 409, 'serviceaccounts "orders" already exists', object="orders"),
    _status("namespace-not-found", 404, 'namespaces "shop" not found', namespace="shop"),
    _status(
        "object-is-invalid",
        422,
        'Deployment.apps "orders" is invalid: '
        "spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 "
        "and "
        "65535, inclusive",
        object="orders",
    ),
    _status(
        "object-is-invalid",
        500,
        "failed to create typed patch object (shop/orders; apps/v1, "
        "Kind=Deployment): .spec.template.spec.containers[0].imagePullPolic: field not declared in schema",
    ),
)
