"""Detectors: check digits against published examples, the decision rule, look-alikes, names, and the corpus."""

from __future__ import annotations

import datetime as dt
import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest

from tacit.data.findings import checksums
from tacit.data.findings.columns import column_sample
from tacit.data.findings.decision import Z_ALONE, wilson_lower
from tacit.data.findings.finding import Finding
from tacit.data.findings.names import NAMES, words_of
from tacit.data.findings.scan import DETECTORS, scan_table

BENCH = Path(__file__).parents[2] / "bench"


def _corpus() -> ModuleType:
    name = "classification_corpus"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def _scan(**columns: object) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in scan_table(pa.table(columns)):
        found.setdefault(finding.column, []).append(finding)
    return found


def _bytes(*texts: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer("".join(texts).encode(), dtype=np.uint8).reshape(len(texts), -1)


def test_published_numbers_pass_and_neighbours_fail() -> None:
    # GB 11643-1999, Annex; ISO/IEC 7812-1 Annex B; 3GPP TS 23.003; GB 32100-2015
    assert checksums.resident(_bytes("11010519491231002X", "440524188001010014")).tolist() == [True, True]
    assert checksums.resident(_bytes("110105194912310021", "440524188001010015")).tolist() == [False, False]
    assert checksums.luhn(_bytes("49927398716", "49927398717")).tolist() == [True, False]
    assert checksums.luhn(_bytes("490154203237518", "490154203237519")).tolist() == [True, False]
    assert checksums.credit_code(_bytes("91350100M000100Y43", "91350100M000100Y44")).tolist() == [True, False]
    assert checksums.iban_rest("GB82WEST12345698765432") == 1
    assert checksums.iban_rest("GB82WEST12345698765433") != 1


def test_single_wrong_digits_never_pass() -> None:
    corpus, rng = _corpus(), random.Random(3)
    for make, check in ((corpus.resident_id_new, checksums.resident), (corpus.credit_code, checksums.credit_code)):
        for _ in range(20):
            right = make(rng)
            place = rng.randrange(8, 17)
            wrong = [right[:place] + each + right[place + 1 :] for each in "0123456789" if each != right[place]]
            assert check(_bytes(right)).all() and not check(_bytes(*wrong)).any()


def test_days_are_those_of_the_calendar() -> None:
    days = [(2000, 2, 29), (1900, 2, 29), (2023, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 12, 31)]
    year, month, day = np.array(days).T
    assert checksums.is_date(year, month, day).tolist() == [True, False, False, False, False, False, True]


def test_the_wilson_interval() -> None:
    assert wilson_lower(0, 0, Z_ALONE) == 0.0 and wilson_lower(0, 10, Z_ALONE) == 0.0
    assert wilson_lower(10, 10, 1.96) == pytest.approx(0.7225, abs=1e-3)  # tabulated
    assert wilson_lower(5, 10, 1.96) == pytest.approx(0.2366, abs=1e-3)
    assert wilson_lower(9990, 10_000, Z_ALONE) > 0.99


def test_every_detector_has_names_and_a_rule() -> None:
    from tacit.governance.level_rules import DETECTOR_RULES, RULES, title_of

    ids = [detector.id for detector in DETECTORS]
    assert len(set(ids)) == len(ids) and set(ids) == set(NAMES) == set(DETECTOR_RULES)
    assert all(DETECTOR_RULES[each] in RULES and title_of(each).zh for each in ids)


@pytest.mark.parametrize(
    ("detector", "values"),
    [
        ("cn.resident_id", ["11010519491231002X", "110105491231002", "310115199003071239"]),
        ("cn.mobile", ["13812345678", "+8615912345678", "189-1234-5678"]),
        ("cn.bank_card", ["6228480402564890018"]),
        ("credit_card", ["4111111111111111", "5500 0000 0000 0004", "371449635398431"]),
        ("cn.uscc", ["91350100M000100Y43"]),
        ("iban", ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"]),
        ("imei", ["490154203237518", "356938035643809"]),
        ("imsi", ["460001234567890"]),
        ("cn.plate", ["京A12345", "粤BD12345", "沪A·F0236"]),
        ("cn.passport", ["E12345678", "EA1234567", "G12345678"]),
        ("us.ssn", ["219-09-9999"]),
        ("phone", ["+44 20 7946 0958", "+12025550123"]),
        ("cn.region_mobile", ["+852 91234567", "+85361234567", "+886912345678"]),
        ("cn.landline", ["010-62345678", "(0571)87654321"]),
        ("email", ["a.b@example.com"]),
        ("ipv4", ["192.168.0.1", "10.0.0.1:8080"]),
        ("ipv6", ["2001:db8::1", "fe80:0:0:0:204:61ff:fe9d:f156"]),
        ("mac", ["00:1a:2B:3c:4d:5e", "001a.2b3c.4d5e"]),
        ("geo", ["39.904200,116.407400", "POINT(116.4074 39.9042)"]),
        ("cn.name", ["欧阳娜娜", "王伟", "阿卜杜·热西提"]),
        ("address", ["广东省深圳市南山区科技园路1号", "221 Baker Street"]),
        ("birth_date", ["1990-02-28", "19900228", "1990年2月"]),
    ],
)
def test_each_form_is_known(detector: str, values: list[str]) -> None:
    check = next(each.check for each in DETECTORS if each.id == detector)
    assert check is not None
    assert check(column_sample("c", pa.array(values))).tolist() == [True] * len(values)


@pytest.mark.parametrize(
    ("detector", "values"),
    [
        ("cn.resident_id", ["110105194902310028", "990105194912310021", "11010519491231002", "110105194913310020"]),
        ("cn.mobile", ["12812345678", "1381234567", "138123456789", "14012345678"]),
        ("cn.bank_card", ["6228480402564890019", "1234567812345670"]),
        ("credit_card", ["4111111111111112", "41111111111111"]),
        ("cn.uscc", ["91350100M000100Y44", "91350100I000100Y43"]),
        ("iban", ["GB82WEST12345698765433", "DE8937040044053201300", "XX82WEST12345698765432"]),
        ("imsi", ["310150123456789"]),
        ("cn.plate", ["王A12345", "京I12345", "京A1234"]),
        ("us.ssn", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"]),
        ("phone", ["12025550123", "+999123456789", "+8613812345678"]),
        ("email", ["a@b", "@a.com", "a@b@c.com", "a b@c.com"]),
        ("ipv4", ["256.1.1.1", "1.2.3", "01.2.3.4"]),
        ("ipv6", ["12:30:45", "1:2:3:4:5:6:7"]),
        ("mac", ["00:1a:2b:3c:4d", "001a2b3c4d5e"]),
        ("geo", ["1.5,2.5", "91.000000,181.000000"]),
        ("cn.name", ["北京", "武汉市", "A王伟", "王"]),
        ("address", ["北京市朝阳区盛达路科技有限公司", "按路线发货"]),
        ("birth_date", ["1990-02-30", "1890-01-01", "12:30:00"]),
    ],
)
def test_near_misses_fail(detector: str, values: list[str]) -> None:
    check = next(each.check for each in DETECTORS if each.id == detector)
    assert check is not None
    assert not check(column_sample("c", pa.array(values))).any()


def test_a_check_that_passes_by_chance_is_not_believed() -> None:
    """Order numbers with a right division and date pass modulo 11 once in eleven; sequence numbers Luhn once in ten."""
    rng = random.Random(5)
    ids = [
        f"110101{rng.randint(1950, 2010)}0{rng.randint(1, 9)}1{rng.randint(0, 9)}{rng.randint(0, 9999):04d}"
        for _ in range(2000)
    ]
    cards = [f"6228{rng.randrange(10**12):012d}" for _ in range(2000)]
    assert _scan(order_no=ids, seq=cards, id_card=ids, bank_card=cards) == {}


def test_few_values_need_a_name_where_chance_is_high() -> None:
    three = ["4111111111111111", "5500000000000004", "4012888888881881"]
    assert _scan(c7=three) == {}
    assert [each.detector for each in _scan(credit_card=three)["credit_card"]] == ["credit_card"]


def test_numbers_are_read_as_text() -> None:
    rng = random.Random(8)
    mobiles = [
        int(rng.choice(["138", "159", "186", "177", "133", "151"]) + f"{rng.randrange(10**8):08d}") for _ in range(200)
    ]
    found = _scan(a=mobiles, b=pa.array(mobiles, pa.float64()), c=pa.array(list(map(str, mobiles))).dictionary_encode())
    assert {column: each[0].detector for column, each in found.items()} == dict.fromkeys("abc", "cn.mobile")


@pytest.mark.parametrize(
    ("name", "detector", "support"),
    [
        ("custIdCardNo", "cn.resident_id", "strong"),
        ("SFZH", "cn.resident_id", "strong"),
        ("客户身份证号码", "cn.resident_id", "strong"),
        ("id_card_type", "cn.resident_id", None),
        ("证件类型", "cn.resident_id", None),
        ("sjh", "cn.mobile", "strong"),
        ("phone_model", "cn.mobile", None),
        ("xm", "cn.name", "weak"),
        ("product_name", "cn.name", None),
        ("ipAddress", "address", None),
        ("zip", "ipv4", None),
    ],
)
def test_column_names(name: str, detector: str, support: str | None) -> None:
    assert NAMES[detector].support(words_of(name)) == support


def test_a_name_alone_speaks_for_masked_values_only() -> None:
    found = scan_table(
        pa.table(
            {
                "id_card": ["1101**********1234", "3101**********5678", "4401**********4321"],
                "phone": ["iPhone 12", "Mi 11", "P40"],
                "mobile_md5": ["d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661", None],
                "balance": [1.5, 2.5, 3.5],
                "gender": ["F", "M", "F"],
                "email_flag": ["Y", "N", "Y"],
            }
        )
    )
    told = {(each.column, each.detector) for each in found if each.by == "name"}
    assert {
        ("id_card", "cn.resident_id"),
        ("mobile_md5", "cn.mobile"),
        ("balance", "amount"),
        ("gender", "sex"),
    } <= told
    assert not {column for column, _ in told} & {"phone", "email_flag"}


def test_latitudes_by_abbreviation_need_their_partner() -> None:
    rng = random.Random(2)
    lat, lon = [rng.uniform(20, 50) for _ in range(50)], [rng.uniform(80, 130) for _ in range(50)]
    assert {each.column for each in scan_table(pa.table({"wd": lat, "jd": lon}))} == {"wd", "jd"}
    assert scan_table(pa.table({"wd": lat, "other": lon})) == []


def test_odd_columns_are_passed_over() -> None:
    table = pa.table(
        {
            "nothing": pa.nulls(10),
            "empty": pa.array([None] * 10, pa.string()),
            "flags": [True, False] * 5,
            "raw": [b"13812345678"] * 10,
            "lists": [[1]] * 10,
            "times": [dt.datetime(2024, 1, 1, 12)] * 10,
            "id_card": pa.array([None] * 10, pa.string()),
        }
    )
    assert [(each.column, each.by) for each in scan_table(table)] == [("id_card", "name")]
    seen: list[tuple[int, int]] = []
    scan_table(table, on_column=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (7, 7)


def test_findings_hold_no_value() -> None:
    found = scan_table(pa.table({"email": ["someone@example.com", "other@example.com"]}))
    assert found and "example" not in repr(found)


def test_precision_and_recall_on_a_small_corpus() -> None:
    right = wrong = missed = 0
    for case in _corpus().corpus(20261121, 1):
        told = {finding.detector for finding in scan_table(case.table)}
        right += case.detector in told
        missed += case.detector is not None and case.detector not in told
        wrong += len(told - {case.detector})
    assert right > 30
    assert right / (right + wrong) >= 0.98 and right / (right + missed) >= 0.98
