"""A table of people who do not exist, made by rule: what the scan for personal data finds something in.

It shows that they are made: the division of every identity number is that of a whole city, which is on no card; the
telephone numbers count up behind four zeros; the addresses end in example.org, which is kept free for examples.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

DATASET = "contacts"
COUNT = 120
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙"
_GIVEN = ("明", "芳", "伟", "静", "强", "丽娜", "建国", "晓燕", "志强", "雅琴", "宇轩", "慧敏")
_WAYS = ("telephone", "e-mail", "letter")
_CITIES = ("110100", "310100", "440100", "510100", "330100", "420100")
_PREFIXES = ("130", "138", "150", "158", "177", "186", "189", "198")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_DAY = dt.date(1940, 1, 1)


def make_contacts(key: str, keys: list[str]) -> pa.Table:
    """One person for each of the first keys."""
    numbers = range(min(COUNT, len(keys)))
    born = [_FIRST_DAY + dt.timedelta(days=197 * i) for i in numbers]
    return pa.table(
        {
            key: keys[: len(numbers)],
            "name": [_SURNAMES[i % len(_SURNAMES)] + _GIVEN[i * 5 // 12 % len(_GIVEN)] for i in numbers],
            "sex": [("F", "M")[i % 2] for i in numbers],
            "birth_date": [day.isoformat() for day in born],
            "resident_id": [_identity(i, day) for i, day in zip(numbers, born, strict=True)],
            "mobile": [f"{_PREFIXES[i % len(_PREFIXES)]}-0000-{i:04d}" for i in numbers],
            "email": [f"person{i:03d}@example.org" for i in numbers],
            "prefers": [_WAYS[i % len(_WAYS)] for i in numbers],
        }
    )


def _identity(number: int, born: dt.date) -> str:
    """With the check digit of GB 11643, by which it is told from any other number."""
    body = f"{_CITIES[number % len(_CITIES)]}{born:%Y%m%d}{number % 1000:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]
