"""One spelling for keys: each rule against a plain reading of what it says, and what it must refuse."""

from __future__ import annotations

import datetime
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.algorithms.alignment.keys import KeyDigester, KeyRules
from tacit.algorithms.alignment.normalise import RULE_NAMES, check_rules, mark, normalise
from tacit.errors import DataError, ParameterError

_WEIGHTS = [pow(2, 17 - i, 11) for i in range(17)]


def _apply(values: list[str | None], *rules: str) -> list[str | None]:
    return normalise(pa.array(values, pa.string()), rules)[0].to_pylist()


def _check_place(first: str) -> str:
    return "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, first, strict=True)) % 11]


@st.composite
def _resident_ids(draw: st.DrawFn) -> str:
    born = draw(st.dates(datetime.date(1900, 1, 1), datetime.date(2024, 12, 31)))
    first = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 995)):03}"
    return first + _check_place(first)


@given(st.lists(st.none() | st.text(max_size=12), max_size=20))
@settings(max_examples=40, deadline=None)
def test_text_rules_do_what_their_names_say(values: list[str | None]) -> None:
    plain = {
        "nfkc": lambda text: unicodedata.normalize("NFKC", text),
        "no_leading_zeros": lambda text: text.lstrip("0") or text[-1:],
        "digits": lambda text: "".join(c for c in text if c in "0123456789"),
    }
    known = "".join(v or "" for v in values)
    for name, rule in plain.items():
        if name == "nfkc" and any(unicodedata.category(c) == "Cn" for c in known):
            continue  # the two Unicode tables are of different years
        assert _apply(values, name) == [None if v is None else rule(v) or None for v in values]


@given(st.lists(st.text(" \t　\u00a0-‐–−aZ0", max_size=8), max_size=20))
@settings(max_examples=40, deadline=None)
def test_blanks_and_dashes(values: list[str]) -> None:
    bare = [v.translate(dict.fromkeys(map(ord, " \t　\u00a0"))) for v in values]
    assert _apply(list(values), "no_space") == [v or None for v in bare]
    dashes = dict.fromkeys(map(ord, "-‐–−"))
    assert _apply(list(values), "no_space", "no_dash") == [v.translate(dashes) or None for v in bare]
    assert _apply(list(values), "trim") == [v.strip() or None for v in values]


@given(st.lists(st.none() | st.text(max_size=10), max_size=12), st.sampled_from(RULE_NAMES))
@settings(max_examples=150, deadline=None)
def test_a_rule_applied_twice_is_applied_once(values: list[str | None], name: str) -> None:
    once = _apply(values, name)
    if not (name in ("lower", "upper", "fold", "email", "email_domain") and any(v and not v.isascii() for v in values)):
        assert _apply(once, name) == once


@given(st.lists(st.none() | st.text(max_size=8), min_size=1, max_size=12), st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_a_slice_is_normalised_like_the_whole(values: list[str | None], start: int) -> None:
    for name in RULE_NAMES:
        whole, part = pa.array(values, pa.string()), pa.array(values, pa.string()).slice(min(start, len(values)))
        assert normalise(part, [name])[0].to_pylist() == normalise(whole, [name])[0].to_pylist()[start:]


def test_case() -> None:
    assert _apply(["ÄbC", "甲a"], "lower") == ["äbc", "甲a"]
    assert _apply(["ÄbC", "甲a"], "upper") == ["ÄBC", "甲A"]
    assert len(set(_apply(["ΣΑΣ", "σας", "σασ"], "fold"))) == 1


@given(st.integers(-(10**30), 10**30), st.text("0", max_size=5), st.sampled_from(["", " ", "　"]))
@settings(max_examples=60, deadline=None)
def test_integers(number: int, zeros: str, blank: str) -> None:
    sign = "-" if number < 0 else "+"
    spelled = [f"{blank}{sign}{zeros}{abs(number)}{blank}", str(number)]
    assert _apply(list(spelled), "integer") == [str(number)] * 2


def test_what_is_no_integer_is_rejected() -> None:
    assert _apply(["1.0", "1e3", "", "-", "--1", "1 2", "+-0"], "integer") == [None] * 7
    assert _apply(["-0", "+0", "-000", "007"], "integer") == ["0", "0", "0", "7"]


@given(
    st.integers(3_000_000_000, 9_999_999_999), st.sampled_from(["", "+86", "0086", "86", "+86-", "(+86) ", "＋８６　"])
)
@settings(max_examples=60, deadline=None)
def test_chinese_mobile_numbers(rest: int, country: str) -> None:
    number = f"1{rest}"
    spelled = [country + number, f"{country} {number[:3]}-{number[3:7]} {number[7:]}", country + _wide(number)]
    assert _apply(list(spelled), "phone_cn") == [number] * 3
    assert _apply([s for s in spelled if country], "phone:86") == ["+86" + number] * (3 if country else 0)
    assert _apply(list(spelled), "phone:86", "phone_e164") == ["+86" + number] * 3


def test_what_is_no_mobile_number_is_rejected() -> None:
    bad = ["", "1381234567", "138123456789", "12812345678", "+85212345678", "1381234567a", "8610812345678"]
    assert _apply(list(bad), "phone_cn") == [None] * len(bad)


def test_international_numbers() -> None:
    assert _apply(["010-6552 9988", "+86 (0)10 65529988", "0044 20 7946 0958"], "phone:86") == [
        "+861065529988",
        "+861065529988",
        "+442079460958",
    ]
    assert _apply(["06 1234 5678", "3471234567"], "phone:39") == ["+390612345678", "+393471234567"]
    assert _apply(["(212) 555-0123", "1 212 555 0123"], "phone:1") == ["+12125550123"] * 2
    assert _apply(["8 (912) 345-67-89", "9123456789"], "phone:7") == ["+79123456789"] * 2
    assert _apply(["020 7946 0958", "+0123456789", "+1234567890123456"], "phone_e164") == [None] * 3


@given(st.lists(_resident_ids(), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_resident_ids_are_brought_to_18_places(ids: list[str]) -> None:
    assert _apply(list(ids), "id_cn") == ids
    spelled = [f" {_wide(one[:6].lower())} {one[6:].lower()}" for one in ids]
    assert _apply(list(spelled), "id_cn") == ids
    old = [one for one in ids if one[6:8] == "19"]
    assert _apply([one[:6] + one[8:17] for one in old], "id_cn") == old


@given(_resident_ids(), st.integers(0, 17), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_a_changed_place_of_a_resident_id_is_noticed(one: str, place: int, by: int) -> None:
    digit = "0" if one[place] == "X" else str((int(one[place]) + by) % 10)
    assert _apply([one[:place] + digit + one[place + 1 :]], "id_cn") == [None]


def test_resident_ids_known_from_the_standard_and_impossible_days() -> None:
    assert _apply(["11010519491231002X", "110105491231002"], "id_cn") == ["11010519491231002X"] * 2
    assert _apply(["110105000101997"], "id_cn")[0] is not None  # one of the numbers kept for those born before 1900
    for day in ("19490229", "19491301", "19490431", "21010101"):
        first = f"110105{day}002"
        assert _apply([first + _check_place(first)], "id_cn") == [None]
    assert _apply(["", "1101051949123100", "abcdefghijklmnopqr", None], "id_cn") == [None] * 4


def test_mail_addresses() -> None:
    assert _apply(["A.b@Example.ORG", " x@y ", "a@b@c", "plain", "@x", "x@"], "email") == [
        "a.b@example.org",
        "x@y",
        None,
        None,
        None,
        None,
    ]
    assert _apply(["A.b@Example.ORG", "a b@c"], "email_domain") == ["A.b@example.org", None]


def test_integers_become_text() -> None:
    values, rejected = normalise(pa.array([7, None, 42]), ["integer"])
    assert values.to_pylist() == ["7", None, "42"] and rejected is None


def test_rejected_rows_are_marked_and_nulls_are_not() -> None:
    values, rejected = normalise(pa.array(["13800138000", None, "x", " "]), ["phone_cn"])
    assert values.to_pylist() == ["13800138000", None, None, None]
    assert rejected is not None and rejected.tolist() == [False, False, True, True]


@pytest.mark.parametrize("rules", [("upcase",), ("trim", "trim"), ("phone:",), ("phone:0",), ("phone:12345",)])
def test_unknown_rules(rules: tuple[str, ...]) -> None:
    with pytest.raises(ParameterError) as caught:
        check_rules(rules)
    assert caught.value.code == "psi.normalise"


def test_the_mark_tells_rules_apart() -> None:
    assert mark(()) == mark(((), ())) == b""
    marks = {mark(rules) for rules in [(("trim",),), (("lower",),), (("trim", "lower"),), (("trim",), ("lower",))]}
    assert len(marks) == 4 and {len(one) for one in marks} == {16}


def test_the_same_person_has_the_same_digest_in_two_spellings() -> None:
    rules = KeyRules(("id", "phone"), normalise=(("id_cn",), ("phone_cn",)))
    here = pa.table({"id": ["11010519491231002x"], "phone": ["+86 138-0013-8000"]})
    there = pa.table({"id": ["110105491231002"], "phone": [13800138000]})
    first = KeyDigester(here.schema, rules).digest(here).digests
    assert first.tolist() == KeyDigester(there.schema, rules).digest(there).digests.tolist()


def test_rejected_rows_are_refused_with_counts_only() -> None:
    table = pa.table({"phone": ["13800138000", "secret", None]})
    digester = KeyDigester(table.schema, KeyRules(("phone",), nulls="drop", normalise=(("phone_cn",),)))
    digester.digest(table)
    with pytest.raises(DataError) as caught:
        digester.check()
    assert caught.value.code == "data.key_rejected" and "secret" not in str(caught.value)
    assert (digester.counts.null, digester.counts.rejected, digester.counts.used) == (1, 1, 1)


def test_dates_have_no_other_spelling() -> None:
    table = pa.table({"born": [datetime.date(2000, 1, 1)]})
    with pytest.raises(ParameterError) as caught:
        KeyDigester(table.schema, KeyRules(("born",), normalise=(("trim",),)))
    assert caught.value.code == "psi.normalise"


def _wide(text: str) -> str:
    """Full-width digits and letters, as Chinese input methods write them."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
