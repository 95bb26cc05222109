"""Field types that several sections share: names, ranges, quantities and schedules."""
