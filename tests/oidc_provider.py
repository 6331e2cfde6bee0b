"""A real identity provider, Canaille, as a process of its own on loopback: `python oidc_provider.py PORT CLIENT BACK`.

It speaks OpenID Connect as anywhere else; only the page where a person would type a password is passed over: whoever
the file `signed-in` in the current folder names is signed in. `POST /test/rotate` makes it sign with a new key.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

GROUPS = {"wang.fang": ["analysts", "staff"], "zhao.lei": ["staff"], "sun.li": ["owners"]}


class ProviderProcess:
    """Started and stopped by tests. `secret`: of the client that is registered there."""

    def __init__(self, folder: Path, port: int, back: str) -> None:
        self.issuer, self.client, self.secret = f"http://localhost:{port}", "tacit-node", "provider-secret"
        self._folder = folder
        environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, __file__, str(port), self.client, self.secret, back]
        self._log = (folder / "provider.log").open("w")
        self._process = subprocess.Popen(command, cwd=folder, env=environment, stdout=self._log, stderr=self._log)
        self._await()

    def sign_in(self, name: str) -> None:
        """Whose browser it is from now on."""
        (self._folder / "signed-in").write_text(name)

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        httpx.post(f"{self.issuer}/test/rotate", timeout=30).raise_for_status()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()

    def _await(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{self.issuer}/.well-known/openid-configuration", timeout=5).raise_for_status()
                return
            except httpx.HTTPError:
                assert self._process.poll() is None and time.monotonic() < until, self._told()
                time.sleep(0.1)

    def _told(self) -> str:
        return (self._folder / "provider.log").read_text()[-3000:]


def _configuration(port: int, keys: list[dict[str, Any]]) -> dict[str, Any]:
    quiet = {"version": 1, "disable_existing_loggers": False}
    return {
        "TESTING": True,
        "ENV_FILE": None,
        "SECRET_KEY": uuid.uuid4().hex,
        "WTF_CSRF_ENABLED": False,
        "PREFERRED_URL_SCHEME": "http",
        "SERVER_NAME": f"localhost:{port}",
        "CANAILLE": {
            "DATABASE": "memory",
            "JAVASCRIPT": False,
            "LOGGING": quiet,
            "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc", "manage_oidc"]}},
        },
        "CANAILLE_OIDC": {"ACTIVE_JWKS": keys, "TRUSTED_DOMAINS": ["localhost"]},
    }


def _key() -> dict[str, Any]:
    from joserfc.jwk import RSAKey

    made = RSAKey.generate_key(2048, auto_kid=True)
    return dict(made.as_dict(private=True))


def _people(app: Any, backend: Any, models: Any, client: str, secret: str, back: str) -> None:
    import datetime

    with app.app_context():
        users = {}
        for name in GROUPS:
            users[name] = models.User(
                formatted_name=name.title(), family_name="X", user_name=name, emails=[f"{name}@example.com"]
            )
            backend.save(users[name])
        for group in sorted({group for groups in GROUPS.values() for group in groups}):
            members = [users[name] for name, groups in GROUPS.items() if group in groups]
            backend.save(models.Group(display_name=group, members=members))
        made = models.Client(
            client_id=client,
            client_secret=secret,
            client_id_issued_at=datetime.datetime.now(datetime.UTC),
            client_name="Tacit node",
            client_uri="http://localhost",
            redirect_uris=[back],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "email", "groups"],
            token_endpoint_auth_method="client_secret_basic",
        )
        backend.save(made)
        made.audience = [made]
        backend.save(made)


def _serve(port: int, client: str, secret: str, back: str) -> None:
    from wsgiref.simple_server import make_server

    from canaille import create_app
    from canaille.app import models
    from canaille.app.session import UserSession
    from canaille.backends import Backend
    from flask import g, request

    app = create_app(config=_configuration(port, [_key()]))
    backend = Backend.instance
    _people(app, backend, models, client, secret, back)

    @app.before_request
    def _sign_in() -> None:
        import datetime

        if request.path == "/oauth/authorize":
            for old in backend.query(models.AuthorizationCode):
                backend.delete(old)  # its store in memory finds any code of a client, not only this one
        file = Path("signed-in")
        user = backend.get(models.User, user_name=file.read_text()) if file.exists() else None
        if user is not None:
            g.session = UserSession(user=user, last_login_datetime=datetime.datetime.now(datetime.UTC))

    @app.route("/test/rotate", methods=["POST"])
    def _rotate() -> str:
        app.config["CANAILLE_OIDC"]["ACTIVE_JWKS"] = [_key()]
        return json.dumps({})

    make_server("localhost", port, app).serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), *sys.argv[2:5])
