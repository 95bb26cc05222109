"""The pod template: containers, probes, security context and labels."""

import pytest

from components.identity.principal import ServiceAccount
from components.workloads import Pod, WorkloadKind
from components.workloads.manifests import owner
from components.workloads.pod import (
    HostAlias,
    Probe,
    Security,
    TaintEffect,
    Toleration,
    TolerationOperator,
)
from components.workloads.pod_requirements import PodRequirements
from tests.components.workloads.pods import IMAGE, RUNNING, container_of, owner_of, template_of, workload_of


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_of_every_kind_run_as_the_service_account_with_the_identity(kind: WorkloadKind) -> None:
    template = template_of(workload_of(kind), kind)
    assert template["spec"]["serviceAccountName"] == "shop"
    assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true"


@pytest.mark.parametrize("kind", RUNNING)
def test_a_container_writes_to_its_scratch_folders_only(kind: WorkloadKind) -> None:
    built = workload_of(kind, read_only_root_filesystem=True, scratch=["/tmp", "/var/cache/nginx"])
    spec, container = template_of(built, kind)["spec"], container_of(built, kind)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    mounted = {
        mount["name"]: mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")
    }
    assert sorted(mounted.values()) == ["/tmp", "/var/cache/nginx"]
    empty = {volume["name"] for volume in spec["volumes"] if volume.get("emptyDir") == {}}
    assert empty == set(mounted)


def test_scratch_folders_are_added_to_the_techniques_mounts() -> None:
    mounts = [{"name": "secrets-store", "mountPath": "/mnt/secrets-store", "readOnly": True}]
    delivery = PodRequirements(volumes=[{"name": "secrets-store", "csi": {}}], volume_mounts=mounts)
    made = owner("shop", ServiceAccount("shop", "shop"), Pod(image=IMAGE, scratch=["/tmp"]), delivery)
    spec = made["spec"]["template"]["spec"]
    assert [volume["name"] for volume in spec["volumes"]] == ["secrets-store", "scratch-0"]
    assert spec["containers"][0]["volumeMounts"] == [*mounts, {"name": "scratch-0", "mountPath": "/tmp"}]


@pytest.mark.parametrize("kind", RUNNING)
def test_pods_of_every_kind_keep_to_the_restricted_standard(kind: WorkloadKind) -> None:
    built = workload_of(kind)
    spec, container = template_of(built, kind)["spec"], container_of(built, kind)
    assert spec["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}


@pytest.mark.parametrize("kind", RUNNING)
@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_names_of_owners_are_known_in_the_first_preview(kind: WorkloadKind, preview: bool) -> None:
    metadata = owner_of(workload_of(kind, preview=preview), kind)["metadata"]
    assert (metadata["name"], metadata["namespace"]) == ("shop", "shop")


def test_a_baseline_pod_keeps_the_other_restrictions() -> None:
    built = workload_of(security=Security.BASELINE)
    assert template_of(built)["spec"]["securityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}
    assert container_of(built)["securityContext"] == {"allowPrivilegeEscalation": False}


def test_a_user_id_is_the_pods() -> None:
    assert template_of(workload_of(run_as_user=65532))["spec"]["securityContext"]["runAsUser"] == 65532


def test_the_identity_label_is_on_the_template_only() -> None:
    """A selector is immutable, so the label would make a change of technique a replacement."""
    owner = owner_of(workload_of())
    assert owner["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "shop"}
    assert owner["metadata"]["labels"] == {"app.kubernetes.io/name": "shop"}


def test_unset_fields_are_not_sent() -> None:
    container = container_of(workload_of())
    assert set(container) == {"name", "image", "env", "securityContext"}
    assert set(owner_of(workload_of())["spec"]) == {
        "selector",
        "template",
        "replicas",
        "progressDeadlineSeconds",
    }


def test_all_fields_are_sent() -> None:
    probe = Probe(
        path="/ready", initial_delay_seconds=1, period_seconds=2, timeout_seconds=3, failure_threshold=4
    )
    built = workload_of(
        command=["/app"],
        args=["--on", "$(KEYVAULT_URL)"],
        env={"LEVEL": "info"},
        port=8080,
        resources={"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}},
        probes={"readiness": probe, "liveness": Probe(tcp=True), "startup": Probe(command=["/app", "check"])},
    )
    container = container_of(built)
    assert container["command"] == ["/app"]
    assert container["args"] == ["--on", "$(KEYVAULT_URL)"]
    assert container["ports"] == [{"name": "app", "containerPort": 8080}]
    assert container["resources"] == {"requests": {"cpu": "100m"}, "limits": {"memory": "64Mi"}}
    assert container["readinessProbe"] == {
        "httpGet": {"path": "/ready", "port": 8080},
        "initialDelaySeconds": 1,
        "periodSeconds": 2,
        "timeoutSeconds": 3,
        "failureThreshold": 4,
    }
    assert container["livenessProbe"] == {"tcpSocket": {"port": 8080}}
    assert container["startupProbe"] == {"exec": {"command": ["/app", "check"]}}
    # `$(NAME)` refers to earlier variables, so the technique's come first.
    assert [variable["name"] for variable in container["env"]][-1] == "LEVEL"


def test_a_pod_has_the_fields_of_its_keys_and_no_others() -> None:
    affinity = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}
    built = workload_of(
        priority_class="high",
        image_pull_secrets=["registry"],
        node_selector={"team": "shop"},
        tolerations=[
            Toleration(key="team", value="shop", effect=TaintEffect.NO_EXECUTE, toleration_seconds=60),
            Toleration(operator=TolerationOperator.EXISTS),
        ],
        affinity=affinity,
        host_aliases=[HostAlias(ip="10.20.0.4", hostnames=["db"])],
        fs_group=999,
    )
    spec = template_of(built)["spec"]
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux", "team": "shop"}
    assert spec["securityContext"]["fsGroup"] == 999
    fields = {
        "priorityClassName": "high",
        "imagePullSecrets": [{"name": "registry"}],
        "tolerations": [
            {
                "key": "team",
                "operator": "Equal",
                "value": "shop",
                "effect": "NoExecute",
                "tolerationSeconds": 60,
            },
            {"operator": "Exists"},
        ],
        "affinity": affinity,
        "hostAliases": [{"ip": "10.20.0.4", "hostnames": ["db"]}],
    }
    assert {key: spec[key] for key in fields} == fields
    untouched = template_of(workload_of())["spec"]
    assert not fields.keys() & untouched.keys()
    assert "fsGroup" not in untouched["securityContext"]
