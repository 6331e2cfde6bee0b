"""Operators are found through the entry point group, the built-in ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from tacit.errors import InternalError
from tacit.operators import all_specs, installed
from tacit.operators.catalogue import specs

NATIVE = EntryPoint("native", "tacit.operators.catalogue:specs", installed.GROUP)


class Door:
    """An entry point that loads what a test gives it."""

    def __init__(self, name: str, load: Callable[[], Any]) -> None:
        self.name = name
        self.value = f"{name}:specs"
        self.load = load


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    installed._found.cache_clear()
    yield
    installed._found.cache_clear()


def declare(monkeypatch: pytest.MonkeyPatch, *doors: Any) -> None:
    monkeypatch.setattr(installed, "entry_points", lambda group: list(doors))


def test_the_installed_package_declares_its_own() -> None:
    assert list(all_specs()) == [spec.name for spec in specs()]


def test_the_answer_is_the_callers_own() -> None:
    all_specs().clear()
    assert all_specs()


def test_others_come_after_the_built_in_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    more = replace(specs()[0], name="acme.read")
    declare(monkeypatch, Door("acme", lambda: lambda: [more]), NATIVE)
    assert list(all_specs()) == [*(spec.name for spec in specs()), "acme.read"]


def test_nothing_installed_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "entry_points", lambda group: EntryPoints())
    with pytest.raises(InternalError) as caught:
        all_specs()
    assert caught.value.code == "operators.not_installed"


def test_a_name_declared_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, NATIVE, Door("acme", lambda: lambda: [specs()[0]]))
    with pytest.raises(InternalError) as caught:
        all_specs()
    assert caught.value.code == "operators.name_taken"


def fails() -> Any:
    raise ImportError("no module named acme")


@pytest.mark.parametrize("load", [fails, lambda: lambda: ["not a spec"], lambda: 3])
def test_a_broken_package_is_named(monkeypatch: pytest.MonkeyPatch, load: Callable[[], Any]) -> None:
    declare(monkeypatch, NATIVE, Door("acme", load))
    with pytest.raises(InternalError, match="acme") as caught:
        all_specs()
    assert caught.value.code == "operators.broken_package"
