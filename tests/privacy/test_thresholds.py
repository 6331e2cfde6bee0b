"""No published table allows to subtract its way to fewer rows than the minimum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tacit.errors import ParameterError
from tacit.privacy.thresholds import check_minimum, published_cells, published_groups

counts = arrays(np.int64, st.integers(0, 8), elements=st.integers(1, 30))
minimums = st.integers(2, 12)


def _shown(rows: list[int], minimum: int) -> list[bool]:
    return published_groups(np.array(rows, dtype=np.int64), minimum).tolist()


@pytest.mark.parametrize(
    ("rows", "minimum", "shown"),
    [
        ([50, 40, 30], 10, [True, True, True]),
        ([50, 3, 30], 10, [True, False, False]),  # 3 alone could be subtracted: the smallest other one goes too
        ([50, 6, 5, 30], 10, [True, False, False, True]),  # 11 together
        ([9], 10, [False]),
        ([10], 10, [True]),
        ([3, 50], 10, [False, False]),
        ([20, 20, 1], 10, [False, True, False]),
        ([], 10, []),
    ],
)
def test_groups(rows: list[int], minimum: int, shown: list[bool]) -> None:
    assert _shown(rows, minimum) == shown


@given(counts, minimums)
@settings(max_examples=80, deadline=None)
def test_what_is_withheld_is_nothing_or_enough_or_all(rows: np.ndarray, minimum: int) -> None:
    shown = published_groups(rows, minimum)
    assert (rows[shown] >= minimum).all()
    assert shown.all() or rows[~shown].sum() >= minimum or not shown.any()


@given(st.data(), minimums, st.integers(1, 3))
@settings(max_examples=80, deadline=None)
def test_cells_column_by_column(data: st.DataObject, minimum: int, columns: int) -> None:
    rows = data.draw(arrays(np.int64, st.integers(0, 6), elements=st.integers(minimum, 30)))
    valid = np.minimum(data.draw(arrays(np.int64, (len(rows), columns), elements=st.integers(0, 30))), rows[:, None])
    withheld = data.draw(st.none() | arrays(np.int64, columns, elements=st.integers(0, 30)))
    shown = published_cells(valid, rows, withheld, minimum)
    assert (valid[shown] >= minimum).all()
    for column in range(columns):
        hidden = ~shown[:, column]
        rest = valid[hidden, column].sum() + (0 if withheld is None else withheld[column])
        nothing_hidden = withheld is None and not hidden.any()
        assert nothing_hidden or rest >= minimum or hidden.all()


@pytest.mark.parametrize("minimum", [1, 0, -5])
def test_a_minimum_below_two_is_refused(minimum: int) -> None:
    with pytest.raises(ParameterError) as caught:
        check_minimum(minimum)
    assert caught.value.code == "privacy.minimum_too_small"
