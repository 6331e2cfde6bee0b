"""Passwords: what a new one must be, and the argon2id hash that is kept of it.

Source: OWASP Password Storage Cheat Sheet (argon2id, 19 MiB, 2 passes, 1 lane); NIST SP 800-63B 5.1.1.2 (length, no
composition rules, refusal of common ones).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from tacit.errors import ParameterError, RefusedError

MIN_LENGTH = 12
MAX_LENGTH = 256
_AT_ONCE = threading.BoundedSemaphore(4)  # each takes 19 MiB and a core
_WAITING = threading.BoundedSemaphore(16)  # fewer than the API has threads, which strangers must not all hold
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_NOBODY = _HASHER.hash("the password of nobody at all")
_WORDS = """password passwort passwd passphrase mima motdepasse contrasena senha admin administrator adminadmin root
    toor superuser user username guest test testtest demo default changeme letmein welcome login iloveyou woaini
    sunshine princess football baseball basketball superman batman dragon monkey master shadow michael jordan charlie
    trustno trustnoone whatever computer internet samsung google microsoft windows secret secretsecret topsecret qwerty
    qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qwertyqwerty qweasdzxc qweasd azerty qwertz abc abcd
    abcabc abcdef abcdefgh abcdefghijkl correcthorsebatterystaple tacit"""
_ROOTS = frozenset(_WORDS.split())
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qazwsxedcrfvtgbyhnujmikolp", "01234567890" * 3)
_LEET = str.maketrans("013457@$!", "oleasta" + "si")
_RUN = 4  # characters in a row that count as one


@contextmanager
def turn() -> Iterator[None]:
    """Around the check of a stranger's password. Raises RefusedError("auth.busy") when too many wait for theirs."""
    if not _WAITING.acquire(blocking=False):
        raise RefusedError(
            "auth.busy", "Too many people are signing in at this moment.", hint="Try again in a few seconds."
        )
    try:
        yield
    finally:
        _WAITING.release()


def hash_password(password: str) -> str:
    """The text that is kept."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def password_fits(kept: str | None, password: str) -> bool:
    """Whether it is the password of that hash. Takes the same time when there is none."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(kept or _NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """The hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def check_password(password: str, *names: str) -> None:
    """Whether it may be a password of the person of these `names`.

    Raises ParameterError: password.too_short, password.too_long, password.common, password.holds_name.
    """
    length = len(password)
    if length < MIN_LENGTH:
        raise _refuse(
            "password.too_short", "The password is too short.", f"{length} characters", f"{MIN_LENGTH} or more"
        )
    if length > MAX_LENGTH:
        raise _refuse("password.too_long", "The password is too long.", f"{length} characters", f"at most {MAX_LENGTH}")
    plain = password.casefold()
    if any(len(name) >= 3 and name.casefold() in plain for name in names):
        raise _refuse("password.holds_name", "The password holds the name of its user.", None, "something else")
    if _is_common(plain):
        raise _refuse("password.common", "Such a password is among the first that are tried.", None, "several words")


def _is_common(plain: str) -> bool:
    """A known word with digits and signs around it, that word repeated, or little that differs."""
    bare = re.sub(r"^[^a-z]+|[^a-z]+$", "", plain)
    words = (plain, bare.translate(_LEET), plain.translate(_LEET))
    if any(_unit(re.sub(r"[^a-z]", "", word)) in _ROOTS for word in words):
        return True
    return len(set(plain)) < 5 or len(_collapsed(plain)) < 6


def _unit(word: str) -> str:
    """The shortest text of which `word` is a repetition."""
    place = (word + word).find(word, 1) if word else 0
    return word[:place]


def _collapsed(plain: str) -> str:
    """Every run along the alphabet, the keyboard or the digits, up or down, as one character."""
    kept, start = [], 0
    while start < len(plain):
        length = max(_run_length(plain[start:], row) for row in (*_ROWS, *(row[::-1] for row in _ROWS)))
        kept.append(plain[start])
        start += length if length >= _RUN else 1
    return "".join(kept)


def _run_length(text: str, row: str) -> int:
    length = 0
    while length < len(text) and text[: length + 1] in row:
        length += 1
    return length


def _refuse(code: str, message: str, found: str | None, expected: str) -> ParameterError:
    return ParameterError(code, message, found=found, expected=expected, hint="Three or four unrelated words do well.")
