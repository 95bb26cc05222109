"""Settings that the rules of ``rules/pods.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, dapr, pod, workload

CASES = [
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"type": "OnDelete"})]},
        "workloads[0].update_strategy.type: 'OnDelete' would let Pulumi wait until each pod of the DaemonSet was deleted by hand; choose RollingUpdate (pulumi config set --path 'workloads[0].update_strategy.type' RollingUpdate)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"max_unavailable": "250%"})]},
        "workloads[0].update_strategy.max_unavailable: 250% is more than all pods; choose at most 100% (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 25%)",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [workload(image="registry.example/shop:1", replicas=2)]},
        "workloads[0].image: has no effect with kind: none; remove it, or choose another kind (pulumi config rm --path 'workloads[0].image')",
        "workloads[0].replicas: has no effect with kind: none; remove it, or choose kind Deployment or StatefulSet (pulumi config rm --path 'workloads[0].replicas')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(kind="DaemonSet", replicas=2)]},
        "workloads[0].replicas: has no effect with kind: DaemonSet; remove it, or choose kind Deployment or StatefulSet (pulumi config rm --path 'workloads[0].replicas')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(kind="Job", port=80, service={})]},
        "workloads[0].service: has no effect with kind: Job; remove it, or choose kind Deployment, StatefulSet, DaemonSet or Pod (pulumi config rm --path 'workloads[0].service')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(schedule="@daily", restart_policy="Never")]},
        "workloads[0].restart_policy: has no effect with kind: Deployment; remove it, or choose kind CronJob, Job or Pod (pulumi config rm --path 'workloads[0].restart_policy')",
        "workloads[0].schedule: has no effect with kind: Deployment; remove it, or choose kind CronJob (pulumi config rm --path 'workloads[0].schedule')",
    ),
    case(
        "image-of-a-pod",
        {"workloads": [workload(kind="Deployment")]},
        "workloads[0].image: missing for kind: Deployment; set the image, or kind: none if another tool deploys the pods",
    ),
    case(
        "schedule-of-a-cron-job",
        {"workloads": [pod(kind="CronJob")]},
        'workloads[0].schedule: missing for kind: CronJob; set when it runs: "0 3 * * *" or @daily',
    ),
    case(
        "restart-policy-of-a-job",
        {"workloads": [pod(kind="Job", restart_policy="Always")]},
        "workloads[0].restart_policy: 'Always' does not work with a Job, which has to end; choose OnFailure or Never (pulumi config set --path 'workloads[0].restart_policy' OnFailure)",
    ),
    case(
        "port-is-known",
        {"workloads": [pod(service={}, probes={"readiness": {"path": "/"}})]},
        "workloads[0].port: missing, but service and probes.readiness call it; set the port on which the container listens (pulumi config set --path 'workloads[0].port' 8080)",
    ),
    case(
        "probe-asks-one-question",
        {"workloads": [pod(port=80, probes={"readiness": {"path": "/", "tcp": True}, "liveness": {}})]},
        "workloads[0].probes.readiness: has path and tcp; set one of path, tcp and command",
        "workloads[0].probes.liveness: has no check; set one of path, tcp and command",
    ),
    case(
        "probe-asks-one-question",
        {"workloads": [pod(port=80, probes={"readiness": {"path": "healthz"}})]},
        "workloads[0].probes.readiness.path: does not begin with a slash; write the slash (pulumi config set --path 'workloads[0].probes.readiness.path' /healthz)",
    ),
    case(
        "requests-within-limits",
        {
            "workloads": [
                pod(
                    resources={
                        "requests": {"cpu": 1.5, "memory": "1Gi"},
                        "limits": {"cpu": "500m", "memory": "1G"},
                    }
                )
            ]
        },
        "workloads[0].resources.requests.cpu: 1.5 is more than the limit 500m; choose a lower request, or a higher limit (pulumi config set --path 'workloads[0].resources.requests.cpu' 500m)",
        "workloads[0].resources.requests.memory: 1Gi is more than the limit 1G; choose a lower request, or a higher limit (pulumi config set --path 'workloads[0].resources.requests.memory' 1G)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"type": "OnDelete"})]},
        "workloads[0].update_strategy.type: 'OnDelete' does not work with a Deployment; choose RollingUpdate or Recreate (pulumi config set --path 'workloads[0].update_strategy.type' RollingUpdate)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"type": "Recreate"})]},
        "workloads[0].update_strategy.type: 'Recreate' does not work with a DaemonSet; choose RollingUpdate (pulumi config set --path 'workloads[0].update_strategy.type' RollingUpdate)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="StatefulSet", update_strategy={"max_unavailable": 1})]},
        "workloads[0].update_strategy.max_unavailable: has no effect: a StatefulSet replaces one pod after another; remove it (pulumi config rm --path 'workloads[0].update_strategy.max_unavailable')",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"type": "Recreate", "max_surge": 1})]},
        "workloads[0].update_strategy.max_surge: has no effect with type: Recreate; remove it (pulumi config rm --path 'workloads[0].update_strategy.max_surge')",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"max_surge": 0, "max_unavailable": "0%"})]},
        "workloads[0].update_strategy.max_unavailable: 0 like max_surge, so no pod could be replaced; set one of them above 0 (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 1)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"max_surge": 1})]},
        "workloads[0].update_strategy.max_unavailable: above 0 like max_surge, but a DaemonSet accepts only one of them; set one of them to 0 (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 0)",
    ),
    case(
        "requests-within-limits",
        dapr(DB, dapr={"sidecar": {"requests": {"memory": "128Mi"}, "limits": {"memory": "64Mi"}}}),
        "workloads[0].dapr.sidecar.requests.memory: 128Mi is more than the limit 64Mi; choose a lower request, or a higher limit (pulumi config set --path 'workloads[0].dapr.sidecar.requests.memory' 64Mi)",
    ),
    case(
        "requests-within-limits",
        {
            "operators": {
                "external_secrets": {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "500m"}}}
            }
        },
        "operators.external_secrets.resources.requests.cpu: 1 is more than the limit 500m; choose a lower request, or a higher limit (pulumi config set --path 'operators.external_secrets.resources.requests.cpu' 500m)",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(kind="DaemonSet", autoscale={"by": "external"})]},
        "workloads[0].autoscale: has no effect with kind: DaemonSet; remove it, or choose kind Deployment or StatefulSet (pulumi config rm --path 'workloads[0].autoscale')",
    ),
    case(
        "scratch-listed-once",
        {"workloads": [pod(scratch=["/tmp", "/tmp"])]},
        "workloads[0].scratch[1]: '/tmp' is listed twice; list it once (pulumi config rm --path 'workloads[0].scratch[1]')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [workload(scratch=["/tmp"], read_only_root_filesystem=True)]},
        "workloads[0].read_only_root_filesystem: has no effect with kind: none; remove it, or choose another kind (pulumi config rm --path 'workloads[0].read_only_root_filesystem')",
        "workloads[0].scratch: has no effect with kind: none; remove it, or choose another kind (pulumi config rm --path 'workloads[0].scratch')",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [workload(os="windows")]},
        "workloads[0].os: 'windows' needs a node pool of Windows, which the cluster does not have; add a pool with os_sku: Windows2025 to cluster.user_pools (pulumi config set --path 'workloads[0].os' linux)",
        "workloads[0].os: has no effect with kind: none; remove it, or choose another kind (pulumi config rm --path 'workloads[0].os')",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"max_surge": "101%", "max_unavailable": 0})]},
        "workloads[0].update_strategy.max_surge: 101% is more than all pods; choose at most 100% (pulumi config set --path 'workloads[0].update_strategy.max_surge' 25%)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(kind="DaemonSet", update_strategy={"max_unavailable": 0})]},
        "workloads[0].update_strategy.max_unavailable: 0 like max_surge by default, so no pod could be replaced; set one of them above 0 (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 1)",
    ),
    case(
        "update-strategy-of-the-kind",
        {"workloads": [pod(update_strategy={"max_unavailable": "0101%"})]},
        "workloads[0].update_strategy.max_unavailable: 0101% is more than all pods; choose at most 100% (pulumi config set --path 'workloads[0].update_strategy.max_unavailable' 25%)",
    ),
]
