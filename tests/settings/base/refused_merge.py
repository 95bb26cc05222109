"""Settings that the rules of ``merge.py`` refuse, with the exact words."""

from tests.settings.cases import case

_BASE = {"base": "tests/settings/base/files/shop.yaml"}
_NOTHING = "$patch: delete leaves nothing out, since the base file has nothing here; remove it in the stack file, or correct the name"

CASES = [
    case("patch-leaves-something-out", {**_BASE, "workloads": [{"name": "crat", "$patch": "delete"}]}, f"stack file: workloads[0]: {_NOTHING}"),
    case("patch-leaves-something-out", {**_BASE, "monitoring": {"$patch": "delete"}}, f"stack file: monitoring: {_NOTHING}"),
    case("patch-leaves-something-out", {**_BASE, "tags": {"cost-center": {"$patch": "delete"}}}, f"stack file: tags.cost-center: {_NOTHING}"),
    case("patch-leaves-something-out", {**_BASE, "technique": {"$patch": "delete"}}, f"stack file: technique: {_NOTHING}"),
    case("patch-leaves-something-out", {**_BASE, "tags": {"$patch": "replace"}}, "stack file: tags: unknown value of $patch; choose delete, or remove $patch"),
    case(
        "patch-leaves-something-out",
        {**_BASE, "workloads": [{"name": "mail", "replicas": 2, "$patch": "delete"}]},
        "stack file: workloads[0]: $patch: delete leaves all of this out, so that the keys beside it have no effect; remove them, or remove $patch",
    ),
]  # fmt: skip
