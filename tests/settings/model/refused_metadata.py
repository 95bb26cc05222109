"""Settings that the rules of ``model/metadata.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod

CASES = [
    case(
        "label-key",
        {"labels": {"-team": "shop"}},
        'labels["…"]: is not a key of a label; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a domain and a slash may stand before',
    ),
    case(
        "label-key",
        {"workloads": [pod(labels={"Example.com/team": "shop"})]},
        'workloads[0].labels["Example.com/team"]: is not a key of a label; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a domain and a slash may stand before',
    ),
    case(
        "label-key",
        {"workloads": [pod(labels={"x" * 64: "shop"})]},
        "workloads[0].labels.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: is not a key of a label; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a domain and a slash may stand before",
    ),
    case(
        "label-value",
        {"labels": {"team": "the shop"}},
        "labels.team: the value is not a label value; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; an annotation may be any text",
    ),
    case(
        "annotation-key",
        {"workloads": [pod(annotations={"a/b/c": "x"})]},
        'workloads[0].annotations["a/b/c"]: is not a key of an annotation; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a domain and a slash may stand before',
    ),
]
