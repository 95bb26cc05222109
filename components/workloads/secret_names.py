"""Default names of the Kubernetes Secrets that hold a workload's values.

A name depends on the workload and on the key alone, so that another value added, removed or renamed changes
no Secret that serves this one. Deliberately not here: names that a user chooses.
"""

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,125}[a-z0-9])?")
_LONGEST = 100


def default_secret(group: str, key: str, type_: str) -> str:
    """Name of the Secret for one key: ``orders-external.db-password``.

    Values of a type other than Opaque share one Secret per type, since such a type may need several keys
    (https://kubernetes.io/docs/concepts/configuration/secret/#secret-types): ``orders-external-basic-auth``.

    Args:
        group: the workload's name with the suffixes of its technique and vault. It contains no full stop, so
            that names of two groups never collide.
        key: a key of a Kubernetes Secret.
        type_: type of the Secret.
    """
    if type_ != "Opaque":
        return f"{group}-{type_.removeprefix('kubernetes.io/')}"
    return f"{group}.{_label(key)}"


def search_secret(group: str) -> str:
    """Name of the Secret for what searches find, whose keys are not known beforehand."""
    return f"{group}-find"


def _label(key: str) -> str:
    """The key as a part of a DNS name. A hash keeps keys apart that differ in other characters only."""
    if _PLAIN.fullmatch(key):
        return key
    slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:_LONGEST].strip("-")
    digest = hashlib.sha256(key.encode()).hexdigest()[:6]
    return f"{slug}-{digest}" if slug else digest
