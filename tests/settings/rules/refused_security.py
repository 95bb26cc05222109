"""Settings that the rules of ``rules/security.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod, template

CASES = [
    case(
        "security-has-a-reason",
        {"workloads": [pod(security="baseline")]},
        "workloads[0].security_reason: missing for security: baseline; set why the image needs it",
    ),
    case(
        "security-has-a-reason",
        {"workloads": [pod(security="baseline", security_reason=" ")]},
        "workloads[0].security_reason: missing for security: baseline; set why the image needs it",
    ),
    case(
        "security-has-a-reason",
        {"workloads": [pod(security_reason="left over")]},
        "workloads[0].security_reason: has no effect with security: restricted; remove it, or change security (pulumi config rm --path 'workloads[0].security_reason')",
    ),
    case(
        "restricted-is-not-root",
        {"workloads": [pod(run_as_user=0)]},
        "workloads[0].run_as_user: 0 is root, which security: restricted does not allow; choose another user id (pulumi config set --path 'workloads[0].run_as_user' 65532)",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"securityContext": {"runAsNonRoot": None}}))]},
        "workloads[0].overrides.spec.template.spec.securityContext.runAsNonRoot: weakens security: restricted; remove it, or set security: baseline with security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.runAsNonRoot')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"containers": [{"name": "shop", "securityContext": None}]}))]},
        "workloads[0].overrides.spec.template.spec.containers[0].securityContext: weakens security: restricted; remove it, or set security: baseline with security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].securityContext')",
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
        "workloads[0].overrides.spec.template.spec.containers[0].securityContext.capabilities: weakens security: restricted; remove it, or set security: baseline with security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.containers[0].securityContext.capabilities')",
    ),
    case(
        "override-weakens-security",
        {
            "workloads": [
                pod(overrides=template({"securityContext": {"seccompProfile": {"type": "Unconfined"}}}))
            ]
        },
        "workloads[0].overrides.spec.template.spec.securityContext.seccompProfile: weakens security: restricted; remove it, or set security: baseline with security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.seccompProfile')",
    ),
    case(
        "override-weakens-security",
        {"workloads": [pod(overrides=template({"securityContext": {"runAsUser": 0}}))]},
        "workloads[0].overrides.spec.template.spec.securityContext.runAsUser: weakens security: restricted; remove it, or set security: baseline with security_reason (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.runAsUser')",
    ),
]
