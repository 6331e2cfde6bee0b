"""A data product: what an owner offers to its peers. Metadata, a profile and terms; never a row or a value of one.

Names follow DCAT 3 (W3C Recommendation, Data Catalog Vocabulary, version 3, 2024) and the Dublin Core terms that it
uses, in snake case: identifier, title, description, publisher, theme, keyword, issued, modified, version,
accrual_periodicity, contact_point. What DCAT has no word for is ours: level, price, operators, uses, valid_until.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tacit.schema.agreement import AgreementLimits, DatasetName, Line, Paragraph, Price, ProfileName, Share
from tacit.schema.flow import Name, OperatorName
from tacit.schema.wire import Count, Millis, Shape

ProductName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=40)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Level = Annotated[int, Field(ge=1, le=5)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Periodicity = Literal["once", "continuous", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular"]


class Titled(Shape):
    """One line in both languages."""

    zh: Line
    en: Line


class Told(Shape):
    """A text in both languages."""

    zh: Paragraph
    en: Paragraph


class ProductColumn(Shape):
    """`null_share`, to two digits, and `distinct` are of a sample; absent where too few rows stand behind them."""

    name: ColumnName
    type: Line
    level: Level
    null_share: Fraction | None = None
    distinct: Count | None = None


class ProductDataset(Shape):
    """A dataset of the product. `rows`: absent where there are too few to tell."""

    identifier: DatasetName
    rows: Count | None = None
    columns: tuple[ProductColumn, ...] = Field(max_length=2000)


class Terms(Shape):
    """What a request begins with; everything can be negotiated. `owner_share`: of the revenue, the rest is the
    requester's. No operators, no profiles: any."""

    prices: tuple[Price, ...] = Field(default=(), max_length=20)
    owner_share: Share | None = None
    limits: AgreementLimits | None = None
    operators: tuple[OperatorName, ...] = Field(default=(), max_length=512)
    profiles: tuple[ProfileName, ...] = Field(default=(), max_length=100)


class Use(Shape):
    """What the owner's policy says of one kind of use, for people. `least`: rows behind any figure."""

    use: Line
    allowed: bool
    least: Count | None = None


class Product(Shape):
    """A data product in one version. `level`: the highest of its columns; 5 is the most sensitive."""

    format: Literal[1] = 1
    identifier: ProductName
    version: int = Field(ge=1, le=2**31 - 1)
    publisher: Name
    institution: Annotated[str, StringConstraints(max_length=256)]
    title: Titled
    description: Told
    theme: tuple[Tag, ...] = Field(default=(), max_length=20)
    keyword: tuple[Tag, ...] = Field(default=(), max_length=40)
    datasets: tuple[ProductDataset, ...] = Field(min_length=1, max_length=100)
    level: Level
    terms: Terms = Terms()
    uses: tuple[Use, ...] = Field(default=(), max_length=20)
    accrual_periodicity: Periodicity = "irregular"
    contact_point: Line
    issued: Millis
    modified: Millis
    valid_until: Millis | None = None
