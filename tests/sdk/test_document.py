"""docs/sdk.md shows the samples as they are, and knows every error that breaking the chain causes."""

from pathlib import Path

import pytest

from tests.sdk.chain import SAMPLES
from tests.sdk.test_samples import BREAKS

FILES = sorted(sample for sample in SAMPLES.iterdir() if sample.is_file())
DOCUMENT = (SAMPLES.parent / "sdk.md").read_text()
FENCES = {".py": "python", ".cs": "csharp", ".go": "go", ".java": "java", ".mjs": "javascript", ".sh": "bash"}


@pytest.mark.parametrize("sample", FILES, ids=lambda sample: sample.name)
def test_a_sample_stands_in_the_document_word_for_word(sample: Path):
    shown = (
        DOCUMENT.partition(f"[{sample.name}](sdk/{sample.name})\n")[2]
        .partition("\n###")[0]
        .partition("\n## ")[0]
    )
    assert f"```{FENCES[sample.suffix]}\n{sample.read_text()}```\n" in shown


def test_there_is_a_sample_for_every_language():
    assert sorted(FENCES) == sorted(sample.suffix for sample in FILES)


@pytest.mark.parametrize("code", sorted({code for _, code in BREAKS.values()}))
def test_the_document_explains_an_error(code: str):
    assert f"| `{code}:" in DOCUMENT or f"403 `{code}`" in DOCUMENT
