"""Logging in by an identity provider: who comes in, as whom, for how long, and every way in which nobody does."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from adapters.chat.web import examine
from adapters.chat.web.oidc import Issuer as Asking
from adapters.chat.web.options import Provider
from adapters.chat.web.people import PLACE, person_id
from adapters.chat.web.refusal import Refusal
from bot.domain.card import Card
from bot.domain.chat import MessageRef, Person
from bot.ports.parts import Parts
from tests.adapters.chat.web.issuer import (
    CLIENT,
    SECRET,
    Issuer,
    key,
    query_of,
    signed_by_a_stranger,
    signed_with_the_public_key,
    unsigned,
)
from tests.adapters.chat.web.scripted import Bot, SetClock


@pytest.fixture
async def issuer():
    async with Issuer().served() as one:
        yield one


@pytest.fixture
async def guarded(tmp_path, issuer):
    async with Bot(tmp_path, **settings(issuer, oidc_admins="video-admins\nboss@example.org")).served() as bot:
        yield bot


def settings(issuer: Issuer, **more: str) -> dict[str, str]:
    return {"oidc_issuer": issuer.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET} | more


def ada(issuer: Issuer) -> Person:
    return Person("web", "local", person_id(issuer.url, "p-1"), "Ada")


def browser(bot: Bot) -> Any:
    return httpx.AsyncClient(verify=False, base_url=bot.url, timeout=10)


async def begun(web: httpx.AsyncClient, page: str = "/") -> str:
    """The address at which the browser would come back, once the person said yes at the provider."""
    start = await web.get("/login/start", params={"next": page})
    assert start.status_code == 303
    back = await web.get(start.headers["location"])
    assert back.status_code == 303
    return back.headers["location"]


async def logged_in(web: httpx.AsyncClient, page: str = "/") -> httpx.Response:
    return await web.get(await begun(web, page))


async def test_whoever_the_provider_knows_comes_in_as_themselves(guarded, issuer):
    async with browser(guarded) as web:
        assert (await web.get("/api/clips")).status_code == 401
        entered = await logged_in(web, "/spend")
        assert (entered.status_code, entered.headers["location"]) == (303, "/spend")
        said = await web.post("/api/messages", data={"text": "a fox"})
        assert said.status_code == 202
    (heard,) = guarded.ears.messages
    assert heard.author == ada(issuer)
    assert heard.conversation.channel.startswith(f"{heard.author.id}-c")


async def test_the_login_is_a_cookie_that_no_script_reads_and_ends_after_half_a_day(guarded):
    async with browser(guarded) as web:
        cookie = (await logged_in(web)).headers.get_list("set-cookie")[0].lower()
        assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= {one.strip() for one in cookie.split(";")}
        guarded.clock.ahead = timedelta(hours=11)
        assert (await web.get("/api/clips")).status_code == 200
        guarded.clock.ahead = timedelta(hours=13)
        assert (await web.get("/api/clips")).status_code == 401


async def test_a_login_holds_at_every_replica_and_ends_with_the_secret(tmp_path, guarded, issuer):
    async with browser(guarded) as web:
        await logged_in(web)
        cookies = dict(web.cookies)
    for changed, status in (({}, 200), ({"oidc_client_secret": "another"}, 401), ({"token": "t"}, 401)):
        other = Bot(tmp_path / "other", **settings(issuer) | changed)
        async with other.served(), httpx.AsyncClient(verify=False, base_url=other.url, cookies=cookies) as web:
            assert (await web.get("/api/clips")).status_code == status


async def test_behind_https_the_cookie_is_one_that_no_other_host_can_set(tmp_path, issuer):
    public = {"public_url": "https://clapper.example.org"}
    async with Bot(tmp_path, **settings(issuer, **public)).served() as bot, browser(bot) as web:
        start = await web.get("/login/start")
        assert start.headers["strict-transport-security"] == "max-age=31536000"
        cookie = start.headers["set-cookie"]
        assert cookie.startswith("__Host-clapper_login_begun=")
        assert "Secure" in cookie
        assert query_of(start.headers["location"])["redirect_uri"] == "https://clapper.example.org/login/callback"
        back = query_of((await web.get(start.headers["location"])).headers["location"])
        kept = cookie.partition(";")[0]
        entered = await web.get("/login/callback", params=back, headers={"cookie": kept})
        assert entered.headers.get_list("set-cookie")[0].startswith("__Host-clapper_login=")


async def test_after_the_login_only_our_own_pages_open(guarded):
    for elsewhere in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/login",
        "javascript:alert(1)",
        "/spend/../x",
    ):
        async with browser(guarded) as web:
            assert (await logged_in(web, elsewhere)).headers["location"] == "/"


async def test_logging_out_ends_it(guarded):
    async with browser(guarded) as web:
        await logged_in(web)
        await web.post("/logout")
        assert (await web.get("/api/clips")).status_code == 401


async def asked(bot: Bot, cookies: dict[str, str]) -> list[httpx.Response]:
    """What whoever has these cookies is told."""
    async with httpx.AsyncClient(verify=False, base_url=bot.url, cookies=cookies) as web:
        return [await web.get("/api/clips"), await web.get("/healthz")]


async def test_a_copy_of_a_login_is_good_at_no_replica_once_somebody_logged_out_of_it(tmp_path, guarded, issuer):
    """Another login of the same person goes on; and what was ended is remembered no longer than it would have lasted."""
    async with browser(guarded) as web, browser(guarded) as other:
        await logged_in(web)
        await logged_in(other)
        copied = dict(web.cookies)
        await web.post("/logout")
        assert (await other.get("/api/clips")).status_code == 200
    for replica in (guarded, Bot(tmp_path, **settings(issuer))):
        replica.problems["drive"] = "The disk /srv is full."
        async with nullcontext() if replica is guarded else replica.served():
            answers = await asked(replica, copied)
        assert [answer.status_code for answer in answers] == [401, 503]
        assert "/srv" not in answers[1].text


async def test_a_database_that_is_away_is_told_as_such_to_whoever_is_logged_in(guarded, caplog):
    """It is asked at each request whether somebody logged out of that login; nobody is let in meanwhile, and nobody logged out."""
    async with browser(guarded) as web:
        await logged_in(web)
        guarded.notes.broken = True
        answer = await web.get("/api/clips")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "does not answer just now" in answer.json()["error"]
        guarded.notes.broken = False
        assert (await web.get("/api/clips")).status_code == 200
    assert not [one for one in caplog.records if one.exc_info]


async def test_another_login_in_the_same_browser_is_another_session(guarded, issuer):
    """What somebody put into the browser before is not what they come in with."""
    async with browser(guarded) as web:
        web.cookies.set("clapper_login", "planted")
        await logged_in(web)
        first = web.cookies.get("clapper_login", domain="127.0.0.1")
        await logged_in(web)
        assert len({"planted", first, web.cookies.get("clapper_login", domain="127.0.0.1")}) == 3


async def refused(web: httpx.AsyncClient, url: str | httpx.URL, words: str, **params: str) -> None:
    query = query_of(str(url)) | params
    answer = await web.get("/login/callback", params=query)
    assert answer.status_code >= 400
    assert words in answer.text
    assert (await web.get("/api/clips")).status_code == 401


async def test_a_login_that_another_browser_began_lets_nobody_in(guarded):
    """Who is led to the end of a stranger's login would work under the stranger's name."""
    async with browser(guarded) as stranger, browser(guarded) as web:
        back = await begun(stranger)
        await refused(web, back, "was not begun in this browser")
        await begun(web)
        await refused(web, back, "was not begun in this browser")


async def test_a_login_comes_back_once(guarded):
    async with browser(guarded) as web:
        back = await begun(web)
        kept = dict(web.cookies)
        assert (await web.get(back)).status_code == 303
    async with httpx.AsyncClient(verify=False, base_url=guarded.url, cookies=kept) as again:
        await refused(again, back, "came back before")


CHANGED: tuple[tuple[dict[str, str], str], ...] = (
    ({"state": "x"}, "was not begun in this browser"),
    ({"state": "é"}, "was not begun in this browser"),
    ({"iss": "https://evil.example"}, "another provider"),
    ({"code": "guessed"}, "does not know this login any more"),
    ({"code": "x" * 5000}, "without a code"),
    ({"error": "access_denied"}, "did not let you in (access_denied)"),
    ({"error": "<script>"}, "did not let you in. Try again"),
)


async def test_what_comes_back_changed_lets_nobody_in(guarded):
    async with browser(guarded) as web:
        for changed, words in CHANGED:
            await refused(web, await begun(web), words, **changed)


async def test_a_login_that_takes_too_long_is_begun_anew(guarded):
    async with browser(guarded) as web:
        back = await begun(web)
        guarded.clock.ahead = timedelta(minutes=11)
        await refused(web, back, "more than 10 minutes ago")


FOR_ANOTHER: tuple[dict[str, Any], ...] = (
    {"nonce": "another"},
    {"nonce": None},
    {"iss": "https://evil.example"},
    {"aud": "another-client"},
    {"aud": ["clapper", "another-client"]},
    {"azp": "another-client"},
    {"exp": 1},
    {"exp": None},
    {"iat": 9_999_999_999},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
)


async def test_a_token_that_is_not_for_this_login_lets_nobody_in(guarded, issuer):
    async with browser(guarded) as web:
        for changes in FOR_ANOTHER:
            issuer.changes = changes
            await refused(
                web,
                await begun(web),
                "does not say who you are" if changes == {"sub": ""} else "is not good for this login",
            )


async def test_a_forged_token_lets_nobody_in(guarded, issuer):
    async with browser(guarded) as web:
        for forger in (unsigned, signed_with_the_public_key, signed_by_a_stranger, lambda _: "no.token.at-all"):
            issuer.forger = forger
            await refused(web, await begun(web), "is not good for this login")


async def test_a_cookie_that_was_tampered_with_is_none(guarded):
    async with browser(guarded) as web:
        await logged_in(web)
        cookie = web.cookies.get("clapper_login", domain="127.0.0.1")
    claim, dot, sign = cookie.rpartition(".")
    begun_claim = "eyJpZCI6InlvdSIsIm5hbWUiOiJZb3UiLCJ1bnRpbCI6OTk5OTk5OTk5OSwibG9naW4iOiIifQ"
    for forged in (f"{claim[:-2]}AA{dot}{sign}", f"{claim}{dot}{sign[:-1]}", f"{begun_claim}{dot}{sign}", claim, sign):
        async with httpx.AsyncClient(verify=False, base_url=guarded.url, cookies={"clapper_login": forged}) as other:
            assert (await other.get("/api/clips")).status_code == 401


async def test_a_login_that_is_only_begun_is_no_login(guarded):
    async with browser(guarded) as web:
        await begun(web)
        kept = web.cookies.get("clapper_login_begun", domain="127.0.0.1")
    async with httpx.AsyncClient(verify=False, base_url=guarded.url, cookies={"clapper_login": kept}) as other:
        assert (await other.get("/api/clips")).status_code == 401


async def test_an_empty_bearer_is_nobody_where_there_is_no_token(guarded):
    async with browser(guarded) as web:
        assert (await web.get("/api/clips", headers={"authorization": "Bearer"})).status_code == 401
        assert (await web.post("/login", data={"token": ""})).status_code == 401


async def test_keys_that_the_provider_changed_are_read_anew(guarded, issuer):
    async with browser(guarded) as web:
        assert (await logged_in(web)).status_code == 303
        issuer.signing = key("k2")
        guarded.clock.ahead = timedelta(seconds=10)
        assert (await logged_in(web)).status_code == 303


async def test_tokens_of_unknown_keys_make_the_page_ask_for_keys_now_and_then_and_not_each_time(guarded, issuer):
    async with browser(guarded) as first:
        await logged_in(first)
    async with browser(guarded) as web:
        issuer.forger = lambda said: jwt.encode({"alg": "RS256", "kid": "k9"}, said, key("stranger"))
        for ahead, asked in ((0, 1), (10, 2), (20, 3)):
            guarded.clock.ahead = timedelta(seconds=ahead)
            for _ in range(3):
                await refused(web, await begun(web), "a key it does not publish")
            assert issuer.asked.count("jwks") == asked


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("name", ["EdDSA", "Ed25519"])
async def test_a_signature_on_a_curve_counts_by_either_of_its_names(guarded, issuer, name):
    """RFC 9864 names the curve, RFC 8037 does not."""
    issuer.signing = OKPKey.generate_key("Ed25519", {"kid": "k-ed", "use": "sig"})
    issuer.forger = lambda said: jwt.encode({"alg": name, "kid": "k-ed"}, said, issuer.signing, algorithms=[name])
    async with browser(guarded) as web:
        assert (await logged_in(web)).status_code == 303


async def test_a_provider_that_is_away_is_asked_once_for_all_who_wait(guarded, issuer):
    issuer.moods["discovery"] = 500
    async with browser(guarded) as web:
        answers = await asyncio.gather(*(web.get("/login/start") for _ in range(5)))
        assert ({answer.status_code for answer in answers}, issuer.asked) == ({503}, ["discovery"])
        issuer.moods.clear()
        assert (await web.get("/login/start")).status_code == 503
        guarded.clock.ahead = timedelta(seconds=6)
        await asyncio.gather(*(web.get("/login/start") for _ in range(5)))
        assert issuer.asked == ["discovery", "discovery"]


async def test_a_provider_that_takes_the_secret_in_the_form_is_given_it_there(guarded, issuer):
    issuer.names = "client_secret_post"
    async with browser(guarded) as web:
        assert (await logged_in(web)).status_code == 303


UNWELL: tuple[tuple[str, int | str], ...] = (
    ("discovery", 500),
    ("discovery", 302),
    ("issuer", "https://evil.example"),
    ("token_endpoint", "http://evil.example/token"),
    ("jwks_uri", ""),
    ("userinfo_endpoint", "http://evil.example/who"),
    ("token", 503),
    ("jwks", 500),
)


async def test_a_provider_that_is_unwell_is_told_in_words_and_tried_again(guarded, issuer):
    async with browser(guarded) as web:
        for number, (route, mood) in enumerate(UNWELL):
            guarded.clock.ahead = timedelta(seconds=10 * number)
            issuer.moods[route] = mood
            answer = await web.get("/login/start")
            if answer.status_code == 303:
                answer = await web.get((await web.get(answer.headers["location"])).headers["location"])
            assert answer.status_code == 503
            assert "does not answer as it should just now" in answer.text
            issuer.moods.clear()
        guarded.clock.ahead += timedelta(seconds=10)
        assert (await logged_in(web)).status_code == 303


async def test_a_provider_that_is_slow_is_left_after_a_while(issuer):
    """With a patience of its own, as nobody waits 10 seconds here."""
    issuer.moods["discovery"] = "slow"
    asking = Asking(Provider(issuer=issuer.url, client_id=CLIENT, client_secret=SECRET), SetClock(), seconds=0.05)
    with pytest.raises(Refusal) as left:
        await asking.begin("http://127.0.0.1/login/callback", "/")
    assert (left.value.status, left.value.retry_after) == (503, 60)


OUTSIDE: tuple[dict[str, Any], ...] = (
    {"email_verified": False},
    {"email_verified": None},
    {"email": "ada@example.org.evil.example"},
    {"email": "evil.example/example.org"},
    {"email": 7},
)


async def test_only_verified_addresses_of_the_listed_domains_come_in(tmp_path, issuer):
    async with Bot(tmp_path, **settings(issuer, oidc_domains="example.org")).served() as bot, browser(bot) as web:
        for changes in OUTSIDE:
            issuer.changes = changes
            await refused(web, await begun(web), "Only addresses of example.org may come in here")
        issuer.changes = {"email": "ada@Example.org"}
        assert (await logged_in(web)).status_code == 303


async def test_an_address_that_the_token_leaves_out_is_asked_for_and_must_be_the_same_persons(tmp_path, issuer):
    issuer.person = {"sub": "p-1"}
    async with Bot(tmp_path, **settings(issuer, oidc_domains="example.org")).served() as bot, browser(bot) as web:
        assert (await logged_in(web)).status_code == 303
        issuer.person = {"sub": "p-2"}
        assert (await web.get(await begun(web))).status_code == 403


RANKS: tuple[tuple[dict[str, Any], bool], ...] = (
    ({}, False),
    ({"groups": ["video-admins"]}, True),
    ({"groups": "video-admins"}, False),
    ({"groups": ["boss@example.org"]}, False),
    ({"email": "Boss@example.org"}, True),
    ({"email": "boss@example.org", "email_verified": False}, False),
)


async def test_an_admin_is_whom_the_provider_calls_what_the_operator_lists(guarded, issuer):
    async with browser(guarded) as web:
        for changes, admin in RANKS:
            issuer.changes = changes
            await logged_in(web)
            assert (await web.get("/api/spend")).json()["everybody"] is admin
            assert (await web.get("/metrics")).status_code == (200 if admin else 403)
            assert await guarded.platform.admin(ada(issuer), PLACE) is admin


async def test_who_is_no_longer_called_so_is_no_admin_after_the_next_login(tmp_path, guarded, issuer):
    """And at once where the operator takes the name off the list."""
    issuer.changes = {"groups": ["video-admins"]}
    async with browser(guarded) as web:
        await logged_in(web)
        assert await guarded.platform.admin(ada(issuer), PLACE)
        fewer = Bot(tmp_path, **settings(issuer, oidc_admins="others"))
        assert not await fewer.platform.admin(ada(issuer), PLACE)
        await fewer.storage.aclose()
        issuer.changes = {}
        await logged_in(web)
        assert not await guarded.platform.admin(ada(issuer), PLACE)


async def test_both_ways_in_may_be_open_and_the_token_is_the_operators(tmp_path, issuer):
    async with Bot(tmp_path, **settings(issuer, token="open sesame")).served() as bot, browser(bot) as web:
        page = (await web.get("/login")).text
        assert "Log in with your account" in page
        assert 'name="token"' in page
        assert (await web.post("/login", data={"token": "open sesame", "next": "/spend"})).headers[
            "location"
        ] == "/spend"
        await web.post("/api/messages", data={"text": "a fox"})
        assert bot.ears.messages[0].author.id == "you"
        assert await bot.platform.admin(bot.ears.messages[0].author, PLACE)


@pytest.mark.parametrize("end", ["by itself", "by logging out"])
async def test_a_stream_ends_with_the_login_that_opened_it(guarded, end):
    async with browser(guarded) as web:
        await logged_in(web)
        said = (await web.post("/api/messages", data={"text": "a fox"})).json()
        async with web.stream("GET", f"/api/conversations/{said['conversation']}/events") as stream:
            lines = stream.aiter_lines()
            while "a fox" not in await anext(lines):
                pass
            if end == "by itself":
                guarded.clock.ahead = timedelta(hours=13)
            else:
                await web.post("/logout")
            await guarded.ears.receive(replace(guarded.ears.messages[0], key="web:news", text="news"))
            await guarded.platform.edit(MessageRef(guarded.ears.messages[0].conversation, "C-1"), Card(title="News"))
            async with asyncio.timeout(5):
                assert [line async for line in lines if line.startswith("data")] == []


async def test_the_doctor_is_told_whether_the_provider_answers_and_what_to_compare(tmp_path, issuer):
    def parts(**given: str) -> Parts:
        return Parts(settings=given, folder=tmp_path, clock=SetClock())

    assert await examine(parts(port="8080")) == ()
    public = settings(issuer, public_url="https://clapper.example.org")
    (well,) = await examine(parts(**public))
    assert "https://clapper.example.org/login/callback" in well.found
    assert not well.mend
    issuer.moods["issuer"] = "https://evil.example"
    (unwell,) = await examine(parts(**public))
    assert "nobody can log in by it" in unwell.found
    assert "Compare CLAPPER_OIDC_ISSUER" in unwell.mend
