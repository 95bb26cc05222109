"""The pack, as Pulumi starts it: ``python -m pulumi.policy <engine> policy`` in the environment of the pack.

Owns: one policy per proof. Deliberately not here: what a policy reports (``reports.py``), how the resources
arrive (``analyzer.py``), and the proofs themselves (``trust/``).
"""

import sys
from pathlib import Path

# Pulumi starts the folder, and the proofs stand beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi.runtime.proto import analyzer_pb2_grpc
from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

from policy.analyzer import Analysis, attach
from policy.reports import Rule, rules

_SEVERITIES = {"error": Severity.HIGH, "warning": Severity.LOW}
_LEVELS = {"error": EnforcementLevel.MANDATORY, "warning": EnforcementLevel.ADVISORY}


def policy_of(rule: Rule, analysis: Analysis) -> StackValidationPolicy:
    """The policy that reports what a rule finds in the analysis."""

    def validate(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        if not rule.applies(analysis.verdicts):
            args.not_applicable("the stack has nothing that it judges")
        for violation in rule.violations(analysis, args.get_config() or {}):
            report_violation(violation.text, violation.urn)

    return StackValidationPolicy(
        name=rule.name,
        description=rule.statement,
        validate=validate,
        enforcement_level=_LEVELS[rule.severity],
        config_schema=PolicyConfigSchema(rule.properties) if rule.properties else None,
        severity=_SEVERITIES[rule.severity],
        url=rule.url,
    )


def main() -> None:
    analysis = Analysis()
    serve = analyzer_pb2_grpc.add_AnalyzerServicer_to_server

    def serve_whole_resources(servicer: analyzer_pb2_grpc.AnalyzerServicer, server: object) -> None:
        serve(attach(servicer, analysis), server)

    # pulumi-policy gives a stack policy neither inputs nor what is secret, and decodes all resources for each
    # policy anew. PolicyPack serves until it is stopped, so this is the only way between it and the engine.
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server = serve_whole_resources
    PolicyPack("aks-secrets", [policy_of(rule, analysis) for rule in rules()])


main()
