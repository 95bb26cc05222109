"""The pod template of a workload: container, probes, security context and spread. Pure."""

from components.identity.principal import ServiceAccount
from components.workloads.metadata import Metadata
from components.workloads.pod import OperatingSystem, Pod, Probe, RestartPolicy, Security, WorkloadKind
from components.workloads.pod_requirements import Manifest, PodRequirements, pod_patch, without_empty

NAME_LABEL = "app.kubernetes.io/name"
"""The only label in selectors: a selector is immutable, so it holds nothing that may change."""
PORT_NAME = "app"


def labels(name: str) -> dict[str, str]:
    """The labels that identify the pods of a workload within its namespace."""
    return {NAME_LABEL: name}


def pod_template(
    name: str, account: ServiceAccount, pod: Pod, requirements: PodRequirements, user_metadata: Metadata
) -> Manifest:
    patch = pod_patch(name, account, requirements)
    container = {**_container(name, pod), **patch["spec"]["containers"][0], "env": _env(pod, requirements)}
    scratch = {f"scratch-{index}": path for index, path in enumerate(pod.scratch)}
    if scratch:
        mounts = [{"name": volume, "mountPath": path} for volume, path in scratch.items()]
        container["volumeMounts"] = [*container.get("volumeMounts", []), *mounts]
    spec: Manifest = {
        **patch["spec"],
        **without_empty(
            {"volumes": [*requirements.volumes, *({"name": volume, "emptyDir": {}} for volume in scratch)]}
        ),
        # The webhook projects the token for Entra; no pod needs the token for the Kubernetes API.
        "automountServiceAccountToken": False,
        "containers": [without_empty(container)],
        **_placement(pod),
        "securityContext": _pod_security(pod),
    }
    if pod.os is OperatingSystem.WINDOWS:
        # With spec.os, Pod Security skips the Linux-only checks:
        # https://kubernetes.io/docs/concepts/security/pod-security-standards/#os-specific-policy-controls
        spec["os"] = {"name": pod.os.value}
    if pod.restart_policy or pod.kind in (WorkloadKind.JOB, WorkloadKind.CRON_JOB):
        spec["restartPolicy"] = (pod.restart_policy or RestartPolicy.ON_FAILURE).value
    if pod.several:
        spec["topologySpreadConstraints"] = [
            _spread(name, key) for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ]
    return {
        "metadata": user_metadata.fields({**labels(name), **requirements.labels}, requirements.annotations),
        "spec": spec,
    }


def _placement(pod: Pod) -> Manifest:
    """The pod's placement and its image pull secrets."""
    return without_empty(
        {
            "nodeSelector": {"kubernetes.io/os": pod.os.value, **pod.node_selector},
            "priorityClassName": pod.priority_class,
            "imagePullSecrets": [{"name": name} for name in pod.image_pull_secrets],
            "tolerations": [
                without_empty(
                    {
                        "key": toleration.key,
                        "operator": toleration.operator.value,
                        "value": toleration.value,
                        "effect": toleration.effect.value if toleration.effect else None,
                        "tolerationSeconds": toleration.toleration_seconds,
                    }
                )
                for toleration in pod.tolerations
            ],
            "affinity": dict(pod.affinity),
            "hostAliases": [
                {"ip": alias.ip, "hostnames": list(alias.hostnames)} for alias in pod.host_aliases
            ],
        }
    )


def _env(pod: Pod, requirements: PodRequirements) -> list[Manifest]:
    """The technique's variables come first: `$(NAME)` in a value refers to earlier variables."""
    return [*requirements.env, *({"name": key, "value": value} for key, value in pod.env.items())]


def _container(name: str, pod: Pod) -> Manifest:
    return without_empty(
        {
            "name": name,
            "image": pod.image,
            "command": list(pod.command),
            "args": list(pod.args),
            "ports": [{"name": PORT_NAME, "containerPort": pod.port}] if pod.port else [],
            "resources": {key: dict(amounts) for key, amounts in pod.resources.items()},
            **{f"{kind}Probe": _probe(probe, pod.port) for kind, probe in pod.probes.items()},
            "securityContext": _container_security(pod),
        }
    )


def _probe(probe: Probe, port: int | None) -> Manifest:
    # The port's number, since overrides may change its name.
    return without_empty(
        {
            "httpGet": {"path": probe.path, "port": port} if probe.path else None,
            "tcpSocket": {"port": port} if probe.tcp else None,
            "exec": {"command": list(probe.command)} if probe.command else None,
            "initialDelaySeconds": probe.initial_delay_seconds,
            "periodSeconds": probe.period_seconds,
            "timeoutSeconds": probe.timeout_seconds,
            "failureThreshold": probe.failure_threshold,
        }
    )


def _pod_security(pod: Pod) -> Manifest:
    restricted = pod.security is Security.RESTRICTED
    if pod.os is OperatingSystem.WINDOWS:
        # Most images run as ContainerAdministrator by default:
        # https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/
        return (
            {"runAsNonRoot": True, "windowsOptions": {"runAsUserName": "ContainerUser"}} if restricted else {}
        )
    return without_empty(
        {
            "runAsNonRoot": True if restricted else None,
            "runAsUser": pod.run_as_user,
            "fsGroup": pod.fs_group,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
    )


def _container_security(pod: Pod) -> Manifest:
    if pod.os is OperatingSystem.WINDOWS:
        # None of these fields exist for Windows:
        # https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod-spec-containers-securitycontext
        return {}
    context: Manifest = {"allowPrivilegeEscalation": False}
    if pod.security is Security.RESTRICTED:
        context["capabilities"] = {"drop": ["ALL"]}
    if pod.read_only_root_filesystem:
        context["readOnlyRootFilesystem"] = True
    return context


def _spread(name: str, key: str) -> Manifest:
    # A preference: a cluster with one node or one zone still runs the pods.
    return {
        "topologyKey": key,
        "maxSkew": 1,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels(name)},
    }
