"""Rules for the keys that ``find`` and ``extract`` fill: the search for names, and their changes."""

from collections.abc import Iterator

from components.authorization.roles import READ_ACCESS, ObjectType
from stacks.settings.model.delivery import RewriteSettings
from stacks.settings.model.external_secrets import FindSettings
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.types import go_regexp
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule

_REWRITE = "https://external-secrets.io/latest/guides/datafrom-rewrite/"
_SYNTAX = "https://github.com/google/re2/wiki/Syntax"


@rule("find-regexp", FindSettings, source=_SYNTAX)
def regular_expressions_are_valid_in_go(find: FindSettings) -> Iterator[Violation]:
    """The operator is written in Go, whose regular expressions have no lookahead, lookbehind or
    backreferences.
    """
    if find.regexp is not None and (fault := go_regexp.fault(find.regexp)):
        yield Violation(("regexp",), *fault)


@rule("rewrite-regexp", RewriteSettings, source=f"{_SYNTAX}; https://pkg.go.dev/regexp#Regexp.Expand")
def rewrites_are_valid_in_go(rewrite: RewriteSettings) -> Iterator[Violation]:
    """The operator refuses an expression that Go cannot read, and inserts nothing for a group that is not
    there: Go reads `$1_` as the group `1_`.
    """
    if fault := go_regexp.fault(rewrite.source):
        yield Violation(("source",), *fault)
    elif pattern := go_regexp.compiled(rewrite.source):
        for _ in go_regexp.unknown_groups(pattern, rewrite.target)[:1]:
            yield Violation(
                ("target",),
                "refers to a group that source does not have, and Go reads letters, digits and underscores"
                " behind a $ as its name",
                "write ${1} where text follows, and $$ for a dollar sign",
            )


@rule("rewrite-of-several-keys", SecretSettings, source=_REWRITE)
def rewrites_belong_to_extract(secret: SecretSettings) -> Iterator[Violation]:
    """A single value has one key, which `kubernetes_secret.key` sets."""
    for key in ("rewrite", "variable_names"):
        if getattr(secret, key) and not secret.extract:
            yield Violation(
                (key,),
                "has no effect without extract: the value has one key",
                "remove it, and set kubernetes_secret.key or env",
                remove=True,
            )


def key_of(name: str, entry: FindSettings | SecretSettings) -> str | None:
    """The key that a name becomes. None: only the operator can tell."""
    key = go_regexp.rewritten(name, [(rule.source, rule.target) for rule in entry.rewrite])
    if key is None or not entry.variable_names:
        return key
    as_variable = [("[^A-Za-z0-9_]", "_"), ("^([0-9])", "_$1")]
    return (go_regexp.rewritten(key, as_variable) or "").upper()


def known_matches(settings: Settings, find: FindSettings) -> Iterator[str]:
    """The secrets of the stack that a search finds, as far as Python can tell. Their tags are not known."""
    pattern = go_regexp.compiled(find.regexp) if find.regexp else None
    if pattern is None or find.tags:
        return
    collection = READ_ACCESS[ObjectType.SECRET].collection
    names = {
        secret.name.lower(): secret.name
        for workload in settings.workloads
        for secret in workload.secrets
        if secret.vault == find.vault and READ_ACCESS[secret.type].collection == collection
    }
    yield from (name for name in names.values() if pattern.search(name))


@rule("rewrite-keeps-keys-apart", Settings, source=f"{_REWRITE}: of two values with one key, one is lost")
def rewrites_keep_keys_apart(settings: Settings) -> Iterator[Violation]:
    """The operator keeps one of several values that get the same key, without a word."""
    for index, workload in enumerate(settings.workloads):
        values: dict[tuple[str, str], tuple[str | None, str]] = {}
        for secret in workload.secrets:
            if workload.uses_kubernetes_secret(secret) and not secret.extract:
                ref = workload.secret_key_ref(secret)
                values |= {(ref.secret, key): secret.object_key for key in ref.keys}
        for position, find in enumerate(workload.find):
            if find.rewrite or find.variable_names:
                yield from _collisions(
                    settings, workload, find, ("workloads", index, "find", position), values
                )


def _collisions(
    settings: Settings,
    workload: WorkloadSettings,
    find: FindSettings,
    here: Path,
    values: dict[tuple[str, str], tuple[str | None, str]],
) -> Iterator[Violation]:
    secret = workload.find_secret_name(find)
    for name in known_matches(settings, find):
        key, value = key_of(name, find), (find.vault, name.lower())
        if key is None:
            return
        other = values.setdefault((secret, key), value)
        if other != value:
            yield Violation(
                (*here, "rewrite") if find.rewrite else here,
                f"{name!r} and {other[1]!r} become one key of the Kubernetes Secret, and one value is lost",
                "choose a change that keeps them apart, or another kubernetes_secret",
            )
            return
