"""What browsers are told to refuse, with everything that is served."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from leapdash.errors import UsageError
from leapdash.show.dashboard.frame import SCRIPTS
from leapdash.show.dashboard.headers import EMBED_VARIABLE, Guarded, embedding, policy, scripts_in

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def rules(said):
    pairs = (rule.split(" ", 1) for rule in said.split("; "))
    return {name: set(sources.split()) for name, sources in pairs}


def served(*scripts):
    own = {"X-Content-Type-Options": "sniff", "Content-Security-Policy": "default-src *"}
    answers = {
        "/page": HTMLResponse("<html></html>"),
        "/kept": Response(status_code=304),
        "/moved": RedirectResponse("/page"),
        "/own": Response("x", headers=own),
    }
    routes = [Route(path, answer) for path, answer in answers.items()]
    app = Starlette(routes=routes, middleware=[Middleware(Guarded, scripts=scripts)])
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize("path", ["/page", "/kept", "/moved", "/own", "/nowhere"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_answer_has_the_headers_once(path, method):
    headers = served().request(method, path).headers
    assert {name: headers[name] for name in ALWAYS} == ALWAYS
    assert headers.get_list("content-security-policy") == [policy(())]
    assert "geolocation=()" in headers["permissions-policy"]


def test_only_the_scripts_named_may_run_and_no_text_becomes_one():
    found = rules(policy(["a()", "b()"]))
    hashes = {f"'sha256-{b64encode(sha256(s).digest()).decode()}'" for s in (b"a()", b"b()")}
    assert found["script-src"] == {"'self'", "'wasm-unsafe-eval'", *hashes}
    assert found["default-src"] == found["frame-ancestors"] == {"'self'"}
    assert found["object-src"] == found["base-uri"] == {"'none'"}


def test_the_policy_names_no_host():
    assert "//" not in policy(SCRIPTS)
    assert not re.search(r"\*|https?:|[a-z]\.[a-z]", policy(SCRIPTS))


def test_scripts_are_found_as_a_browser_reads_them():
    html = "<script>\n  a()\n</script><script type='module' src='x'></script><script>b()</script>"
    assert scripts_in(html) == ["\n  a()\n", "b()"]


def test_who_may_embed_the_pages_is_a_setting(monkeypatch):
    monkeypatch.delenv(EMBED_VARIABLE, raising=False)
    assert embedding() == ()
    monkeypatch.setenv(EMBED_VARIABLE, "https://portal.example.gov http://*.x.org:8080")
    said = policy((), embedding())
    assert rules(said)["frame-ancestors"] == {
        "'self'",
        "https://portal.example.gov",
        "http://*.x.org:8080",
    }


@pytest.mark.parametrize("asked", ["portal", "'self'", "https://a;b", "https://a,b", "https://a/b"])
def test_what_is_no_origin_is_refused_and_can_t_change_the_policy(monkeypatch, asked):
    monkeypatch.setenv(EMBED_VARIABLE, f"https://ok.example {asked}")
    with pytest.raises(UsageError, match="is no origin"):
        embedding()
