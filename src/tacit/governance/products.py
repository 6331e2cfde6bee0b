"""Data products: what a profile may tell, the policy in short, terms of a request, and search. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tacit.errors import ParameterError, RefusedError
from tacit.governance.policies import Policy
from tacit.governance.policies.defaults import LEAST_GROUP
from tacit.schema.agreement import Conditions
from tacit.schema.product import Product, ProductColumn, Use

LEAST = 10  # rows behind anything that a profile tells
PROFILED_TO = 3  # columns above this level are told by name, type and level only
_FIGURES = ("aggregate", "group_key")
_KINDS = ("join_key", "filter", "feature", "label", "aggregate", "group_key", "score", "plaintext")


class ProductState(StrEnum):
    """Peers see what is published."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for. None does not limit. `level`: at most; `unit`: of a price; `theme`: one of its themes."""

    text: str = ""
    operator: str | None = None
    level: int | None = None
    unit: str | None = None
    theme: str | None = None
    publisher: str | None = None


def column_profile(name: str, type: str, level: int, found: Mapping[str, Any] | None, rows: int) -> ProductColumn:
    """A column with what may be told of it: `found` of `tacit.data.glance`, from a sample of `rows` rows.

    Of columns up to level 3 and samples of at least LEAST rows: the share of missing values in hundredths, unless
    fewer than LEAST rows are missing or present; the number of different values in two digits, if it is at least LEAST.
    """
    if found is None or level > PROFILED_TO or rows < LEAST:
        return ProductColumn(name=name, type=type, level=level)
    missing = found["null_share"] * rows
    share = round(found["null_share"], 2) if LEAST <= missing <= rows - LEAST else None
    distinct = found["distinct_estimated"]
    return ProductColumn(
        name=name,
        type=type,
        level=level,
        null_share=share,
        distinct=two_digits(distinct) if distinct >= LEAST else None,
    )


def column_today(column: ProductColumn, level: int) -> ProductColumn:
    """A column whose level may have changed since its profile was made."""
    if level > PROFILED_TO:
        return ProductColumn(name=column.name, type=column.type, level=level)
    return column.model_copy(update={"level": level})


def told_rows(rows: int) -> int | None:
    """How many rows a dataset has, in two digits; None for a few."""
    return two_digits(rows) if rows >= LEAST else None


def two_digits(number: int) -> int:
    """Rounded down to two significant digits: 12 345 is 12 000."""
    scale: int = 10 ** max(0, len(str(number)) - 2)
    return number // scale * scale


def told_uses(policy: Policy | None, level: int) -> tuple[Use, ...]:
    """What may be done with data of this level, in short: the level default, exceptions, and denials for everybody.

    A help for who searches: what a job may do is decided by the policy itself when it is proposed.
    """
    return tuple(_told(kind, policy, level) for kind in _KINDS)


def _told(kind: str, policy: Policy | None, level: int) -> Use:
    least = LEAST_GROUP.get(level) if kind in _FIGURES else None
    allowed = _by_level(kind, level)
    if policy is None:
        return Use(use=kind, allowed=allowed, least=least or None)
    allowed = allowed or (level < 5 and any(kind in (each.scope.uses or ()) for each in policy.exceptions))
    denied = any(
        rule.effect == "deny" and kind in (rule.scope.uses or _KINDS) and _is_wide(rule) for rule in policy.rules
    )
    bounds = [rule.bounds.min_group or 0 for rule in policy.rules if kind in _FIGURES]
    return Use(use=kind, allowed=allowed and not denied, least=max([least or 0, *bounds]) or None)


def _by_level(kind: str, level: int) -> bool:
    if level <= 1:
        return True
    if kind == "plaintext" or level >= 5:
        return False
    return kind != "score" or level <= 3


def _is_wide(rule: Any) -> bool:
    """The rule is for all columns, and not for some peers, times or operators only."""
    scope = rule.scope.model_dump(exclude={"columns", "uses"})
    return all(value is None for value in scope.values()) and "*" in (rule.scope.columns or ("*",))


# -- publishing and asking ---------------------------------------------------------------------------------------------


def check_words(title: Mapping[str, str], description: Mapping[str, str], tags: Iterable[str]) -> None:
    """Printable throughout; a description may have lines. Raises ParameterError("product.text_invalid")."""
    texts = [*title.values(), *tags, *(text.replace("\n", " ") for text in description.values())]
    if not all(text.strip() and text.isprintable() for text in texts):
        raise ParameterError(
            "product.text_invalid",
            "Titles, descriptions and tags must be printable and not empty.",
            hint="Leave out control characters; a tag is one word.",
        )


def check_valid(product: Product, now_ms: int) -> None:
    """It can still be asked for. Raises RefusedError("product.over")."""
    if product.valid_until is not None and product.valid_until <= now_ms:
        raise RefusedError(
            "product.over", "The offer of this data product has ended.", hint="Ask its owner for a new one."
        )


def first_offer(product: Product, requester: str) -> dict[str, Any]:
    """Terms of the agreement that a request proposes: name, members, datasets, operators and conditions."""
    terms, owner = product.terms, product.publisher
    revenue = None
    if terms.owner_share is not None:
        rest = Decimal(1) - Decimal(terms.owner_share)
        revenue = {owner: terms.owner_share, requester: _plain(rest)}
    name = f"{product.identifier} v{product.version}: {product.title.zh} · {product.title.en}"
    return {
        "name": name if len(name) <= 200 else name[:199] + "…",
        "members": [owner],
        "datasets": {owner: [each.identifier for each in product.datasets]},
        "operators": list(terms.operators),
        "conditions": Conditions(
            limits=terms.limits, prices=terms.prices or None, profiles=terms.profiles or None, revenue=revenue
        ),
    }


def _plain(number: Decimal) -> str:
    text = format(number.normalize(), "f")
    return "0" if Decimal(text) == 0 else text


# -- search ------------------------------------------------------------------------------------------------------------


def search(products: Iterable[Product], wanted: Filter, now_ms: int) -> list[Product]:
    """Those that pass the filter, the best first; by publisher and name where they are equally good.

    Every word of the text must occur in a product: in its name or title (weight 8), tags (4), description (2) or
    columns (1); a word that is a whole word there counts double. Chinese needs no blanks: a run of Chinese characters
    that does not occur as it stands must occur in all its pairs of neighbours.
    """
    words = _words(wanted.text)
    found = []
    for product in products:
        if not _passes(product, wanted, now_ms):
            continue
        score = rank(product, words)
        if score > 0 or not words:
            found.append((-score, product.publisher, product.identifier, product))
    return [each[-1] for each in sorted(found, key=lambda each: each[:3])]


def rank(product: Product, words: Iterable[str]) -> int:
    """How well the words fit; 0 if one of them does not occur. Words as `search` makes them."""
    fields = _fields(product)
    total = 0
    for word in words:
        best = max(weight * _occurs(word, text) for weight, text in fields)
        if best == 0:
            return 0
        total += best
    return total


def _occurs(word: str, text: str) -> int:
    """0: not, 1: as a part, 2: as a whole word or a run of Chinese."""
    if word in text:
        is_run = len(word) > 1 and _is_chinese(word[0])
        return 2 if is_run or word in text.split() else 1
    if len(word) > 2 and all(map(_is_chinese, word)):
        return int(all(word[place : place + 2] in text for place in range(len(word) - 1)))
    return 0


def _fields(product: Product) -> list[tuple[int, str]]:
    columns = " ".join(column.name for each in product.datasets for column in each.columns)
    return [
        (8, _folded(f"{product.identifier} {product.title.zh} {product.title.en}")),
        (4, _folded(" ".join((*product.theme, *product.keyword)))),
        (2, _folded(f"{product.description.zh} {product.description.en} {product.institution}")),
        (1, _folded(columns)),
    ]


def _words(text: str) -> list[str]:
    """Runs of Chinese characters, and what stands between blanks; at most 20."""
    spaced = ""
    for char in _folded(text):
        if spaced and _is_chinese(char) != _is_chinese(spaced[-1]):
            spaced += " "
        spaced += char
    return spaced.split()[:20]


def _folded(text: str) -> str:
    """Width and case do not matter; punctuation separates words."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char if char.isalnum() or char in "_-" else " " for char in plain)


def _is_chinese(char: str) -> bool:
    return "㐀" <= char <= "鿿" or "𠀀" <= char <= "𲎯"


def _passes(product: Product, wanted: Filter, now_ms: int) -> bool:
    terms = product.terms
    return (
        (product.valid_until is None or product.valid_until > now_ms)
        and (wanted.operator is None or not terms.operators or wanted.operator in terms.operators)
        and (wanted.level is None or product.level <= wanted.level)
        and (wanted.unit is None or any(price.unit == wanted.unit for price in terms.prices))
        and (wanted.theme is None or _folded(wanted.theme) in map(_folded, product.theme))
        and (wanted.publisher is None or product.publisher == wanted.publisher)
    )
