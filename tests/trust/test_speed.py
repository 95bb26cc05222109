"""How long the trust chain of a large stack takes."""

import time

from tests.trust.large import large_graph
from trust.access import readings
from trust.chain import Chain
from trust.possible import possible


def test_the_readings_of_240_workloads_take_well_under_a_second() -> None:
    graph = large_graph(240)
    start = time.process_time()
    chain = Chain.read(graph)
    reads = readings(chain)
    could = possible(chain, reads)
    took = time.process_time() - start
    assert len(chain.workloads) == len(reads) >= 240
    assert {reading.state for reading in reads} == {"held"}
    assert len(could) > 240
    assert took < 1
