"""Which encoding a CSV is in: what Chinese programs save is told, what others save is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tacit.data.encodings import BLOCK, encoding_of
from tacit.data.sources import read_table
from tacit.errors import TacitError

ROWS = "姓名,城市,金额\n王小明,北京,1\n欧阳婷,上海,2\n阿不都·买买提,“乌鲁木齐”——新区,3\n李喆,昇堃镇,4\n"


@dataclass(frozen=True)
class Csv:
    path: Path
    options: dict[str, Any] = field(default_factory=dict)
    format: str = "csv"
    name: str = "people"


def saved(folder: Path, content: bytes, **options: Any) -> Csv:
    path = folder / "医院客户.csv"
    path.write_bytes(content)
    return Csv(path, options)


def code_of(source: Csv) -> str:
    with pytest.raises(TacitError) as caught:
        encoding_of(source)
    return caught.value.code


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
    ],
)
def test_what_is_told_reads_the_same_rows(tmp_path: Path, encoding: str, told: str) -> None:
    source = saved(tmp_path, ROWS.replace("\n", "\r\n").encode(encoding))
    assert encoding_of(source) == told
    table = read_table(Csv(source.path, {"encoding": told}))
    assert table.column_names == ["姓名", "城市", "金额"]
    assert table["姓名"].to_pylist() == ["王小明", "欧阳婷", "阿不都·买买提", "李喆"]
    assert table["金额"].to_pylist() == [1, 2, 3, 4]


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_a_mark_of_either_order_is_utf_16(tmp_path: Path, order: str) -> None:
    source = saved(tmp_path, ("\ufeff" + ROWS).encode(order))
    assert encoding_of(source) == "utf-16"
    assert read_table(Csv(source.path, {"encoding": "utf-16"})).column_names == ["姓名", "城市", "金额"]


def test_what_is_set_is_not_doubted(tmp_path: Path) -> None:
    assert encoding_of(saved(tmp_path, ROWS.encode(), encoding="big5")) == "big5"


def test_ascii_is_text_in_any_encoding(tmp_path: Path) -> None:
    assert encoding_of(saved(tmp_path, b"a,b\n1,2\n")) == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 2])
def test_what_comes_late_or_is_cut_by_a_block_is_told(tmp_path: Path, encoding: str, shift: int) -> None:
    plain = "a,b\n" + "1,2\n" * (BLOCK // 4 - 2) + "1," + "2" * (2 + shift)
    assert len(plain) == BLOCK + shift
    late = (plain + "\n" + "王小明,北京\n" * 3).encode(encoding)
    many = ("a\n" + "x" * (2 + shift) + "王小明北京上海\n" * (BLOCK // 14)).encode(encoding)
    told = {"utf-8": "utf-8", "gbk": "gb18030"}[encoding]
    assert [encoding_of(saved(tmp_path, content)) for content in (late, many)] == [told, told]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "姓名,城市\n王小明,臺北市大安區\n陳怡君,高雄市鳳山區\n林志豪,臺中市西屯區\n"),
        ("shift_jis", "氏名,都市\nさとう,とうきょう\nすずき,おおさか\nたかはし,なごや\n"),
        ("euc_jp", "なまえ,まち\nさとう,とうきょう\nすずき,おおさか\n"),
        ("cp1251", "имя,город\nИванов,Москва\nПетрова,Новосибирск\n"),
        ("cp1252", "name,straße\nMüller,Königsallee\nJosé,Größe\n"),
        ("latin-1", "a,b\n1,é"),
    ],
)
def test_other_languages_are_not_taken_for_chinese(tmp_path: Path, encoding: str, text: str) -> None:
    assert code_of(saved(tmp_path, text.encode(encoding))) == "dataset.encoding_unknown"
    table = read_table(saved(tmp_path, text.encode(encoding), encoding=encoding))
    assert table.column_names == text.partition("\n")[0].split(",")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "dataset.empty"),
        (b"PK\x03\x04\xff\xfe", "dataset.unreadable"),
        (b"a,b\n1,\x00\n", "dataset.unreadable"),
    ],
)
def test_what_is_no_text_is_refused_as_such(tmp_path: Path, content: bytes, code: str) -> None:
    assert code_of(saved(tmp_path, content)) == code


def test_files_of_a_folder_are_in_one_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x,y\n1,2\n")
    (tmp_path / "b.csv").write_bytes("x,y\n1,北京\n".encode("gbk"))
    assert encoding_of(Csv(tmp_path)) == "gb18030"
    (tmp_path / "c.csv").write_text("x,y\n1,北京\n")
    assert code_of(Csv(tmp_path)) == "dataset.encoding_unknown"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("이름,도시\n김민수,서울\n박지영,부산\n최은정,대구\n정하늘,인천\n강도윤,광주\n", "euc_kr"),
        ("名前,ふりがな\n田中太郎,たなかたろう\n山田花子,やまだはなこ\n", "euc_jp"),
    ],
)
def test_korean_and_japanese_are_not_taken_for_chinese(tmp_path: Path, text: str, encoding: str) -> None:
    assert code_of(saved(tmp_path, text.encode(encoding))) == "dataset.encoding_unknown"


def test_a_short_text_is_not_taken_for_korean(tmp_path: Path) -> None:
    assert encoding_of(saved(tmp_path, "年龄,金额\n1,2\n".encode("gbk"))) == "gb18030"
