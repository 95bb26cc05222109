"""Kubernetes API: the cluster is not reached, or refuses an object."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import DNS

FAILURES: Final = (
    Failure(
        id="kubelogin-missing",
        title="kubelogin missing",
        symptom=(
            Sign(text=r"executable kubelogin not found"),
            Sign(text=r"exec: \"kubelogin\": executable file not found"),
            Sign(text=r"kubelogin is not installed which is required"),
        ),
        example="Unable to connect to the server: getting credentials: exec: executable kubelogin not found",
        cause="The kubeconfig of a cluster with Entra signs in by kubelogin, which is not installed here.",
        proof="`kubelogin --version` fails.",
        next_step="type `az aks install-cli`, and put the folder that it names on PATH",
        source="https://github.com/pulumi/pulumi-azure-native/issues/2399",
    ),
    Failure(
        id="cluster-unreachable",
        title="Cluster unreachable",
        symptom=(
            Sign(text=r"configured Kubernetes cluster is unreachable"),
            Sign(
                text=r"failed to read resource state due to unreachable cluster|with unreachable cluster\. "
                r"Reason"
            ),
            Sign(text=r"unable to load schema information from the API server"),
            Sign(text=r"\.azmk8s\.io[^\n]{0,60}no such host"),
            Sign(
                text=r"\.azmk8s\.io[^\n]{0,120}(?:i/o timeout|connection refused|deadline "
                r"exceeded|Failed to resolve|[Nn]ame or service not known|ConnectTimeout|Max retries)"
            ),
        ),
        example="configured Kubernetes cluster is unreachable: unable to load schema information from the "
        'API server: Get "https://aks-shop-x2x9k.hcp.westeurope.azmk8s.io:443/openapi/v2?timeout=32s": dial '
        "tcp: lookup aks-shop-x2x9k.hcp.westeurope.azmk8s.io: no such host",
        cause="The API server is not reached: the cluster is stopped or deleted, its API server is private "
        "and this machine is outside its network, or the address of this machine is not among "
        "`cluster.authorized_ip_ranges`.",
        proof="`az aks show --name {cluster} --resource-group {resource_group} --query "
        "'[powerState.code,apiServerAccessProfile]'` shows which.",
        next_step="start it (`az aks start`), run the command from inside the network, or add the address; "
        "for a cluster that is gone see docs/production.md#runbooks",
        source="https://github.com/pulumi/pulumi-kubernetes/issues/2463",
    ),
    Failure(
        id="not-signed-in-to-the-cluster",
        title="Not signed in to the cluster",
        symptom=(
            Sign(status=401, part="kubernetes"),
            Sign(
                text=r"You must be logged in to the server|the server has asked for the client to provide "
                r"credentials"
            ),
        ),
        example="error: You must be logged in to the server (Unauthorized)",
        cause="The API server does not accept the token: it has expired, or it is for another cluster or "
        "another application.",
        proof="`kubectl auth whoami` fails in the same way.",
        next_step="type `az aks get-credentials --name {cluster} --resource-group {resource_group} "
        "--overwrite-existing` and `kubelogin convert-kubeconfig -l azurecli`",
        source="https://learn.microsoft.com/azure/aks/kubelogin-authentication",
    ),
    Failure(
        id="local-accounts-are-off",
        title="Local accounts are off",
        symptom=(
            Sign(
                text=r"Getting static credential is not allowed because this cluster is set to disable "
                r"local accounts"
            ),
        ),
        example='Code="BadRequest" Message="Getting static credential is not allowed because this cluster '
        'is set to disable local accounts."',
        cause="The command wants the admin's kubeconfig, and the cluster gives none out.",
        proof="`az aks show --name {cluster} --resource-group {resource_group} --query "
        "disableLocalAccounts` answers true.",
        next_step="type `az aks get-credentials` without `--admin`",
        source="https://github.com/Azure/azure-dev/issues/2359",
    ),
    Failure(
        id="no-matches-for-kind",
        title="No matches for kind",
        symptom=(
            Sign(
                text=r"no matches for kind \"(?P<kind>\w{1,60})\" in version "
                r"\"(?!external-secrets\.io/v1beta1)(?P<version>[a-z0-9./-]{1,80})\""
            ),
            Sign(text=r"ensure CRDs are installed first"),
            Sign(text=r"the apiVersion for this resource does not exist"),
        ),
        example='no matches for kind "ExternalSecret" in version "external-secrets.io/v1"',
        cause="The cluster does not know {kind} of {version}: the operator that brings its "
        "CustomResourceDefinition is not installed, or serves another version.",
        proof="`kubectl api-resources | grep -i {kind}` shows whether it is there, and the version.",
        next_step="set the operator in `operators`, or install what `install: existing` counts on, then "
        "type `pulumi up --stack {stack}`",
        source="https://github.com/pulumi/pulumi-kubernetes/issues/1735",
    ),
    Failure(
        id="workload-identity-webhook-down",
        title="Workload identity webhook down",
        symptom=(Sign(text=r"failed calling webhook \"?mutation\.azure-workload-identity\.io"),),
        example='Internal error occurred: failed calling webhook "mutation.azure-workload-identity.io": '
        "failed to call webhook: Post "
        '"https://azure-wi-webhook-webhook-service.kube-system.svc:443/mutate-v1-pod?timeout=10s": no '
        'endpoints available for service "azure-wi-webhook-webhook-service"',
        cause="The webhook that gives pods their token does not answer, and without it the API server makes "
        "no pod with the label azure.workload.identity/use.",
        proof="`kubectl get pods --namespace kube-system --selector azure-workload-identity.io/system=true` "
        "shows whether it runs.",
        next_step="type `kubectl rollout restart deployment azure-wi-webhook-controller-manager --namespace "
        "kube-system`, and then `kubectl rollout restart deployment/{workload} --namespace {namespace}`",
        source="https://github.com/Azure/AKS/issues/4139",
    ),
    Failure(
        id="webhook-not-ready",
        title="Webhook not ready",
        symptom=(
            Sign(
                text=r"failed calling webhook "
                r"\"?(?P<webhook>(?!mutation\.azure-workload-identity|validate\.[a-z]{3,40}\.external-secrets)[a-z0-9.-]{1,100})"
            ),
            Sign(
                text=r"failed to call webhook: Post "
                r"\"?https://(?!azure-wi-webhook|external-secrets-webhook)(?P<webhook>[a-z0-9.-]{1,100})"
            ),
        ),
        example='Internal error occurred: failed calling webhook "sidecar-injector.dapr.io": failed to call '
        'webhook: Post "https://dapr-sidecar-injector.dapr-system.svc:443/mutate?timeout=10s": tls: failed '
        "to verify certificate: x509: certificate signed by unknown authority",
        cause="A webhook that the API server has to call does not answer: its pods do not run yet (no "
        "endpoints), or its certificate is not known yet (x509).",
        proof="`kubectl get mutatingwebhookconfiguration,validatingwebhookconfiguration -o wide` lists "
        "them; `kubectl get endpoints --all-namespaces` shows whether a pod answers.",
        next_step="wait a minute after an installation, then type `pulumi up --stack {stack}` again; else "
        "restart the Deployment of the webhook",
        source="https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
    ),
    Failure(
        id="denied-by-a-policy",
        title="Denied by a policy",
        symptom=(
            Sign(
                text=r"admission webhook \"(?!sidecar-injector\.dapr\.io|validate\.[a-z]{3,40}\.external-)"
                r"(?P<webhook>[a-z0-9.-]{1,100})\" denied the request"
            ),
            Sign(
                text=r"ValidatingAdmissionPolicy '(?P<webhook>[a-z0-9.-]{1,100})'[^\n]{0,100} denied request"
            ),
        ),
        example='admission webhook "validation.gatekeeper.sh" denied the request: '
        "[azurepolicy-k8sazurev2containerallowedimages] Container image orders has not been allowed.",
        cause="A policy of the cluster refuses the object, such as Azure Policy for AKS; the message has "
        "its rule.",
        proof="`kubectl get constraints` lists the rules of Azure Policy.",
        next_step="mend what the rule wants, in the settings or in `overrides`, or ask the owner of the "
        "policy for an exception",
        source="https://learn.microsoft.com/azure/governance/policy/concepts/policy-for-kubernetes",
    ),
    Failure(
        id="external-secrets-refuses-the-object",
        title="External Secrets refuses the object",
        symptom=(
            Sign(
                text=r"admission webhook \"validate\.[a-z]{3,40}\.external-secrets\.io\" denied the request"
            ),
        ),
        example='admission webhook "validate.externalsecret.external-secrets.io" denied the request: '
        "duplicate secretKey found: DB_PASSWORD",
        cause="The webhook of External Secrets Operator refuses the object; the message has the reason.",
        proof="The message names the field.",
        next_step="mend the field in the settings or in `overrides`, then type `pulumi up --stack {stack}`",
        source="https://external-secrets.io/latest/api/components/",
    ),
    Failure(
        id="namespace-terminating",
        title="Namespace terminating",
        symptom=(Sign(text=r"because it is being terminated"), Sign(reason="NamespaceTerminating")),
        example='secrets "orders" is forbidden: unable to create new content in namespace shop because it '
        "is being terminated",
        cause="The namespace is being deleted, and something in it does not go: an object with a finalizer "
        "whose operator is gone.",
        proof="`kubectl get namespace {namespace} -o jsonpath='{.status.conditions[*].message}'` names what "
        "is left.",
        next_step="install the operator again, or take the finalizer away (`kubectl patch … --type merge "
        '--patch \'{"metadata":{"finalizers":[]}}\'`), then type `pulumi up --stack {stack}`',
        source="https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace",
    ),
    Failure(
        id="field-conflict",
        title="Field conflict",
        symptom=(
            Sign(
                text=r"Apply failed with \d{1,5} conflicts?: conflicts? with \"(?P<manager>[\w./ -]{1,100})\""
            ),
            Sign(text=r"server-side apply field conflict detected"),
        ),
        example='Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
        cause="Another tool or person has set the same field of the object ({manager}), and the program "
        "does not take it over by itself.",
        proof="`kubectl get <object> --namespace {namespace} -o yaml --show-managed-fields` shows who owns "
        "which field.",
        next_step="let one of them own it: take the field out of `overrides`, or type `kubectl annotate "
        "<object> --namespace {namespace} pulumi.com/patchForce=true`, then `pulumi up --stack {stack}`",
        source="https://github.com/pulumi/pulumi-kubernetes/issues/2215",
    ),
    Failure(
        id="object-exists-in-the-cluster",
        title="Object exists in the cluster",
        symptom=(Sign(text=rf"(?<!component )\b[a-z.]{{3,100}} \"(?P<object>{DNS})\" already exists"),),
        example='serviceaccounts "orders" already exists',
        cause="The object is in the cluster and not in the state of the stack: an update that died made it, "
        "or another tool.",
        proof="`kubectl get --namespace {namespace} <kind> {object} -o yaml --show-managed-fields` shows "
        "who made it.",
        next_step="type `python -m operations resume --stack {stack}`, which takes it into the state; for "
        "an account of another tool set `existing_service_account`",
        source="https://github.com/pulumi/pulumi-kubernetes/issues/4278",
    ),
    Failure(
        id="namespace-not-found",
        title="Namespace not found",
        symptom=(Sign(text=rf"namespaces? \"(?P<namespace>{DNS})\" not found"),),
        example='namespaces "shop" not found',
        cause="The namespace {namespace} does not exist: it is listed as `existing`, or it was deleted "
        "outside the stack.",
        proof="`kubectl get namespaces` lists what is there.",
        next_step="type `kubectl create namespace {namespace}`, or list it without `existing`, then `pulumi "
        "up --refresh --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
    ),
    Failure(
        id="object-is-invalid",
        title="Object is invalid",
        symptom=(
            Sign(
                text=r"\b[A-Za-z.]{3,100} \"(?P<object>[a-z0-9.-]{1,253})\" is invalid: "
                r"(?!metadata\.annotations: Too long)"
            ),
            Sign(
                text=r"failed to create typed patch object|failed to convert new object|unable to convert "
                r"unstructured object"
            ),
            Sign(text=r"error validating data: ValidationError"),
        ),
        example='Deployment.apps "orders" is invalid: '
        "spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 "
        "and 65535, inclusive",
        cause="The API server refuses the object; the message has the path of the field and the reason. "
        "What the settings allow was checked before, so it is often a field of `overrides`.",
        proof="`make render STACK={stack}` writes the manifest as the program sends it.",
        next_step="mend the field in `overrides` or in the settings, then type `pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
        wraps=1,
    ),
)
