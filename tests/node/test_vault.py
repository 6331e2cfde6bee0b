"""The vault: nothing readable at rest, nothing exchanged unnoticed, every place of the master key, rotation."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tacit.errors import InputError, ParameterError, ResourceError, TacitError
from tacit.node.database import Database, open_database
from tacit.node.master_keys import VARIABLE, VARIABLE_BEFORE, Keyring
from tacit.node.stores.vault import VaultStore
from tacit.node.vault import Vault

HUSH = "hush-4c1d"
_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
MODULE = next((each for each in _MODULES if Path(each).exists()), None)


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as a new node has it."""
    folder = tmp_path_factory.mktemp("migrated")
    open_database(folder, None).close()
    return folder / "node.db"


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> Iterator[Database]:
    shutil.copy(migrated, tmp_path / "node.db")
    found = Database(f"sqlite:///{tmp_path / 'node.db'}")
    yield found
    found.close()


@pytest.fixture
def store(database: Database) -> VaultStore:
    return VaultStore(database)


def make(store: VaultStore, folder: Path, setting: str = "file", before: str | None = None) -> Vault:
    return Vault(store, Keyring(folder, setting, before))


def code(error: pytest.ExceptionInfo[TacitError]) -> str:
    assert HUSH not in str(error.value.as_dict()) and HUSH not in repr(error.value)
    assert error.value.__cause__ is None
    return error.value.code


def test_secrets_come_back_and_are_nowhere_in_clear(store: VaultStore, tmp_path: Path) -> None:
    vault = make(store, tmp_path)
    assert vault.put("a", {"password": HUSH, "user": "李"}) == 1
    assert vault.get("a") == {"password": HUSH, "user": "李"}
    assert make(store, tmp_path).get("a")["password"] == HUSH  # another start of the node
    assert vault.put("a", {"password": HUSH * 2}) == 2 and vault.get("a") == {"password": HUSH * 2}
    key = tmp_path / "vault.json"
    assert key.stat().st_mode & 0o777 == 0o600
    for file in tmp_path.iterdir():
        assert HUSH.encode() not in file.read_bytes(), file
    assert HUSH not in repr(vars(store.all()[0]))
    vault.remove("a")
    with pytest.raises(InputError) as caught:
        vault.get("a")
    assert caught.value.code == "vault.unknown"


def test_every_secret_has_its_own_data_key_and_nonce(store: VaultStore, tmp_path: Path) -> None:
    vault = make(store, tmp_path)
    for name in ("a", "b"):
        vault.put(name, {"password": HUSH})
    first, second = store.all()
    assert first.wrapped != second.wrapped and first.sealed != second.sealed


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE name = 'b') WHERE name = 'a'",
        "UPDATE vault SET wrapped = (SELECT wrapped FROM vault WHERE name = 'b') WHERE name = 'a'",
        "UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE name = 'b'),"
        " wrapped = (SELECT wrapped FROM vault WHERE name = 'b') WHERE name = 'a'",
        "UPDATE vault SET version = 2 WHERE name = 'a'",
        "UPDATE vault SET sealed = 'AAAA' WHERE name = 'a'",
        "UPDATE vault SET wrapped = '' WHERE name = 'a'",
        "UPDATE vault SET sealed = '*' WHERE name = 'a'",
    ],
)
def test_what_was_altered_in_the_database_is_noticed(
    database: Database, store: VaultStore, tmp_path: Path, change: str
) -> None:
    vault = make(store, tmp_path)
    vault.put("a", {"password": HUSH})
    vault.put("b", {"password": "other"})
    with database.write() as session:
        session.execute(text(change))
    with pytest.raises(InputError) as caught:
        vault.get("a")
    assert code(caught) == "vault.altered"


def test_every_flipped_byte_is_noticed(store: VaultStore, tmp_path: Path) -> None:
    vault = make(store, tmp_path)
    vault.put("a", {"password": HUSH})
    row = store.all()[0]
    for field in ("wrapped", "sealed"):
        whole = base64.b64decode(getattr(row, field))
        for place in range(0, len(whole), 7):
            broken = store.all()[0]
            changed = bytearray(whole)
            changed[place] ^= 1
            setattr(broken, field, base64.b64encode(bytes(changed)).decode())
            store.put(broken)
            with pytest.raises(InputError):
                vault.get("a")
        store.put(row)
    assert vault.get("a")["password"] == HUSH


def test_a_key_from_the_environment_is_taken_out_of_it(
    store: VaultStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, base64.b64encode(secrets.token_bytes(32)).decode())
    vault = make(store, tmp_path, "env")
    assert VARIABLE not in os.environ and not (tmp_path / "vault.json").exists()
    vault.put("a", {"password": HUSH})
    assert vault.get("a")["password"] == HUSH
    monkeypatch.setenv(VARIABLE, base64.b64encode(secrets.token_bytes(32)).decode())
    with pytest.raises(InputError) as caught:
        make(store, tmp_path, "env").get("a")
    assert code(caught) == "vault.key_missing"


@pytest.mark.parametrize("value", [None, "", "short", base64.b64encode(bytes(31)).decode(), "*" * 44])
def test_keys_in_the_environment_that_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(ParameterError) as caught:
        Keyring(tmp_path, "env")
    assert caught.value.code == "vault.key_invalid"


@pytest.mark.parametrize(
    "setting", ["", "File", "pkcs11:", "pkcs11:token=a;object=b", "pkcs11:token=a;object=b?module-path=c&pin-value=1"]
)
def test_settings_that_name_no_place(tmp_path: Path, setting: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Keyring(tmp_path, setting)
    assert caught.value.code == "vault.setting_invalid"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"a": "AAAA"}', '{"a": 1}', "null"])
def test_a_damaged_file_of_keys(store: VaultStore, tmp_path: Path, content: str) -> None:
    (tmp_path / "vault.json").write_text(content)
    with pytest.raises(InputError) as caught:
        make(store, tmp_path).put("a", {})
    assert caught.value.code == "vault.key_invalid"


def test_a_new_key_in_the_file(store: VaultStore, tmp_path: Path) -> None:
    vault = make(store, tmp_path)
    for name in ("a", "b"):
        vault.put(name, {"password": HUSH + name})
    before, sealed = (tmp_path / "vault.json").read_text(), [row.sealed for row in store.all()]
    assert vault.rewrap() == 2
    after = (tmp_path / "vault.json").read_text()
    assert after != before and len({row.key_id for row in store.all()}) == 1
    assert [row.sealed for row in store.all()] == sealed and vault.get("b")["password"] == HUSH + "b"
    (tmp_path / "vault.json").write_text(before)  # the former key opens nothing any more
    with pytest.raises(InputError) as caught:
        vault.get("a")
    assert code(caught) == "vault.key_missing"


def test_a_rotation_that_breaks_off_loses_nothing(
    store: VaultStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = make(store, tmp_path)
    vault.put("a", {"password": HUSH})

    def broken(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(store, "replace_wrapping", broken)
        with pytest.raises(OSError):
            vault.rewrap()
    assert vault.get("a")["password"] == HUSH
    vault.put("b", {"password": HUSH})
    assert vault.rewrap() == 2 and vault.get("a") == vault.get("b")


def test_from_the_file_to_the_environment_and_on(
    store: VaultStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(store, tmp_path).put("a", {"password": HUSH})
    first, second = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    monkeypatch.setenv(VARIABLE, first)
    vault = make(store, tmp_path, "env", before="file")
    assert vault.get("a")["password"] == HUSH and vault.rewrap() == 1
    monkeypatch.setenv(VARIABLE, second)
    monkeypatch.setenv(VARIABLE_BEFORE, first)
    vault = make(store, tmp_path, "env", before="env")
    assert vault.rewrap() == 1
    monkeypatch.setenv(VARIABLE, second)
    assert make(store, tmp_path, "env").get("a")["password"] == HUSH


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A SoftHSM token with a key that never leaves it; its URI without a PIN."""
    if MODULE is None or shutil.which("softhsm2-util") is None:
        assert not os.environ.get("CI"), "softhsm2 must be installed where CI is set"
        pytest.skip("no SoftHSM on this machine")
    pkcs11 = pytest.importorskip("pkcs11")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    (folder / "pin").write_text("4711\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        words = ["softhsm2-util", "--init-token", "--free", "--label", "tacit", "--pin", "4711", "--so-pin", "0815"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        with pkcs11.lib(MODULE).get_token(token_label="tacit").open(user_pin="4711", rw=True) as session:
            flags = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False}
            session.generate_key(pkcs11.KeyType.AES, 256, label="vault", store=True, template=flags)
        yield f"pkcs11:token=tacit;object=vault?module-path={MODULE}&pin-source=file:{folder / 'pin'}"


def test_a_key_in_a_token(store: VaultStore, tmp_path: Path, token: str) -> None:
    make(store, tmp_path).put("a", {"password": HUSH})
    vault = make(store, tmp_path, token, before="file")
    assert vault.get("a")["password"] == HUSH and vault.rewrap() == 1
    (tmp_path / "vault.json").unlink()
    vault = make(store, tmp_path, token)
    vault.put("b", {"password": HUSH})
    assert vault.get("a") == vault.get("b") == {"password": HUSH}
    assert {row.key_id for row in store.all()} == {"pkcs11:tacit/vault"} and not (tmp_path / "vault.json").exists()
    row = store.all()[0]
    row.wrapped = base64.b64encode(base64.b64decode(row.wrapped)[:-1] + b"x").decode()
    store.put(row)
    with pytest.raises((InputError, ResourceError)) as caught:
        vault.get("a")
    assert code(caught) in ("vault.altered", "vault.token_unavailable")  # SoftHSM calls a wrong tag a general error


def test_the_pin_may_come_from_the_environment(
    store: VaultStore, tmp_path: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TACIT_VAULT_PIN", "4711")
    vault = make(store, tmp_path, token.partition("&")[0])
    assert "TACIT_VAULT_PIN" not in os.environ
    vault.put("a", {"password": HUSH})
    assert vault.get("a")["password"] == HUSH


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("object=vault", "object=other"), "vault.key_missing"),
        (("token=tacit", "token=other"), "vault.token_unavailable"),
        (("&pin-source=", "&x="), "vault.token_unavailable"),
        (("file:", "file:/nowhere"), "vault.token_unavailable"),
    ],
)
def test_tokens_that_cannot_be_used(
    store: VaultStore,
    tmp_path: Path,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str],
    expected: str,
) -> None:
    monkeypatch.delenv("TACIT_VAULT_PIN", raising=False)
    with pytest.raises((InputError, ResourceError)) as caught:
        make(store, tmp_path, token.replace(*change)).put("a", {"password": HUSH})
    assert code(caught) == expected


def test_a_wrong_pin(store: VaultStore, tmp_path: Path, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_VAULT_PIN", HUSH)
    with pytest.raises(ResourceError) as caught:
        make(store, tmp_path, token.partition("&")[0]).put("a", {"password": HUSH})
    assert code(caught) == "vault.token_unavailable"
