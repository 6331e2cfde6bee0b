"""Data products of a peer: an addition to the standard, which has no call for them."""

from __future__ import annotations

from pydantic import Field

from tacit.interconnect.shapes.body import Body
from tacit.schema.product import Product, ProductName


class ProductList(Body):
    """A page of what the caller may see; `page_num` counts from 1."""

    page_num: int = Field(default=1, ge=1, le=100_000)
    page_size: int = Field(default=100, ge=1, le=100)


class ProductPage(Body):
    """In order of their names."""

    records: tuple[Product, ...] = Field(max_length=100)
    total: int = Field(ge=0)


class ProductQuery(Body):
    identifier: ProductName
