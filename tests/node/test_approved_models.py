"""A job uses the version of a stored model that was approved, or none."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tacit.errors import DataError
from tacit.ledger.commitment import commit
from tacit.node.contribution import check_same_model
from tacit.node.model_shelf import ModelShelf
from tacit.runtime.artifacts import digest_file

OLD, NEW, SALT = "a" * 12, "b" * 12, bytes(32)


def _save(folder: Path, version: str) -> Path:
    path = folder / "risk" / f"{version}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"version": version}))
    (path.parent / "latest.json").write_text(json.dumps({"version": version}))
    return path


def test_a_version_saved_after_the_approval_is_not_used(tmp_path: Path) -> None:
    shelf, old = ModelShelf(tmp_path), _save(tmp_path, OLD)
    part: Any = SimpleNamespace(part=SimpleNamespace(models={f"risk/{OLD}": commit(SALT, digest_file(old))}))
    check_same_model(shelf, part, SALT, "risk", None)
    _save(tmp_path, NEW)
    check_same_model(shelf, part, SALT, "risk", OLD)
    with pytest.raises(DataError) as caught:
        check_same_model(shelf, part, SALT, "risk", None)
    assert caught.value.code == "model.changed"
    old.write_text("{}")
    with pytest.raises(DataError):
        check_same_model(shelf, part, SALT, "risk", OLD)
