"""Candidates that a message may offer instead of a wrong value: what that nearly is.

Each function gives spellings that the type's own pattern then judges. Deliberately not here: examples. They
are names, zones and versions of something else.
"""

import difflib
import re
import zoneinfo
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath

from stacks.settings.validation.spelling import distance, near_word

# `az account list-locations`, physical regions of the public cloud, 30 November 2026. A new one is accepted
# all the same: the list serves suggestions only.
REGIONS = (
    *("australiacentral", "australiacentral2", "australiaeast", "australiasoutheast"),
    *("austriaeast", "belgiumcentral", "brazilsouth", "brazilsoutheast", "canadacentral"),
    *("canadaeast", "centralindia", "centralus", "chilecentral", "eastasia", "eastus"),
    *("eastus2", "francecentral", "francesouth", "germanynorth", "germanywestcentral"),
    *("indonesiacentral", "israelcentral", "italynorth", "japaneast", "japanwest"),
    *("jioindiacentral", "jioindiawest", "koreacentral", "koreasouth", "malaysiawest"),
    *("mexicocentral", "newzealandnorth", "northcentralus", "northeurope", "norwayeast"),
    *("norwaywest", "polandcentral", "qatarcentral", "southafricanorth", "southafricawest"),
    *("southcentralus", "southeastasia", "southindia", "spaincentral", "swedencentral"),
    *("swedensouth", "switzerlandnorth", "switzerlandwest", "uaecentral", "uaenorth"),
    *("uksouth", "ukwest", "westcentralus", "westeurope", "westindia", "westus", "westus2"),
    "westus3",
)


def region(text: str) -> Iterator[str]:
    """``West-Europe``, ``europe west``, ``West Europa`` → westeurope."""
    words = re.findall(r"[a-z]+|[0-9]+", text[:60].lower())
    joined = "".join(words)
    yield from (name for name in ("".join(words), "".join(reversed(words))) if name in REGIONS)
    by_letters = {"".join(sorted(name)): name for name in REGIONS}
    yield from (by_letters[letters] for letters in ("".join(sorted(joined)),) if letters in by_letters)
    yield from difflib.get_close_matches(joined, REGIONS, 1, 0.8)


def region_slip(name: str) -> str | None:
    """The region of which a name is a slip: a letter too many, too few or another, or its words in another
    order. Regions that Azure opens differ by a word or a number, and are none.
    """
    if name in REGIONS:
        return None
    if len(name) > 40:
        return None
    number = name[len(name.rstrip("0123456789")) :]
    slips = [
        known
        for known in REGIONS
        if known[len(known.rstrip("0123456789")) :] == number
        and (len(name) != len(known) or len(name) > 7)
        and distance(name, known) == 1
    ]
    words = sorted(re.findall(_REGION_WORDS, name))
    turned = [
        known
        for known in REGIONS
        if len(known) == len(name) == len("".join(words))
        and sorted(re.findall(_REGION_WORDS, known)) == words
    ]
    return next(iter((*slips, *turned)), None)


_REGION_WORDS = r"north|south|east|west|central|europe|us|uk|uae|asia|india|japan|[0-9]+"


def kubernetes_version(text: str) -> Iterable[str]:
    """``v1.36``, ``1.36.x`` → 1.36."""
    match = re.fullmatch(r"[vV]?(1\.[0-9]{2}(?:\.[0-9]{1,2})?)(?:\.[xX*])?(?:[-+].*)?", text.strip())
    return (match[1],) if match else ()


def chart_version(text: str) -> Iterable[str]:
    """``v2.9.0``, ``^2.9`` → 2.9.0."""
    match = re.fullmatch(r"[vV=^~\s]*([0-9]+\.[0-9]+)(\.[0-9]+)?(-[\w.-]+)?", text.strip())
    return (f"{match[1]}{match[2] or '.0'}{match[3] or ''}",) if match else ()


def pool_name(text: str) -> Iterable[str]:
    """``User-Pool`` → userpool."""
    return (re.sub(r"[^a-z0-9]", "", text.lower()).lstrip("0123456789")[:12],)


def vm_size(text: str) -> Iterable[str]:
    """``D4s_v5``, ``standard d4s v5`` → Standard_D4s_v5."""
    match = re.fullmatch(
        r"(?:standard[\s_-]*)?([a-z]+)([0-9]+)(-[0-9]+)?([a-z]*?)((?:[\s_]+[a-z]+[0-9]+)*?)(?:[\s_]*(v[0-9]+))?",
        text.strip(),
        re.IGNORECASE,
    )
    if not match:
        return ()
    family, number, active, letters, card, version = (part or "" for part in match.groups())
    cards = "".join(f"_{word.upper()}" for word in card.replace("_", " ").split())
    return (
        f"Standard_{family.upper()}{number}{active}{letters.lower()}{cards}"
        + (f"_{version.lower()}" if version else ""),
    )


def zone(text: str) -> Iterable[str]:
    """``westeurope-1``, ``zone 1`` → 1."""
    match = re.fullmatch(r"(?:.*[-\s]|zone)?([123])", text.strip().lower())
    return (match[1],) if match else ()


def taint(text: str) -> Iterable[str]:
    """``team=shop:noschedule`` → team=shop:NoSchedule."""
    key, _, effect = text.replace(" ", "").rpartition(":")
    effects = {name.lower(): name for name in ("NoSchedule", "PreferNoSchedule", "NoExecute")}
    near = near_word(re.sub(r"[^a-z]", "", effect.lower()), effects)
    return (f"{key}:{effects[near]}",) if near else ()


def folder(text: str) -> Iterable[str]:
    """``mnt//secrets/`` → /mnt/secrets."""
    return (str(PurePosixPath("/", text.strip().lstrip("/"))),)


def image(text: str) -> Iterable[str]:
    """``https://ghcr.io/Org/App:1.0`` → ghcr.io/org/app:1.0."""
    name, colon, tag = re.sub(r"^\w+://", "", text.strip()).partition(":")
    return (f"{name.lower()}{colon}{tag}",)


_PART = r"([0-9]{1,4})\s*(h|hours?|hrs?|m|mins?|minutes?|s|secs?|seconds?)\s*(?:(?:and|,)\s*)?"


def duration(text: str) -> Iterable[str]:
    """``2 minutes``, ``1 h 30 min`` → 2m, 1h30m."""
    lower = text.strip().lower()
    if not re.fullmatch(f"(?:{_PART})+", lower):
        return ()
    return ("".join(f"{number}{unit[0]}" for number, unit in re.findall(_PART, lower)),)


def time_of_day(text: str) -> Iterable[str]:
    """``2:00``, ``0200`` → 02:00."""
    match = re.fullmatch(r"([0-9]{1,2})\s*(?:[:.h]\s*)?([0-9]{2})?(?:\s*uhr|:00)?", text.strip().lower())
    return (f"{int(match[1]):02}:{match[2] or '00'}",) if match else ()


def utc_offset(text: str) -> Iterable[str]:
    """``+1``, ``UTC+1``, ``Z`` → +01:00, +00:00."""
    if text.strip().upper() in ("Z", "UTC", "GMT"):
        return ("+00:00",)
    match = re.fullmatch(r"(?:UTC|GMT)?\s*([+-]?)([0-9]{1,2})(?::?([0-9]{2}))?", text.strip().upper())
    return (f"{match[1] or '+'}{int(match[2]):02}:{match[3] or '00'}",) if match else ()


def cores(text: str) -> Iterable[str]:
    """``2 cores``, ``250 m``, ``.5`` → 2, 250m, 0.5."""
    match = re.fullmatch(
        r"([0-9]*)(\.[0-9]+)?\s*(m?)(?:illicores?|\s*v?cpus?|\s*cores?)?", text.strip().lower()
    )
    return (f"{match[1] or '0'}{match[2] or ''}{match[3]}",) if match and (match[1] or match[2]) else ()


def memory(text: str) -> Iterable[str]:
    """``128 MB``, ``1gib`` → 128M, 1Gi. ``400m`` can be 400M or 400Mi."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([kKMGTPE]|[kmgtpe](?=i|[bB]))(i?)[bB]?", text.strip())
    if not match:
        return ()
    unit = match[2].upper() if match[3] or match[2] not in "kK" else "k"
    return (f"{match[1]}{unit}{match[3]}",)


def share(text: str) -> Iterable[str]:
    """``25 %``, ``25 percent`` → 25%."""
    return (re.sub(r"\s*(?:%|per\s?cent)$", "%", text.strip().lower()),)


def word(*choices: str) -> "_Words":
    """One of a few words, in another case or with a slip."""
    return _Words(choices)


class _Words:
    def __init__(self, choices: tuple[str, ...]) -> None:
        self._choices = choices

    def __call__(self, text: str) -> Iterable[str]:
        by_letters = {re.sub(r"\W", "", choice): choice for choice in self._choices}
        near = near_word(re.sub(r"\W", "", text.lower()), by_letters)
        return (by_letters[near],) if near else ()


def email(text: str) -> Iterable[str]:
    """``Ops <ops@example.com>`` → ops@example.com."""
    return re.findall(r"[^\s<>\"',;:]+@[\w.-]+", text)[:1]


def guid(text: str) -> Iterable[str]:
    """``{AAAA…}`` → the GUID in it."""
    return re.findall(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text)[:1]


def arm_id(text: str) -> Iterable[str]:
    """The id in an address of the portal, without a slash at its end."""
    match = re.search(r"/?(subscriptions/[^?#\s]+?)/?$", text.strip())
    return (f"/{match[1]}",) if match else ()


@cache
def time_zones() -> frozenset[str]:
    """The names of this machine's tz database: a reading of it looks at a thousand files."""
    return frozenset(zoneinfo.available_timezones())


def time_zone(text: str) -> Iterator[str]:
    """``europe/berlin``, ``Berlin``, ``Europe/Berln`` → Europe/Berlin."""
    if len(text) > 60:
        return
    known = sorted(time_zones())
    name = text.strip().replace(" ", "_").lower()
    yield from (zone for zone in known if zone.lower() == name)
    cities = [zone for zone in known if "/" in zone and zone.rpartition("/")[2].lower() == name]
    yield from cities if len(cities) == 1 else ()
    near = difflib.get_close_matches(name, [zone.lower() for zone in known], 1, 0.8)
    yield from (zone for zone in known if zone.lower() in near)
