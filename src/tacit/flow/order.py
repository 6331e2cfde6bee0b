"""Order of the steps of a flow, and the cycles that leave none."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

Edges = Mapping[str, Sequence[str]]  # step -> the steps that it reads from


def run_order(steps: Sequence[str], reads: Edges) -> list[str]:
    """Steps such that each comes after those it reads from; among free ones the document's order decides.

    Steps on a cycle, or behind one, are missing from the result.
    """
    position = {step: index for index, step in enumerate(steps)}
    missing = {step: len(set(reads.get(step, ()))) for step in steps}
    readers: dict[str, list[str]] = {step: [] for step in steps}
    for step in steps:
        for source in set(reads.get(step, ())):
            readers[source].append(step)
    free = [position[step] for step in steps if missing[step] == 0]
    heapq.heapify(free)
    order = []
    while free:
        step = steps[heapq.heappop(free)]
        order.append(step)
        for reader in readers[step]:
            missing[reader] -= 1
            if missing[reader] == 0:
                heapq.heappush(free, position[reader])
    return order


def cycles(steps: Sequence[str], reads: Edges) -> list[list[str]]:
    """Disjoint cycles, each as steps along the direction of the data; at least one if there is any."""
    done = set(run_order(steps, reads))
    back = {step: next(source for source in reads[step] if source not in done) for step in steps if step not in done}
    found: list[list[str]] = []
    seen: set[str] = set()
    for start in back:
        trail: list[str] = []
        step = start
        while step not in seen:
            seen.add(step)
            trail.append(step)
            step = back[step]
        if step in trail:
            found.append(_from_smallest(trail[trail.index(step) :][::-1]))
    return found


def _from_smallest(loop: list[str]) -> list[str]:
    first = loop.index(min(loop))
    return loop[first:] + loop[:first]
