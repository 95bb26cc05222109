"""Settings that the rules of ``rules/overrides.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod, template

CASES = [
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
        "override-of-replicas",
        {"workloads": [pod(overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has no effect: replicas is a key of the workload; remove it, and set replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
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
    case(
        "override-of-replicas",
        {"workloads": [pod(autoscale={"by": "external"}, overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has no effect: replicas is a key of the workload; remove it, and set replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
    ),
]
