"""Metric alerts of Azure Monitor, and the action groups that they notify.

https://learn.microsoft.com/rest/api/monitor/metric-alerts/create-or-update,
.../action-groups/create-or-update. Simulated: metrics of vaults. Nothing is measured, so no alert fires.
Where a rule cites no issue for its message, ARM's message is not published.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import ArmError, Write, not_found, rule
from rehearsal.simulators.azure.types import type_of_id

ACTION_GROUP: Final = "azure-native:monitor:ActionGroup"
METRIC_ALERT: Final = "azure-native:monitor:MetricAlert"

_ACTION_GROUP_REGIONS: Final = (
    *("global", "eastus", "westus", "eastus2", "westus2", "southcentralus", "northcentralus"),
    *("swedencentral", "germanywestcentral", "centralindia", "southindia"),
)
_MINUTES: Final[Mapping[str, int]] = {
    **{"PT1M": 1, "PT5M": 5, "PT15M": 15, "PT30M": 30, "PT1H": 60},
    **{"PT6H": 360, "PT12H": 720, "PT24H": 1440, "P1D": 1440},
}
_FREQUENCIES: Final = ("PT1M", "PT5M", "PT15M", "PT30M", "PT1H")
_CRITERIA: Final = (
    "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
    "Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria",
    "Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria",
)
_BY_STATUS: Final = frozenset({"ActivityType", "ActivityName", "StatusCode", "StatusCodeClass"})
# https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-keyvault-vaults-metrics
_VAULT_METRICS: Final[Mapping[str, frozenset[str]]] = {
    "Availability": _BY_STATUS,
    "SaturationShoebox": frozenset({"ActivityType", "ActivityName", "TransactionType"}),
    "ServiceApiHit": frozenset({"ActivityType", "ActivityName"}),
    "ServiceApiLatency": _BY_STATUS,
    "ServiceApiResult": _BY_STATUS,
}


def _bad(message: str) -> ArmError:
    return ArmError(400, "BadRequest", message)


@rule(ACTION_GROUP, METRIC_ALERT)
def name_is_valid(write: Write) -> None:
    """The name has 1 to 260 characters without some special ones, and no space or full stop at its end.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftinsights
    """
    never = r":<>+/&%\\?\x00-\x1f" + (r"*#@{}" if write.type.token == METRIC_ALERT else "")
    if not re.fullmatch(rf"[^{never}]{{1,260}}", write.name) or write.name.endswith((" ", ".")):
        raise ArmError(400, "InvalidResourceName", f"The resource name '{write.name}' is invalid.")


@rule(ACTION_GROUP)
def action_groups_are_global_or_in_some_regions(write: Write) -> None:
    """An action group is global or in one of some regions (message: MicrosoftDocs/azure-docs#5156).

    https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups#global-and-regional-action-group-processing
    """
    _require_region(write, _ACTION_GROUP_REGIONS)


@rule(METRIC_ALERT)
def alerts_on_platform_metrics_are_global(write: Write) -> None:
    """An alert on platform metrics is global; only alerts on custom metrics have regions.

    https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-create-metric-alert-rule
    """
    _require_region(write, ("global",))


def _require_region(write: Write, regions: Iterable[str]) -> None:
    location = str(write.requested_value("location") or "")
    if location.replace(" ", "").lower() not in regions:
        raise ArmError(
            400,
            "LocationNotAvailableForResourceType",
            f"The provided location '{location}' is not available for resource type "
            f"'{write.type.arm_type.lower()}'. List of available regions for the resource type is "
            f"'{','.join(regions)}'.",
        )


@rule(ACTION_GROUP)
def short_name_has_twelve_characters(write: Write) -> None:
    """The short name has at most 12 characters (message: Azure/AzureMonitorStarterPacks#109)."""
    short = str(write.requested_value("groupShortName") or "")
    if len(short) > 12:
        raise ArmError(
            400,
            "GroupShortNameIsTooLong",
            (
                f"The action group short name '{short}' is too long. Please specify a short name with '12' "
                "or less characters."
            ),
        )


@rule(ACTION_GROUP)
def receivers_differ_by_name(write: Write) -> None:
    """The name of a receiver is unique in its group.

    https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups
    """
    receivers = [
        receiver for key, value in write.body.items() if key.endswith("Receivers") for receiver in value or []
    ]
    names = [str(receiver.get("name", "")).lower() for receiver in receivers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _bad(
            f"The receiver name '{twice[0]}' is used more than once in the action group '{write.name}'."
        )


@rule(METRIC_ALERT)
def severity_is_one_of_five(write: Write) -> None:
    """The severity is 0 to 4. https://learn.microsoft.com/rest/api/monitor/metric-alerts/create-or-update"""
    severity = write.requested_value("severity")
    if severity not in range(5):
        raise _bad(f"Severity '{severity}' is invalid: it must be one of 0, 1, 2, 3, 4.")


@rule(METRIC_ALERT)
def windows_are_of_some_lengths(write: Write) -> None:
    """The window and the frequency have some fixed lengths (P1D is PT24H); the window is not the shorter one.

    https://learn.microsoft.com/azure/azure-monitor/alerts/resource-manager-alerts-metric; last message:
    DFE-Digital/publish-teacher-training#4368.
    """
    window, every = write.requested_value("windowSize"), write.requested_value("evaluationFrequency")
    if window not in _MINUTES:
        raise _bad(f"Window size '{window}' is not supported: it must be one of {', '.join(_MINUTES)}.")
    if every not in _FREQUENCIES:
        raise _bad(
            f"Evaluation frequency '{every}' is not supported: it must be one of {', '.join(_FREQUENCIES)}."
        )
    if _MINUTES[window] < _MINUTES[every]:
        raise _bad(f"Window size '{window}' must not be smaller than evaluation frequency '{every}'.")
    if _MINUTES[window] > 240 and _MINUTES[every] < 5:
        raise _bad(
            "Evaluation frequency must be greater than or equal to five minutes since the period is greater "
            "than four hours."
        )


@rule(METRIC_ALERT)
def scopes_exist(write: Write) -> None:
    """Each scope exists (Azure/azure-cli#16513), and criteria for a single resource have one scope."""
    scopes = write.requested_value("scopes") or []
    if len(scopes) != 1 and write.requested_value("criteria", "odataType") == _CRITERIA[0]:
        raise _bad(f"{_CRITERIA[0]} takes exactly one scope, and there are {len(scopes)}.")
    for scope in scopes:
        if write.world.get(scope) is None:
            known = type_of_id(scope)
            raise not_found(write.world, scope, known.arm_type if known else "resource")


@rule(METRIC_ALERT)
def criteria_name_a_metric_of_the_resource(write: Write) -> None:
    """Metrics and dimensions are those of the resource.

    Message for a metric: terraform-provider-azurerm#14743.
    """
    kind, conditions = (
        write.requested_value("criteria", "odataType"),
        write.requested_value("criteria", "allOf") or [],
    )
    if kind not in _CRITERIA:
        raise _bad(f"The criteria type '{kind}' is unknown: it must be one of {', '.join(_CRITERIA)}.")
    if (
        kind == _CRITERIA[2]
        or "/microsoft.keyvault/vaults/" not in str(write.requested_value("scopes")).lower()
    ):
        return
    if not conditions:
        raise _bad("An alert rule needs at least one condition.")
    for condition in conditions:
        _require_metric(condition)


def _require_metric(condition: Mapping[str, Any]) -> None:
    metric = str(condition.get("metricName", ""))
    if metric not in _VAULT_METRICS:
        raise _bad(
            f"Couldn't find a metric named {metric}. Make sure the name is correct. If this metric hasn't "
            "been reported yet, use the -skipMetricValidation flag."
        )
    for dimension in condition.get("dimensions") or []:
        if dimension.get("name") not in _VAULT_METRICS[metric]:
            known = ", ".join(sorted(_VAULT_METRICS[metric]))
            raise _bad(
                f"Couldn't find a dimension named {dimension.get('name')} of the metric {metric}: there are "
                f"{known}."
            )


@rule(METRIC_ALERT)
def action_groups_exist(write: Write) -> None:
    """An alert has at most 5 action groups, and each exists in the alert's subscription.

    Message: Azure/azure-powershell#11102.

    https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups#reusability-and-execution
    """
    groups = [str(action.get("actionGroupId", "")) for action in write.requested_value("actions") or []]
    if len(groups) > 5:
        raise _bad(f"An alert rule has at most 5 action groups, and there are {len(groups)}.")
    for group in groups:
        require_action_group(write, group)


def require_action_group(write: Write, id_: str) -> None:
    """Raise ArmError unless the id is that of an action group in the subscription of the write."""
    resource = write.world.get(id_)
    in_subscription = id_.lower().split("/")[:3] == write.id.lower().split("/")[:3]
    if resource is None or resource.token != ACTION_GROUP or not in_subscription:
        raise _bad(f"Arm resource {id_} is invalid or in a different subscription as alert rule.")
