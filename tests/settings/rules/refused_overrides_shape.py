"""Overrides that do not have the shape of their kind, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import container, pod, template

_AT = "workloads[0].overrides.spec.template.spec"

CASES = [
    case(
        "override-key",
        {"workloads": [pod(overrides={"spec": {"zzUnknown": 1, "minReadySecond": 3}})]},
        'workloads[0].overrides.spec["…"]: a DeploymentSpec has no such key, and the provider would drop it; remove it',
        "workloads[0].overrides.spec.minReadySecond: a DeploymentSpec has no such key, and the provider would drop it; did you mean 'minReadySeconds'? rename it in the stack file",
    ),
    # one level too high, in the wrong kind, in the words of the settings
    case(
        "override-key",
        {"workloads": [pod(overrides=template({"livenessProbe": {}, "node_selector": {}}))]},
        f"{_AT}.livenessProbe: a PodSpec has no such key, and the provider would drop it; move it: it is a key of Container",
        f"{_AT}.node_selector: a PodSpec has no such key, and the provider would drop it; did you mean 'nodeSelector'? rename it in the stack file",
    ),
    case(
        "override-key",
        {"workloads": [pod(kind="StatefulSet", overrides={"spec": {"strategy": {"type": "Recreate"}}})]},
        "workloads[0].overrides.spec.strategy: a StatefulSetSpec has no such key, and the provider would drop it; remove it (pulumi config rm --path 'workloads[0].overrides.spec.strategy')",
    ),
    # what may be a value that slipped out of its place is not repeated
    case(
        "override-key",
        {"workloads": [pod(overrides=container(env=[{"name": "DB", "value:canary-7f3a": None}]))]},
        f"{_AT}.containers[0].env[0]: has a key, which is not shown here, that an EnvVar does not have; choose name, value or valueFrom",
    ),
    case(
        "override-key",
        {"workloads": [pod(overrides=container(**{"workingDir:canary-7f3a": None}))]},
        f"{_AT}.containers[0]: has a key, which is not shown here, that a Container does not have; choose args, command, env, envFrom, image, imagePullPolicy, lifecycle, livenessProbe, name or ports",
    ),
    case(
        "override-type",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {
                            "hostNetwork": "false",
                            "terminationGracePeriodSeconds": "30",
                            "nodeSelector": {"pool": 1},
                            "containers": [{"name": "shop", "resources": {"limits": {"cpu": True}}}],
                        }
                    )
                )
            ]
        },
        f"{_AT}.hostNetwork: is neither true nor false; write one of them, without quotes",
        f"{_AT}.terminationGracePeriodSeconds: is not a whole number; write one, without quotes",
        f"{_AT}.nodeSelector.pool: is not text; write it in quotes in the stack file",
        f"{_AT}.containers[0].resources.limits.cpu: is neither a number nor text; write one of them",
    ),
    # every one of these was a traceback
    case(
        "override-form",
        {"workloads": [pod(overrides={"spec": True})]},
        "workloads[0].overrides.spec: is not a mapping; write the keys that differ",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"volumes": [{"name": ["cache"]}]}))]},
        f"{_AT}.volumes[0]: has no name; set it: strategic merge matches volumes by it",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=container(env=[{"name": {"a": 1}}]))]},
        f"{_AT}.containers[0].env[0]: has no name; set it: strategic merge matches env by it",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=container(securityContext={"capabilities": True}))]},
        f"{_AT}.containers[0].securityContext.capabilities: is not a mapping; write the keys that differ",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"containers": [{"name": ["shop"]}, {"name": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0]: has no name; set it: strategic merge matches containers by it",
        "workloads[0].overrides.spec.template.spec.containers[1]: has no name; set it: strategic merge matches containers by it",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"volumes": [{"name": "a"}, {"name": "a"}]}))]},
        "workloads[0].overrides.spec.template.spec.volumes[1]: another item has the same name; keep one of them",
    ),
    case(
        "override-form",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {"containers": [{"name": "shop", "ports": [{"containerPort": "8080"}]}]}
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.containers[0].ports[0]: has no containerPort; set it: strategic merge matches ports by it",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"template": {}})]},
        "workloads[0].overrides.template: is not a key of an object: those are metadata and spec; move it below one of them",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"spec": "x"})]},
        "workloads[0].overrides.spec: is not a mapping; write the keys that differ",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"spec": {"template": {"$patch": "replace"}}})]},
        'workloads[0].overrides.spec.template["$patch"]: patch directives are not supported; remove it: null removes a key, and a list without a merge key replaces the whole list (pulumi config rm --path \'workloads[0].overrides.spec.template["$patch"]\')',
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"containers": [{"image": "x:1"}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0]: has no name; set it: strategic merge matches containers by it",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"volumes": {}}))]},
        "workloads[0].overrides.spec.template.spec.volumes: is not a list; write a list",
    ),
]
