"""Settings that the rules of ``rules/tags.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import secret, workload

CASES = [
    case(
        "tag-limits",
        {"tags": {"a/b": "x"}},
        'tags["a/b"]: is not a valid tag name; use 1 to 512 characters, none of < > % & \\ ? /',
    ),
    case(
        "tag-limits",
        {"tags": {"Microsoft-team": "x"}},
        "tags.Microsoft-team: begins with a prefix that Azure reserves; choose another name",
    ),
    case(
        "tag-limits",
        {"tags": {"team": "x" * 257}},
        "tags.team: has a value of 257 characters; Azure allows 256",
    ),
    case(
        "tag-limits",
        {"tags": {f"t{i}": "x" for i in range(51)}},
        "tags: 51 tags; Azure allows 50 on a resource",
    ),
    case(
        "tag-names-differ",
        {"tags": {"Team": "a", "team": "b"}},
        "tags.Team: is set twice, in different case; keep one of them: Azure ignores case",
    ),
    case(
        "secret-tag-number",
        {
            "tags": {f"t{i}": "x" for i in range(16)},
            "workloads": [workload(secrets=[secret(**{"from_": "random"})])],
        },
        "tags: 16 tags; a Key Vault secret, which this stack writes, allows 15",
    ),
]
