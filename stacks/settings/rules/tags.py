"""Rules for section ``tags``."""

from collections import Counter
from collections.abc import Iterator

from stacks.settings.model.settings import Settings
from stacks.settings.validation.registry import Violation, rule

_TAGS = "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations"


@rule("tag-limits", Settings, source=_TAGS)
def tags_are_within_limits(settings: Settings) -> Iterator[Violation]:
    """Azure allows 50 tags; names of 512 characters without `<>%&\\?/`; values of 256. It reserves some
    prefixes.
    """
    if len(settings.tags) > 50:
        yield Violation(("tags",), f"{len(settings.tags)} tags", "Azure allows 50 on a resource")
    for name, value in settings.tags.items():
        if not 1 <= len(name) <= 512 or set(name) & set("<>%&\\?/"):
            yield Violation(
                ("tags", name), "is not a valid tag name", "use 1 to 512 characters, none of < > % & \\ ? /"
            )
        elif name.lower().startswith(("microsoft", "azure", "windows", "aks-managed")):
            yield Violation(("tags", name), "begins with a prefix that Azure reserves", "choose another name")
        if len(value) > 256:
            yield Violation(("tags", name), f"has a value of {len(value)} characters", "Azure allows 256")


@rule("tag-names-differ", Settings, source=_TAGS)
def tag_names_differ(settings: Settings) -> Iterator[Violation]:
    """Tag names ignore case."""
    counts = Counter(name.lower() for name in settings.tags)
    for name in settings.tags:
        if counts[name.lower()] > 1:
            yield Violation(
                ("tags", name), "is set twice, in different case", "keep one of them: Azure ignores case"
            )
            return


@rule(
    "secret-tag-number",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-tags",
)
def seeded_secrets_can_carry_the_tags(settings: Settings) -> Iterator[Violation]:
    """A Key Vault secret allows 15 tags."""
    if settings.seeded_secrets and 15 < len(settings.tags) <= 50:
        yield Violation(
            ("tags",),
            f"{len(settings.tags)} tags",
            "a Key Vault secret, which this stack writes, allows 15",
        )
