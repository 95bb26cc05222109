"""Writes docs/report.schema.json: the schema of what `report --json` writes."""

from __future__ import annotations

import json
from pathlib import Path

from operations.report.model import schema


def main() -> None:
    """Write the file anew."""
    path = Path(__file__).resolve().parents[2] / "docs" / "report.schema.json"
    path.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
