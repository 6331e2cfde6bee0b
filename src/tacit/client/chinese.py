"""Errors in Chinese. Nodes and programs say them in English; what a code means and what to do about it is told by its
page (`errors.zh.json`, made from it), what was found and expected mostly by fixed phrases."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tacit.errors import TacitError

FOUND, EXPECTED = "实际", "应为"
Phrase = tuple[list[str], str]  # what stands around the places of an English phrase, and its Chinese
_LONGEST, _DEEPEST = 300, 4  # what is matched may come from a file's names
_FIELD = re.compile(" ?`(found|expected)` ?")
_PLACE = re.compile(r"\{(\d)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """`original`: the English sentence, where it may name what the Chinese one does not."""

    meaning: str
    original: str | None
    found: str | None
    expected: str | None
    hint: str | None

    def __str__(self) -> str:
        parts = [self.original and f"（{self.original}）", _part(FOUND, self.found), _part(EXPECTED, self.expected)]
        return f"{self.meaning}。" + "".join(part for part in parts if part) + (self.hint or "")


def in_chinese(error: TacitError) -> Told:
    """All that an error says to a person."""
    return told(error.code, error.message, found=error.found, expected=error.expected, hint=error.hint)


def told(
    code: str, message: str, *, found: str | None = None, expected: str | None = None, hint: str | None = None
) -> Told:
    """The same from its parts. What has no Chinese stays as it is: names, numbers, codes of others."""
    english, meaning = _words()["errors"].get(code, (message, message.removesuffix(".")))
    return Told(
        meaning=meaning,
        original=None if message == english else message,
        found=found and _said(_bare(found), _phrases()),
        expected=expected and _said(_bare(expected), _phrases()),
        hint=hint and _labelled(_said(hint, _hints())),
    )


def _part(label: str, text: str | None) -> str | None:
    return text and f"{label}：{text}。"


def _bare(text: str) -> str:
    """Without its full stop; a name may be made of dots."""
    return text.removesuffix(".") if text.strip(".") else text


def _labelled(advice: str) -> str:
    """The fields of an error, as they are called where people read them."""
    return _FIELD.sub(lambda field: f"“{FOUND if field[1] == 'found' else EXPECTED}”", advice)


def _said(text: str, phrases: tuple[Phrase, ...], depth: int = 0) -> str:
    """The Chinese of a phrase and of the phrases in it; a long text is no phrase."""
    if len(text) > _LONGEST or depth > _DEEPEST:
        return text
    for around, chinese in phrases:
        values = _values(text, around)
        if values is not None:
            return _PLACE.sub(lambda place: _said(values[int(place[1]) - 1], phrases, depth + 1), chinese)  # noqa: B023
    return text


def _values(text: str, around: list[str]) -> tuple[str, ...] | None:
    """What stands in the places; most phrases are told apart by how they begin and end."""
    if not (text.startswith(around[0]) and text.endswith(around[-1])):
        return None
    match = re.fullmatch("(.*?)".join(map(re.escape, around)), text, re.DOTALL)
    return match.groups() if match else None


@functools.cache
def _phrases() -> tuple[Phrase, ...]:
    return _sorted({**_words()["said"], **_read("phrases.zh.json")})


@functools.cache
def _hints() -> tuple[Phrase, ...]:
    return _sorted(_words()["hints"])


def _sorted(phrases: dict[str, str]) -> tuple[Phrase, ...]:
    """`{}` stands for what differs. The phrases with the most words first: "at most {} bytes" before "at most {}"."""
    longest = sorted(phrases.items(), key=lambda pair: -len(pair[0].replace("{}", "")))
    return tuple((english.split("{}"), chinese) for english, chinese in longest)


@functools.cache
def _words() -> Any:
    """{"errors": {code: [English meaning, Chinese meaning]}, "hints": {English hint: Chinese}, "said": {English phrase:
    Chinese}}"""
    return _read("errors.zh.json")


def _read(name: str) -> Any:
    return json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
