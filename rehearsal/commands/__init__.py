"""The commands of the rehearsal, each with its help text; `cli.py` registers them."""
