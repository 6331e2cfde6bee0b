"""What roles learn, in words that more than one operator uses."""

from __future__ import annotations

from tacit.schema.operator import Disclosure
from tacit.schema.text import Text

# Codes with a meaning of their own for whoever sums disclosures up.
NOTHING = "nothing"
SIZES = "sizes"


def nothing(*roles: str) -> tuple[Disclosure, ...]:
    """These roles learn nothing that they did not hold before."""
    text = Text("不获得自身数据之外的任何信息", "nothing beyond its own data")
    return tuple(Disclosure(role, NOTHING, text) for role in roles)


def sizes(dealer: str) -> Disclosure:
    """The helper deals randomness of the right shapes and therefore sees the shapes."""
    text = Text(
        "计算规模（参与计算的行数、列数和轮数）",
        "the sizes of the computation (numbers of rows, columns and rounds)",
    )
    return Disclosure(dealer, SIZES, text)


def shape(learner: str, other: str) -> Disclosure:
    """A joint computation on columns shows their number to the other side."""
    text = Text(f"{{{other}}} 参与计算的列数", f"the number of columns that {{{other}}} brings into the computation")
    return Disclosure(learner, "shape", text)
