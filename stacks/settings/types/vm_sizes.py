"""Properties of a VM size, by its name: its vCPUs, its memory if that is small, and the disk on its host.

https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions, and the page of each series. A size
that is not in the tables is Azure's to judge.
"""

import re

_NAME = re.compile(
    r"Standard_([A-Z]{1,4})([0-9]{1,3})(?:-([0-9]{1,3}))?([a-z]{0,8})(?:_[A-Z0-9]{1,8})?(?:_v([0-9]{1,2}))?"
)

# Memory in GiB of the sizes under 4 GiB, and of the letter t ("smallest memory") of the B series.
# MicrosoftDocs/azure-docs, articles/virtual-machines: sizes-previous-gen.md (A, D, DS, F, Fs),
# dv2-dsv2-series.md, sizes-b-series-burstable.md. MicrosoftDocs/azure-compute-docs,
# articles/virtual-machines/sizes/general-purpose/includes: av2, bsv2, basv2, bpsv2-series-specs.md.
_SMALL = {
    **{"A0": 0.75, "A1": 1.75, "A2": 3.5, "A1_v2": 2, "B1ls": 0.5, "B1s": 1, "B1ms": 2, "F1": 2, "F1s": 2},
    **dict.fromkeys(("D1", "DS1", "D1_v2", "DS1_v2"), 3.5),
    **dict.fromkeys(("B2ts_v2", "B2ats_v2", "B2pts_v2"), 1),
}

# GiB of cache, temporary or NVMe disk for each vCPU; each row names its page in the two repositories above.
# What is smaller than the OS disk cannot hold it: ephemeral-os-disks.md#size-requirements. Not listed are
# series whose disks do not grow with the vCPUs (DCedsv5), or whose page contradicts their name (ECadsv6).
_HOST_DISK = (
    # ddsv4, ddsv5, dadsv5, edsv5-series-specs.md: 75 GiB for 2 vCPUs, 3,600 for 96
    (re.compile(r"[DE][a-z]*d[a-z]*_v[45]"), 37.5),
    (re.compile(r"DCa[a-z]*d[a-z]*_v[56]"), 37.5),  # dcadsv5, dcadsv6-series-specs.md
    # ddsv6, dadsv6, dpdsv6, ddsv7-series-specs.md: 110 GiB for 2 vCPUs
    (re.compile(r"[DE][a-z]*d[a-z]*_v[67]"), 55.0),
    (re.compile(r"[DE][a-z]*s_v3"), 25.0),  # dv3-dsv3-series.md: cache of 50 GiB for 2 vCPUs
    (re.compile(r"F[a-z]*s_v2"), 16.0),  # fsv2-series.md: cache of 32 GiB for 2 vCPUs
    (re.compile(r"L[a-z]*s_v[23]"), 10.0),  # lsv2-series.md, lsv3-series-specs.md: 80 GiB for 8 vCPUs
    (re.compile(r"B[a-z]*_v2"), 0.0),  # bsv2, basv2, bpsv2-series-specs.md: no local storage
    (
        re.compile(r"F[a-ce-z]*_v[67]"),
        0.0,
    ),  # falsv6, falsv7-series-specs.md: none; with a letter d there is one
)
# The cache: dv2-dsv2-series.md, dv2-dsv2-series-memory.md.
_HOST_DISK_OF_DS_V2 = {
    **{1: 43, 2: 86, 3: 172, 4: 344, 5: 688},
    **{11: 72, 12: 144, 13: 288, 14: 576, 15: 720},
}
_MORE_THAN_ITS_SHARE = {"Standard_F72s_v2": 1520}  # fsv2-series.md


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
    if size in _MORE_THAN_ITS_SHARE:
        return _MORE_THAN_ITS_SHARE[size]
    if match[1] == "DS" and match[5] == "2":
        return _HOST_DISK_OF_DS_V2.get(int(match[2]))
    series = f"{match[1]}{match[4]}_v{match[5]}"
    share = next((gib for pattern, gib in _HOST_DISK if pattern.fullmatch(series)), None)
    return None if share is None else share * int(match[2])
