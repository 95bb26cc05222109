"""Settings that the rules of ``rules/key_names.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import DB, ESO, eso, pod


def _find(*secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    find = {"regexp": "^app-", "env_from": True, **keys}
    return {"workloads": [pod(technique="eso", scope="vault", secrets=list(secrets), find=[find])], **ESO}


def _named(name: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "from": "existing", **keys}


_UNDERSCORES = [{"source": "-", "target": "_"}]
_JSON = {**DB, "extract": True}
SCENES = {
    "workloads[].find[].rewrite[]": _find(rewrite=_UNDERSCORES),
    "workloads[].find[].variable_names": _find(),
    "workloads[].secrets[].rewrite[]": eso({**_JSON, "rewrite": _UNDERSCORES}),
    "workloads[].secrets[].variable_names": eso(_JSON),
}
CASES = [
    case(
        "find-regexp",
        eso(find=[{"regexp": "^user(?!s)"}, {"regexp": "user["}], scope="vault"),
        "workloads[0].find[0].regexp: has syntax that Go does not support; write it without lookahead, lookbehind and backreferences",
        "workloads[0].find[1].regexp: is no regular expression: unterminated character set; correct it",
    ),
    case(
        "rewrite-regexp",
        _find(rewrite=[{"source": "(?=app)", "target": ""}]),
        "workloads[0].find[0].rewrite[0].source: has syntax that Go does not support; write it without lookahead, lookbehind and backreferences",
    ),
    case(
        "rewrite-regexp",
        _find(rewrite=[{"source": "^(app", "target": ""}]),
        "workloads[0].find[0].rewrite[0].source: is no regular expression: missing ), unterminated subpattern; correct it",
    ),
    case(
        "rewrite-regexp",
        _find(rewrite=[{"source": "^(app)-", "target": "$1_"}]),
        "workloads[0].find[0].rewrite[0].target: refers to a group that source does not have, and Go reads letters, digits and underscores behind a $ as its name; write ${1} where text follows, and $$ for a dollar sign",
    ),
    case(
        "rewrite-regexp",
        eso({**_JSON, "rewrite": [{"source": "x", "target": "${2}"}]}),
        "workloads[0].secrets[0].rewrite[0].target: refers to a group that source does not have, and Go reads letters, digits and underscores behind a $ as its name; write ${1} where text follows, and $$ for a dollar sign",
    ),
    case(
        "rewrite-of-several-keys",
        eso({**DB, "rewrite": _UNDERSCORES, "variable_names": True}),
        "workloads[0].secrets[0].rewrite: has no effect without extract: the value has one key; remove it, and set kubernetes_secret.key or env (pulumi config rm --path 'workloads[0].secrets[0].rewrite')",
        "workloads[0].secrets[0].variable_names: has no effect without extract: the value has one key; remove it, and set kubernetes_secret.key or env (pulumi config rm --path 'workloads[0].secrets[0].variable_names')",
    ),
    case(
        "rewrite-keeps-keys-apart",
        _find(_named("app-1"), _named("app-2"), rewrite=[{"source": "[0-9]", "target": ""}]),
        "workloads[0].find[0].rewrite: 'app-2' and 'app-1' become one key of the Kubernetes Secret, and one value is lost; choose a change that keeps them apart, or another kubernetes_secret",
    ),
    case(
        "rewrite-keeps-keys-apart",
        _find(
            _named("db", kubernetes_secret={"name": "all"}),
            _named("app-db"),
            rewrite=[{"source": "^app-", "target": ""}],
            kubernetes_secret="all",
        ),
        "workloads[0].find[0].rewrite: 'app-db' and 'db' become one key of the Kubernetes Secret, and one value is lost; choose a change that keeps them apart, or another kubernetes_secret",
    ),
]
