"""A real OpenID Connect provider on loopback, which can also be told to misbehave.

Authorization code with PKCE, RS256 tokens by joserfc. Who signs in is chosen on its page, by a
button for each subject; `fault` spoils the next token.
"""

from __future__ import annotations

import secrets
import socket
import threading
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

CLIENT, SECRET = "prossima", "client-word"


class Provider:
    """The provider; `with Provider(subjects) as provider: provider.url`."""

    def __init__(self, subjects):
        self.subjects = subjects
        self.fault = None
        self.lasts = 3600
        self.codes = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.other = RSAKey.generate_key(2048, {"kid": "one"})
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        routes = [
            Route("/.well-known/openid-configuration", self._metadata),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/jwks", self._jwks),
            Route("/logout", self._logout),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), host="127.0.0.1", port=self.port, log_level="error"
        )
        self.server = uvicorn.Server(config)

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(timeout=10)

    async def _metadata(self, _request):
        names = {"authorization": "authorize", "token": "token", "end_session": "logout"}
        return JSONResponse(
            {
                "issuer": self.url,
                **{f"{name}_endpoint": f"{self.url}/{path}" for name, path in names.items()},
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def _authorize(self, request):
        asked = dict(request.query_params)
        if "subject" not in asked:
            links = "".join(
                f'<p><a href="/authorize?{urlencode({**asked, "subject": one})}">{one}</a></p>'
                for one in self.subjects
            )
            return HTMLResponse(f"<html><body><h1>Provider</h1>{links}</body></html>")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request):
        form = {name: value[0] for name, value in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form.get("code"), None)
        verifier = form.get("code_verifier", "").encode()
        challenge = urlsafe_b64encode(sha256(verifier).digest()).rstrip(b"=").decode()
        if asked is None or challenge != asked.get("code_challenge"):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        token = self._id_token(asked)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _id_token(self, asked):
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": asked["subject"],
            "aud": CLIENT,
            "iat": now,
            "exp": now + self.lasts,
            "nonce": asked["nonce"],
            "at_hash": "",
        }
        claims.pop("at_hash")
        spoiled = {
            "expired": {"exp": now - 600, "iat": now - 4000},
            "audience": {"aud": "another"},
            "issuer": {"iss": "https://elsewhere.example.org"},
            "replayed": {"nonce": "of an earlier sign-in"},
        }
        claims |= spoiled.get(self.fault, {})
        key = self.other if self.fault == "forged" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    async def _jwks(self, _request):
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def _logout(self, request):
        return RedirectResponse(request.query_params.get("post_logout_redirect_uri", "/"))
