"""Settings that the rules of ``rules/overrides.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod, template

CASES = [
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"containers": [{"name": ["shop"]}, {"name": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0]: has no name; items of containers are told apart by it: say which one is meant",
        "workloads[0].overrides.spec.template.spec.containers[1]: has no name; items of containers are told apart by it: say which one is meant",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"volumes": [{"name": "a"}, {"name": "a"}]}))]},
        "workloads[0].overrides.spec.template.spec.volumes[1]: another item has this name too; write one of them",
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
        "workloads[0].overrides.spec.template.spec.containers[0].ports[0]: has no containerPort; items of ports are told apart by it: say which one is meant",
    ),
    case(
        "override-of-replicas",
        {"workloads": [pod(overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has a key of its own; take it out, and say replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"securityContext": {"runAsNonRoot": None}}))]},
        "workloads[0].overrides.spec.template.spec.securityContext.runAsNonRoot: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.runAsNonRoot')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"containers": [{"name": "shop", "securityContext": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0].securityContext: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].securityContext')",
    ),
    case(
        "override-weakens-security",
        {
            "workloads": [
                pod(
                    overrides=template(
                        {
                            "containers": [
                                {"name": "shop", "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}
                            ]
                        }
                    )
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.containers[0].securityContext.capabilities: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].securityContext.capabilities')",
    ),
    case(
        "override-weakens-security",
        {
            "workloads": [
                pod(overrides=template({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}))
            ]
        },
        "workloads[0].overrides.spec.template.spec.securityContext.seccompProfile: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.seccompProfile')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"securityContext": {"runAsUser": 0}}))]},
        "workloads[0].overrides.spec.template.spec.securityContext.runAsUser: is less than security: restricted promises; take it out, or say security: baseline with its security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.runAsUser')",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"template": {}})]},
        "workloads[0].overrides.template: an object has metadata and spec; write it below one of them",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"spec": "x"})]},
        "workloads[0].overrides.spec: not keys with values; write the keys below it that differ",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides={"spec": {"template": {"$patch": "replace"}}})]},
        'workloads[0].overrides.spec.template["$patch"]: directives are not supported; null takes a key out, lists of Kubernetes replace (pulumi config rm --path \'workloads[0].overrides.spec.template["$patch"]\')',
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"containers": [{"image": "x:1"}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0]: has no name; items of containers are told apart by it: say which one is meant",
    ),
    case(
        "override-form",
        {"workloads": [pod(overrides=template({"volumes": {}}))]},
        "workloads[0].overrides.spec.template.spec.volumes: not a list; write a list",
    ),
    case(
        "override-of-replicas",
        {"workloads": [pod(autoscale={"by": "external"}, overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has a key of its own; take it out, and say replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
    ),
]
