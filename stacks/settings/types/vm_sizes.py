"""Properties of a VM size, by its name: its vCPUs, its memory if that is small, and the disk on its host.

https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions, and the page of each series. A size
that is not in the tables is Azure's to judge.
"""

import re

_NAME = re.compile(
    r"Standard_([A-Z]{1,4})([0-9]{1,3})(?:-([0-9]{1,3}))?([a-z]{0,8})(?:_[A-Z0-9]{1,8})?(?:_v([0-9]{1,2}))?"
)

# GiB of the sizes under 4 GiB, and of the letter t ("smallest memory") of the B series.
_SMALL = {
    **{"A0": 0.75, "A1": 1.75, "A2": 3.5, "A1_v2": 2, "B1ls": 0.5, "B1s": 1, "B1ms": 2, "F1": 2, "F1s": 2},
    **dict.fromkeys(("D1", "DS1", "D1_v2", "DS1_v2"), 3.5),
    **dict.fromkeys(("B2ts_v2", "B2ats_v2", "B2pts_v2"), 1),
}

# GiB of cache or temporary disk for each vCPU.
_HOST_DISK = (
    (re.compile(r"[DE]C?[a-z]*d[a-z]*_v[45]"), 37.5),
    (re.compile(r"[DE]C?[a-z]*d[a-z]*_v[67]"), 55.0),
    (re.compile(r"[DE][a-z]*s_v3"), 25.0),
    (re.compile(r"F[a-z]*s_v2"), 16.0),
    (re.compile(r"L[a-z]*s_v[23]"), 10.0),
    (re.compile(r"B[a-z]*_v2"), 0.0),
    (re.compile(r"F[a-z]*_v[67]"), 0.0),
)
_HOST_DISK_OF_DS_V2 = {1: 43, 2: 86, 3: 172, 4: 344, 5: 688, 11: 72, 12: 144, 13: 288, 14: 576}


def vcpus(size: str) -> int | None:
    """vCPUs that are active; of the old D series less than the number in the name says."""
    match = _NAME.fullmatch(size)
    return int(match[3] or match[2]) if match else None


def memory_gib(size: str) -> float:
    """Memory, if it is less than 4 GiB; else 4."""
    return _SMALL.get(size.removeprefix("Standard_"), 4)


def host_disk_gib(size: str) -> float | None:
    """The largest disk on the host, for an ephemeral OS disk. None: not known."""
    match = _NAME.fullmatch(size)
    if match is None:
        return None
    if match[1] == "DS" and match[5] == "2":
        return _HOST_DISK_OF_DS_V2.get(int(match[2]))
    series = f"{match[1]}{match[4]}_v{match[5]}"
    share = next((gib for pattern, gib in _HOST_DISK if pattern.fullmatch(series)), None)
    return None if share is None else share * int(match[2])
