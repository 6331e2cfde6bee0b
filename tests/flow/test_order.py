"""Run order and cycles of arbitrary graphs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.flow.order import cycles, run_order

graphs = st.integers(1, 8).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, n - 1), max_size=3), min_size=n, max_size=n).map(
        lambda reads: {f"s{i}": [f"s{j}" for j in sources] for i, sources in enumerate(reads)}
    )
)


@given(graphs)
@settings(max_examples=80, deadline=None)
def test_every_graph_has_an_order_or_a_cycle(reads: dict[str, list[str]]) -> None:
    steps = list(reads)
    order, found = run_order(steps, reads), cycles(steps, reads)
    assert (len(order) == len(steps)) is (found == [])
    position = {step: place for place, step in enumerate(order)}
    assert all(source in position and position[source] < position[step] for step in order for source in reads[step])
    for cycle in found:
        following = [*cycle[1:], cycle[0]]
        assert all(step in reads[after] for step, after in zip(cycle, following, strict=True))
    assert len({step for cycle in found for step in cycle}) == sum(len(cycle) for cycle in found)


def test_the_documents_order_is_kept_where_it_can_be() -> None:
    assert run_order(["c", "a", "b"], {"c": ["b"]}) == ["a", "b", "c"]
    assert run_order(["c", "a", "b"], {}) == ["c", "a", "b"]
