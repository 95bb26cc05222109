"""Pods: one is not made, not scheduled, or does not become ready."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import DNS

FAILURES: Final = (
    Failure(
        id="imagepullbackoff",
        title="ImagePullBackOff",
        symptom=(
            Sign(reason="ImagePullBackOff"),
            Sign(reason="ErrImagePull"),
            Sign(reason="InvalidImageName"),
            Sign(reason="ErrImageNeverPull"),
            Sign(text=r"Back-off pulling image|\b(?:ImagePullBackOff|ErrImagePull|InvalidImageName)\b"),
            Sign(text=r"[Ff]ailed to pull (?:and unpack )?image"),
        ),
        example='Failed to pull image "registry.example/orders:1.0.0": failed to pull and unpack image: '
        "failed to resolve reference: unexpected status from HEAD request: 401 Unauthorized",
        cause="The node does not get the image: its name or tag does not exist, the registry wants a login "
        "(401, 403), or the node does not reach it.",
        proof="`kubectl describe pod --namespace {namespace}` shows the registry's answer.",
        next_step="mend `image` of the workload; list an Azure registry in `cluster.container_registries`, "
        "give the login of another one (docs/operations.md#an-image-from-a-private-registry), then type "
        "`pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff",
    ),
    Failure(
        id="createcontainerconfigerror",
        title="CreateContainerConfigError",
        symptom=(
            Sign(
                text=rf"couldn't find key (?P<key>[\w.-]{{1,253}}) in (?:Secret|ConfigMap) "
                rf"(?P<namespace>{DNS})/(?P<secret_object>{DNS})"
            ),
            Sign(text=rf"(?:secret|configmap) \"(?P<secret_object>{DNS})\" not found"),
            Sign(text=r"references non-existent secret key: (?P<key>[\w.-]{1,253})"),
        ),
        example="Error: couldn't find key DB_PASSWORD in Secret shop/orders-vault",
        cause="A variable or a volume of the pod names a Secret or a key that is not there: "
        "{secret_object}. It is made by the technique: by the CSI driver once a pod mounts the volume, by "
        "External Secrets Operator once the ExternalSecret is ready, by the program for `kubernetes-secret`.",
        proof="`kubectl describe secret {secret_object} --namespace {namespace}` shows its keys, without "
        "values; with eso `kubectl get externalsecret --namespace {namespace}` shows whether it is synced.",
        next_step="wait a minute if the stack has just made the workload; else mend what the events of the "
        "pod and of the ExternalSecret show (`python -m operations verify --stack {stack}` lists them)",
        source="https://kubernetes.io/docs/concepts/configuration/secret/",
    ),
    Failure(
        id="container-config-error",
        title="Container config error",
        symptom=(
            Sign(reason="CreateContainerConfigError"),
            Sign(reason="CreateContainerError"),
            Sign(text=r"\bCreateContainer(?:Config)?Error\b"),
        ),
        example="[CreateContainerConfigError] the container is not started",
        cause="The kubelet cannot put the container together; the message has the reason.",
        proof="`kubectl describe pod --namespace {namespace}` shows the message.",
        next_step="mend what the message names, in the settings or in `overrides`, then type `pulumi up "
        "--stack {stack}`",
        source="https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/",
        wraps=2,
    ),
    Failure(
        id="runs-as-root",
        title="Runs as root",
        symptom=(
            Sign(text=r"container has runAsNonRoot and image (?:will run as root|has non-numeric user)"),
            Sign(text=r"runAsNonRoot and runAsUser is 0|container's runAsUser breaks non-root policy"),
        ),
        example='Error: container has runAsNonRoot and image will run as root (pod: "orders-…", container: '
        "orders)",
        cause="The image runs as root or as a user without a number, and the pod may not (`security: "
        "restricted`).",
        proof="`docker inspect --format '{{.Config.User}}' <image>` shows the user of the image.",
        next_step="set `run_as_user` of the workload to a number above 0, then type `pulumi up --stack "
        "{stack}`",
        source="https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    ),
    Failure(
        id="pod-security",
        title="Pod Security",
        symptom=(Sign(text=r"violates PodSecurity \"?(?P<level>restricted|baseline)"),),
        example='Error creating: pods "orders-7d4b9c6f8-" is forbidden: violates PodSecurity '
        '"restricted:latest": allowPrivilegeEscalation != false (container "orders" must set '
        "securityContext.allowPrivilegeEscalation=false)",
        cause="The namespace enforces Pod Security {level}, and the pod asks for more: the message lists "
        "what. A sidecar that something else injects counts, too.",
        proof="`kubectl get namespace {namespace} -o jsonpath='{.metadata.labels}'` shows what is enforced; "
        "`kubectl describe replicaset --namespace {namespace}` the refusal.",
        next_step="take it out of `overrides`, or set `namespaces` → `enforce` to a lower level, then type "
        "`pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ),
    Failure(
        id="exceeded-quota",
        title="Exceeded quota",
        symptom=(
            Sign(text=rf"exceeded quota: (?P<quota>{DNS})"),
            Sign(text=rf"failed quota: (?P<quota>{DNS})"),
        ),
        example='Error creating: pods "orders-7d4b9c6f8-x2x9k" is forbidden: exceeded quota: team, '
        "requested: requests.memory=1Gi, used: requests.memory=3Gi, limited: requests.memory=4Gi",
        cause="The ResourceQuota {quota} of the namespace has not enough left for the pod, or wants "
        "requests and limits that it does not have (`must specify`).",
        proof="`kubectl describe resourcequota --namespace {namespace}` shows use and limits.",
        next_step="set lower `resources` or fewer `replicas`, or let the owner of the namespace raise the "
        "quota; then type `pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/policy/resource-quotas/",
    ),
    Failure(
        id="outside-the-limit-range",
        title="Outside the limit range",
        symptom=(
            Sign(text=r"(?:maximum|minimum) (?:cpu|memory|ephemeral-storage) usage per (?:Container|Pod) is"),
        ),
        example='pods "orders-7d4b9c6f8-x2x9k" is forbidden: maximum memory usage per Container is 512Mi, '
        "but limit is 1Gi",
        cause="A LimitRange of the namespace allows less, or wants more, than the `resources` of the "
        "container.",
        proof="`kubectl describe limitrange --namespace {namespace}` shows what is allowed.",
        next_step="set `resources` of the workload within it, then type `pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/policy/limit-range/",
    ),
    Failure(
        id="failedscheduling",
        title="FailedScheduling",
        symptom=(
            Sign(reason="FailedScheduling"),
            Sign(reason="Unschedulable"),
            Sign(text=r"\b0/\d{1,6} nodes are available"),
        ),
        example="0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No "
        "preemption victims found for incoming pod.",
        cause="No node takes the pod: the nodes are full (Insufficient), have a taint that the pod does not "
        "tolerate, or other labels or another operating system than the pod wants.",
        proof="`kubectl describe nodes | grep -A8 'Allocated resources'` shows what is left; `kubectl get "
        "nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key` the taints.",
        next_step="set lower `resources`, more nodes (`cluster.user_pools`), or `tolerations` of the "
        "workload, then type `pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/scheduling-eviction/",
    ),
    Failure(
        id="service-account-not-found",
        title="Service account not found",
        symptom=(
            Sign(text=rf"error looking up service account (?P<namespace>{DNS})/(?P<service_account>{DNS})"),
            Sign(text=rf"ServiceAccount \"(?P<service_account>{DNS})\" not found"),
            Sign(text=rf"serviceaccounts? \"(?P<service_account>{DNS})\" not found"),
        ),
        example='Error creating: pods "orders-7d4b9c6f8-" is forbidden: error looking up service account '
        'shop/orders: serviceaccount "orders" not found',
        cause="The namespace has no ServiceAccount {service_account}. An account of "
        "`existing_service_account` has to be there before the pods.",
        proof="`kubectl get serviceaccount --namespace {namespace}` lists what is there.",
        next_step="type `pulumi up --refresh --stack {stack}`, which makes an account of the stack anew; "
        "let the owner of an existing one make it",
        source="https://kubernetes.io/docs/concepts/security/service-accounts/",
    ),
    Failure(
        id="crashloopbackoff",
        title="CrashLoopBackOff",
        symptom=(
            Sign(reason="CrashLoopBackOff"),
            Sign(reason="BackOff"),
            Sign(
                text=r"Back-off restarting failed container|back-off \w{1,8} restarting failed "
                r"container|\bCrashLoopBackOff\b"
            ),
        ),
        example="Back-off restarting failed container orders in pod orders-7d4b9c6f8-x2x9k_shop",
        cause="The container starts and ends again. Its log has the reason: often a value that the "
        "application wants in another form, or a vault that it cannot read.",
        proof="`kubectl logs deployment/{workload} --namespace {namespace} --previous` shows the last lines "
        "before the end.",
        next_step="mend what the log names; `python -m operations verify --stack {stack}` checks each link "
        "from the token to the secret",
        source="https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/",
        wraps=3,
    ),
    Failure(
        id="oomkilled",
        title="OOMKilled",
        symptom=(Sign(reason="OOMKilled"), Sign(text=r"\bOOMKilled\b")),
        example="Last State: Terminated, Reason: OOMKilled, Exit Code: 137",
        cause="The container needed more memory than its limit, and the kernel ended it.",
        proof="`kubectl describe pod --namespace {namespace}` shows the last state and the limit.",
        next_step="raise `resources.limits.memory` of the workload, then type `pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    ),
    Failure(
        id="probe-failed",
        title="Probe failed",
        symptom=(
            Sign(reason="Unhealthy"),
            Sign(text=r"\b(?:Readiness|Liveness|Startup) probe failed"),
        ),
        example="Readiness probe failed: HTTP probe failed with statuscode: 503",
        cause="The container runs, and does not answer its probe as the settings have it.",
        proof="`kubectl describe pod --namespace {namespace}` shows the answer; `kubectl logs "
        "deployment/{workload} --namespace {namespace}` what the application does.",
        next_step="mend `probes` (path, initial_delay_seconds) or `port` of the workload, then type `pulumi "
        "up --stack {stack}`",
        source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-star"
        "tup-probes/",
    ),
    Failure(
        id="no-token-in-the-pod",
        title="No token in the pod",
        symptom=(
            Sign(
                text=r"WorkloadIdentityCredential authentication unavailable|workload identity options are "
                r"not fully configured"
            ),
            Sign(
                text=r"AZURE_FEDERATED_TOKEN_FILE is not set|no such file or "
                r"directory[^\n]{0,40}azure-identity-token|azure-identity-token: no such file"
            ),
        ),
        example="WorkloadIdentityCredential authentication unavailable. The workload options are not fully "
        "configured.",
        cause='The pod has no token for Entra: it lacks the label azure.workload.identity/use: "true", or '
        "it was made while the webhook did not run.",
        proof="`kubectl get pods --namespace {namespace} -o "
        "custom-columns=NAME:.metadata.name,ACCOUNT:.spec.serviceAccountName,LABEL:.metadata.labels.azure\\"
        ".workload\\.identity/use` shows both.",
        next_step="restart the pods: `kubectl rollout restart deployment/{workload} --namespace "
        "{namespace}`; pods of another tool need the label (`python -m operations handover --stack {stack}`)",
        source="https://azure.github.io/azure-workload-identity/docs/troubleshooting.html",
    ),
    Failure(
        id="failedmount",
        title="FailedMount",
        symptom=(
            Sign(reason="FailedMount"),
            Sign(text=r"MountVolume\.SetUp failed for volume|Unable to attach or mount volumes"),
        ),
        example="Unable to attach or mount volumes: unmounted volumes=[secrets], unattached "
        "volumes=[secrets]: timed out waiting for the condition",
        cause="The kubelet cannot mount a volume of the pod yet; an earlier event has the reason.",
        proof="`kubectl get events --namespace {namespace} --field-selector reason=FailedMount --sort-by "
        ".lastTimestamp` lists them.",
        next_step="mend the reason in the earlier event; the kubelet tries again by itself",
        source="https://kubernetes.io/docs/concepts/storage/volumes/",
        wraps=2,
    ),
    Failure(
        id="failedcreate",
        title="FailedCreate",
        symptom=(Sign(reason="FailedCreate"), Sign(reason="ReplicaFailure"), Sign(text=r"Error creating: ")),
        example='Error creating: pods "orders-7d4b9c6f8-" is forbidden: …',
        cause="The controller cannot make the pods: the API server or a webhook refuses them; the message "
        "has the reason.",
        proof="`kubectl describe replicaset --namespace {namespace}` shows the refusal.",
        next_step="mend what the message names, then type `pulumi up --stack {stack}`",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/",
        wraps=2,
    ),
    Failure(
        id="rollout-not-complete",
        title="Rollout not complete",
        symptom=(
            Sign(text=r"failed to (?:fully )?(?:initialize or become live|initialize)"),
            Sign(reason="ProgressDeadlineExceeded"),
            Sign(
                text=r"\[ProgressDeadlineExceeded\]|Minimum number of (?:live )?Pods|containers with "
                r"unready status|replicas succeeded readiness checks|timed out waiting to be Ready"
            ),
        ),
        example='[ProgressDeadlineExceeded] ReplicaSet "orders-7d4b9c6f8" has timed out progressing.',
        cause="The pods of the workload are not ready in time; the event behind it has the reason.",
        proof="`kubectl describe pods --namespace {namespace}` shows the events.",
        next_step="mend the reason, then type `pulumi up --stack {stack}`; `python -m operations verify "
        "--stack {stack}` names it",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#failed-deployment",
        wraps=4,
    ),
)
