"""Column roles: set, read, kept through table operations; errors that help."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tacit.data.columns import columns_with_role, mark_role, require_columns, role_of, with_roles
from tacit.errors import DataError

TABLE = pa.table({"id": ["a", "b"], "age": [1, 2], "y": [0, 1]})


def test_roles_are_set_and_found() -> None:
    table = with_roles(TABLE, keys=["id"], label="y")
    assert columns_with_role(table, "key") == ["id"]
    assert columns_with_role(table, "label") == ["y"]
    assert columns_with_role(table, "feature") == ["age"]
    assert [role_of(field) for field in table.schema] == ["key", "feature", "label"]


def test_roles_survive_take_filter_select_and_parquet(tmp_path) -> None:
    import pyarrow.parquet as pq

    table = with_roles(TABLE, keys=["id"], label="y").take([1]).select(["y", "id"])
    pq.write_table(table, tmp_path / "t.parquet")
    assert columns_with_role(pq.read_table(tmp_path / "t.parquet"), "key") == ["id"]


def test_new_roles_replace_old_ones_and_keep_other_metadata() -> None:
    schema = TABLE.schema.set(1, TABLE.schema.field("age").with_metadata({b"unit": b"years"}))
    table = with_roles(TABLE.cast(schema), keys=["age"], label="y")
    table = with_roles(table, keys=["id"])
    assert columns_with_role(table, "key") == ["id"]
    assert columns_with_role(table, "label") == []
    assert table.schema.field("age").metadata == {b"unit": b"years"}


def test_an_unknown_mark_is_a_feature() -> None:
    assert role_of(pa.field("x", pa.int64(), metadata={b"tacit.role": b"\xffqueen"})) == "feature"


def test_a_missing_column_gets_a_guess() -> None:
    with pytest.raises(DataError) as caught:
        with_roles(TABLE, keys=["ID"])
    assert caught.value.code == "data.column_missing"
    assert "Did you mean 'id'?" in str(caught.value)


def test_a_column_cannot_be_key_and_label() -> None:
    with pytest.raises(DataError) as caught:
        with_roles(TABLE, keys=["id"], label="id")
    assert caught.value.code == "data.role_conflict"


def test_duplicates_are_refused_only_when_wanted() -> None:
    require_columns(["a", "b", "b"], ["a"])
    with pytest.raises(DataError) as caught:
        require_columns(["a", "b", "b"], ["b"])
    assert caught.value.code == "data.column_duplicate"


def test_a_word_that_is_no_role_is_refused() -> None:
    with pytest.raises(ValueError, match="role"):
        columns_with_role(TABLE, "king")
    with pytest.raises(ValueError, match="role"):
        mark_role(TABLE.schema.field("id"), "king")
