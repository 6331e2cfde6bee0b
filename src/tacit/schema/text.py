"""A text that a person reads, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


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


def literal(value: str) -> str:
    """`value` for use inside a text that will be formatted later: braces stay braces."""
    return value.replace("{", "{{").replace("}", "}}")
