"""Rules for section ``tags``."""

from collections import Counter
from collections.abc import Iterator

from stacks.settings.model.settings import Settings
from stacks.settings.validation.registry import Violation, rule

_TAGS = "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations"


@rule("tag-limits", Settings, source=_TAGS)
def tags_are_within_limits(settings: Settings) -> Iterator[Violation]:
    """At most 50 pairs; names to 512 characters without `<>%&\\?/`; values to 256; some prefixes are Azure's."""
    if len(settings.tags) > 50:
        yield Violation(("tags",), f"{len(settings.tags)} tags", "Azure allows 50 on a resource")
    for name, value in settings.tags.items():
        if not 1 <= len(name) <= 512 or set(name) & set("<>%&\\?/"):
            yield Violation(
                ("tags", name), "not a tag name", "use 1 to 512 characters, none of < > % & \\ ? /"
            )
        elif name.lower().startswith(("microsoft", "azure", "windows", "aks-managed")):
            yield Violation(
                ("tags", name), "begins with a word that Azure keeps for itself", "begin it otherwise"
            )
        if len(value) > 256:
            yield Violation(("tags", name), f"its value has {len(value)} characters", "Azure allows 256")


@rule("tag-names-differ", Settings, source=_TAGS)
def tag_names_differ(settings: Settings) -> Iterator[Violation]:
    """Tag names do not mind case."""
    counts = Counter(name.lower() for name in settings.tags)
    for name in settings.tags:
        if counts[name.lower()] > 1:
            yield Violation(
                ("tags", name), "stands there twice, in different case", "Azure takes both for one: keep one"
            )
            return


@rule(
    "secret-tag-number",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags",
)
def seeded_secrets_can_carry_the_tags(settings: Settings) -> Iterator[Violation]:
    """A secret carries 15 tags."""
    if settings.seeded_secrets and 15 < len(settings.tags) <= 50:
        yield Violation(
            ("tags",),
            f"{len(settings.tags)} tags",
            "a Key Vault secret carries at most 15, and this stack writes secrets",
        )
