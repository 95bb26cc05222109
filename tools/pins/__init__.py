"""The pins: which versions are pinned, which ones are served, and what changed in between upstream."""
