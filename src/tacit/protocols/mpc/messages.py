"""The numbers of the messages of the dealer profile. A receiver always knows kind and exact size beforehand."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """Message numbers (version 1 of the protocol)."""

    SEED = 1  # dealer -> party: the PRG seed they share
    PUBLIC = 2  # party -> party, mostly also dealer: public whole numbers such as sizes
    FIXED = 3  # owner -> other party: a private matrix under its mask
    MASKED = 4  # party -> party: a private vector or a share under a fresh mask
    OPEN = 5  # both directions: shares under a dealt mask
    CORRECTION = 6  # dealer -> second: dealt values that depend on other dealt values
    REVEAL = 7  # party -> party: the share of a result
    CONTROL = 8  # first -> dealer: a public bit that steers the program
