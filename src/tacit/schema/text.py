"""A text that a person reads, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import category

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSEEN_BUT_FINE = "\n\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Chinese and in English. Neither may be empty."""

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh or not self.en:
            raise ValueError("a Text needs both languages")

    def format(self, **values: object) -> Text:
        """Fill `{name}` places in both languages. Values that may hold braces go through `literal` first."""
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))

    def as_dict(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


def check_readable(text: str) -> str:
    """`text`, if all of it can be seen: no controls but line breaks, no marks that turn or hide what stands beside
    them (Unicode TR 36). Joiners stay, as some scripts need them. Raises ValueError."""
    for sign in text:
        if sign not in _UNSEEN_BUT_FINE and category(sign) in _UNSEEN:
            raise ValueError(f"holds the character U+{ord(sign):04X}, which cannot be seen")
    return text


def literal(value: str) -> str:
    """`value` for use inside a text that will be formatted later: braces stay braces."""
    return value.replace("{", "{{").replace("}", "}}")
