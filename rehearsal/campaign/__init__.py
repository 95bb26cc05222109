"""A campaign of bad days: many updates that meet a fault each, and what brings each stack back.

Owns: the runs (``runs.py``), what makes a run cheap (``forks.py``), the comparison with the cloud of an
undisturbed run (``comparison.py``), the processes (``lanes.py``), and the table at the end (``table.py``).
Deliberately not here: the bad days (rehearsal/simulators/faults/).
"""
