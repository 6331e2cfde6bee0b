"""Applications to become a peer: their states, the bounds on strangers, and what may be shown of their words. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, get_args

from tacit.errors import InputError, RefusedError

MOST_OPEN = 100  # applications of strangers that wait here
MOST_OF_CALLER = 10  # of them, from one network address
MOST_OF_KEY = 3  # applications of one key within the days that one is valid
LONGEST = 500  # characters of a message

Reason = Literal["unverified", "unknown_organisation", "not_needed", "duplicate", "other"]
REASONS: tuple[Reason, ...] = get_args(Reason)  # of a rejection, as the applicant learns it


class ApplicationState(StrEnum):
    """DRAFT and SENT exist at the applicant only: not yet said, said without an answer."""

    DRAFT = "DRAFT"
    SENT = "SENT"
    APPLIED = "APPLIED"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


WAITING = (ApplicationState.APPLIED, ApplicationState.IN_REVIEW)  # for people at the receiving node
OPEN = (ApplicationState.DRAFT, ApplicationState.SENT, *WAITING)


def check_words(institution: str, message: str) -> None:
    """What people will read of a stranger is one printable line each. Raises InputError("application.text_invalid")."""
    for name, text, longest in (("institution", institution, 256), ("message", message, LONGEST)):
        if len(text) > longest or not text.isprintable():
            raise InputError(
                "application.text_invalid",
                f"The {name} of an application cannot be shown as it is.",
                found=f"{len(text)} characters",
                expected=f"one printable line of at most {longest} characters",
            )


def check_room(*, waiting: int, of_caller: int, of_key: int) -> None:
    """One more may come. Raises RefusedError("application.full", "application.too_many")."""
    if waiting >= MOST_OPEN or of_caller >= MOST_OF_CALLER:
        raise RefusedError(
            "application.full",
            "Too many applications wait at this node.",
            hint="It is sent again by itself; or ask the node's operator for an invitation code.",
        )
    if of_key >= MOST_OF_KEY:
        raise RefusedError(
            "application.too_many",
            "This key has applied too often.",
            expected=f"at most {MOST_OF_KEY} applications while the first is valid",
            hint="Ask the node's operator for an invitation code.",
        )
