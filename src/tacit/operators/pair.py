"""The two data parties of a joint step as `first` and `second`: roles and ports that several operators share."""

from __future__ import annotations

from tacit.schema.operator import Kind, Placement, Port, Role
from tacit.schema.text import Text

PAIR = ("first", "second")

ROLES = (
    Role("first", Text("第一方", "First party")),
    Role("second", Text("第二方", "Second party")),
)


def aligned(name: str, title: Text, holders: tuple[str, ...] = PAIR) -> Port:
    """Rows in one common order, each holder with its own columns."""
    return Port(name, Kind.ALIGNED, Placement.EACH, holders, title)


def transform(*, optional: bool = False) -> Port:
    """Fitted preprocessing, a piece at each side for its own columns."""
    title = Text("预处理规则", "Preprocessing")
    return Port("transform", Kind.TRANSFORM, Placement.EACH, PAIR, title, optional=optional)


def model(holders: tuple[str, ...] = PAIR) -> Port:
    """A trained model that no holder can read alone."""
    return Port("model", Kind.MODEL, Placement.SHARED, holders, Text("模型（秘密分享）", "Model (secret-shared)"))
