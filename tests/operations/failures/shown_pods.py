"""Events and states of pods that are not made, not scheduled or not ready."""

from tests.operations.failures.shown import Shown, event, printed

SHOWN: tuple[Shown, ...] = (
    event(
        "imagepullbackoff",
        "ErrImagePull",
        'failed to pull and unpack image "registry.example/orders:1.0.0": failed to resolve reference '
        '"registry.example/orders:1.0.0": unexpected status from HEAD request to '
        "https://registry.example/v2/orders/manifests/1.0.0: 401 Unauthorized",
    ),
    event("imagepullbackoff", "ImagePullBackOff", 'Back-off pulling image "registry.example/orders:1.0.0"'),
    event(
        "createcontainerconfigerror",
        "CreateContainerConfigError",
        "couldn't find key DB_PASSWORD in Secret shop/orders-vault",
        namespace="shop",
        secret_object="orders-vault",
    ),
    event(
        "createcontainerconfigerror",
        "Failed",
        'Error: secret "orders-vault" not found',
        secret_object="orders-vault",
    ),
    event(
        "createcontainerconfigerror",
        "FailedMount",
        'MountVolume.SetUp failed for volume "files" : secret "orders-external" not found',
        secret_object="orders-external",
    ),
    event(
        "createcontainerconfigerror",
        "FailedMount",
        'MountVolume.SetUp failed for volume "files" : references non-existent secret key: tls.key',
    ),
    event(
        "container-config-error",
        "CreateContainerError",
        "failed to create containerd container: error unpacking image",
    ),
    event(
        "runs-as-root",
        "CreateContainerConfigError",
        "container has runAsNonRoot and image will run as root (pod: "
        '"orders-7d4b9c6f8-x2x9k_shop(8b0c5e3e-0000-4000-8000-00000000000d)", container: orders)',
    ),
    event(
        "pod-security",
        "FailedCreate",
        'Error creating: pods "orders-7d4b9c6f8-x2x9k" is forbidden: violates PodSecurity '
        '"restricted:latest": allowPrivilegeEscalation != false (container "orders" must set '
        "securityContext.allowPrivilegeEscalation=false)",
        level="restricted",
    ),
    event(
        "exceeded-quota",
        "FailedCreate",
        'Error creating: pods "orders-7d4b9c6f8-x2x9k" is forbidden: exceeded quota: team, requested: '
        "requests.memory=1Gi, used: requests.memory=3Gi, limited: requests.memory=4Gi",
        quota="team",
    ),
    event(
        "exceeded-quota",
        "FailedCreate",
        'Error creating: pods "orders-7d4b9c6f8-x2x9k" is forbidden: failed quota: team: must specify '
        "limits.cpu for: orders; limits.memory for: orders",
        quota="team",
    ),
    event(
        "outside-the-limit-range",
        "FailedCreate",
        'Error creating: pods "orders-7d4b9c6f8-x2x9k" is forbidden: maximum memory usage per Container is '
        "512Mi, but limit is 1Gi",
    ),
    event(
        "failedscheduling",
        "FailedScheduling",
        "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption "
        "victims found for incoming pod.",
    ),
    event(
        "failedscheduling",
        "FailedScheduling",
        "0/2 nodes are available: 2 node(s) had untolerated taint {CriticalAddonsOnly: true}. preemption: "
        "0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    ),
    event(
        "service-account-not-found",
        "FailedCreate",
        'Error creating: pods "orders-7d4b9c6f8-" is forbidden: error looking up service account '
        'shop/orders: serviceaccount "orders" not found',
        service_account="orders",
        namespace="shop",
    ),
    event(
        "service-account-not-found",
        "InvalidProviderConfig",
        'ServiceAccount "orders" not found',
        service_account="orders",
    ),
    event(
        "crashloopbackoff",
        "BackOff",
        "Back-off restarting failed container orders in pod "
        "orders-7d4b9c6f8-x2x9k_shop(8b0c5e3e-0000-4000-8000-00000000000d)",
    ),
    event(
        "crashloopbackoff",
        "CrashLoopBackOff",
        "back-off 5m0s restarting failed container=orders "
        "pod=orders-7d4b9c6f8-x2x9k_shop(8b0c5e3e-0000-4000-8000-00000000000d)",
    ),
    event("oomkilled", "OOMKilled", ""),
    event("probe-failed", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
    printed(
        "no-token-in-the-pod",
        "WorkloadIdentityCredential authentication unavailable. The workload options are not fully "
        "configured. See the troubleshooting guide for more information: "
        "https://aka.ms/azsdk/python/identity/workloadidentitycredential/troubleshoot",
        "kubernetes",
    ),
    event(
        "failedmount",
        "FailedMount",
        "Unable to attach or mount volumes: unmounted volumes=[secrets], unattached volumes=[secrets "
        "kube-api-access-x2x9k]: timed out waiting for the condition",
    ),
    event(
        "failedcreate",
        "FailedCreate",
        'Error creating: pods "orders-7d4b9c6f8-x2x9k" is forbidden: no PriorityClass with name high was '
        "found",
    ),
    event(
        "rollout-not-complete",
        "ProgressDeadlineExceeded",
        'ReplicaSet "orders-7d4b9c6f8" has timed out progressing.',
    ),
    printed(
        "rollout-not-complete",
        '3 errors occurred:\n\t* the Kubernetes API server reported that "shop/orders" failed to fully '
        "initialize or become live: 'orders' timed out waiting to be Ready\n\t* Minimum number of Pods to "
        "consider the application live was not attained",
    ),
)
