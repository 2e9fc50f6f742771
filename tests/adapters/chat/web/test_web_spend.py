"""The spend page: who sees whose spending, months as they are where the workspace is, and books for a spreadsheet."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import httpx
import pytest

from adapters.chat.web.people import OPERATOR, person_id
from adapters.chat.web.sessions import Sessions
from bot.domain.chat import Person
from bot.domain.policy import Policy, under
from bot.domain.rules import Rules
from tests.adapters.chat.web.books import spend
from tests.adapters.chat.web.issuer import CLIENT, SECRET
from tests.adapters.chat.web.scripted import YOU, Bot

ADA = Person("web", "local", person_id("https://login.example.org", "Ada"), "Ada")
BERLIN = ZoneInfo("Europe/Berlin")
RULES = Rules(
    zone="Europe/Berlin", person_credits=Decimal(50), workspace_credits=Decimal("99.5"), people=((ADA.id, Decimal(20)),)
)
SETTINGS = {
    "token": "t",
    "oidc_issuer": "https://login.example.org",
    "oidc_client_id": CLIENT,
    "oidc_client_secret": SECRET,
}


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=BERLIN)


@pytest.fixture
async def guarded(tmp_path):
    async with Bot(tmp_path, models=lambda: (("toll-1", "Toll One"),), **SETTINGS).served() as bot:
        bot.rules = RULES
        bot.clock.ahead = noon(11, 20) - datetime.now(UTC)
        rows = [
            ("10.25", noon(11, 2), "toll-1", YOU),
            ("5", noon(11, 2), "gone-1", ADA),
            ("7.50", noon(11, 19), "toll-1", ADA),
            ("3", noon(10, 5), "toll-1", ADA),
        ]
        await spend(bot, rows, held="4")
        yield bot


def logged_in(bot: Bot, person: Person) -> httpx.AsyncClient:
    cookie = Sessions("t", SECRET).login(person, bot.clock.now().timestamp())
    return httpx.AsyncClient(verify=False, base_url=bot.url, cookies={"clapper_login": cookie}, timeout=10)


async def test_an_admin_sees_a_month_of_everybody_by_person_model_and_day(guarded):
    async with logged_in(guarded, OPERATOR) as web:
        told = (await web.get("/api/spend")).json()
    assert (told["month"], told["zone"], told["running"], told["everybody"]) == ("2026-11", "Europe/Berlin", True, True)
    assert (told["total"], told["held"]) == ("22.75", "4")
    assert [(one["name"], one["credits"]) for one in told["people"]] == [("Ada", "12.5"), ("You", "10.25")]
    assert [(one["name"], one["credits"]) for one in told["models"]] == [("Toll One", "17.75"), ("gone-1", "5")]
    assert len(told["days"]) == 30
    assert {one["day"]: one["credits"] for one in told["days"] if one["credits"] != "0"} == {
        "2026-11-02": "15.25",
        "2026-11-19": "7.5",
    }
    assert told["budgets"] == [
        {"of": "you", "name": "You", "credits": "50", "spent": "10.25", "held": "4"},
        {"of": "workspace", "name": "Workspace", "credits": "99.5", "spent": "22.75", "held": "4"},
        {"of": "person", "name": "Ada", "credits": "20", "spent": "12.5", "held": "0"},
    ]


async def test_the_operators_budgets_are_shown_in_the_operators_months(guarded):
    """The workspace counts in Tokyo, where it is December already."""
    guarded.clock.ahead = datetime(2026, 11, 30, 16, tzinfo=UTC) - datetime.now(UTC)
    policy = Policy(platform="web", workspace="local", zone="Asia/Tokyo", credits=Decimal(60))
    guarded.rules = under(replace(RULES, people=()), policy)
    async with logged_in(guarded, ADA) as web:
        told = (await web.get("/api/spend")).json()
    assert (told["month"], [(one["name"], one["credits"], one["spent"]) for one in told["budgets"]]) == (
        "2026-12",
        [
            ("You, November in Europe/Berlin", "50", "12.5"),
            ("Workspace", "60", "0"),
            ("Workspace, November in Europe/Berlin", "99.5", "22.75"),
        ],
    )


async def test_others_see_their_own_alone_in_sums_and_in_books(guarded):
    async with logged_in(guarded, ADA) as web:
        told = (await web.get("/api/spend")).json()
        books = (await web.get("/api/ledger.csv")).text
    assert (told["total"], told["held"], told["everybody"]) == ("12.5", "0", False)
    assert [one["id"] for one in told["people"]] == [ADA.id]
    assert [one["name"] for one in told["budgets"]] == ["You", "Workspace"]
    assert {row["person"] for row in csv.DictReader(io.StringIO(books))} == {"Ada"}
    assert YOU.id not in books.replace(ADA.id, "")


async def test_whom_the_operator_lists_by_id_sees_everybody(guarded):
    guarded.rules = Rules(admins=frozenset({f"web:{ADA.id}"}))
    async with logged_in(guarded, ADA) as web:
        assert (await web.get("/api/spend")).json()["everybody"] is True


async def test_the_books_are_a_file_of_a_month_whose_sum_is_what_is_used(guarded):
    async with logged_in(guarded, OPERATOR) as web:
        answer = await web.get("/api/ledger.csv?month=2026-11")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="clapper-2026-11.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(Decimal(row["credits"]) for row in rows) == Decimal("26.75")
    assert {row["at"][:7] for row in rows} == {"2026-11"}


async def test_a_month_begins_when_it_does_where_the_workspace_is(guarded):
    """Half an hour before it does in UTC."""
    await spend(guarded, [("1", datetime(2026, 9, 30, 22, 30, tzinfo=UTC), "toll-1", YOU)], job="J-EDGE")
    async with logged_in(guarded, OPERATOR) as web:
        october, september = [(await web.get(f"/api/spend?month=2026-{one}")).json() for one in ("10", "09")]
    assert (october["total"], october["days"][0]) == ("4", {"day": "2026-10-01", "credits": "1"})
    assert (len(october["days"]), september["total"]) == (31, "0")
    assert october["budgets"] == []


async def test_a_month_that_is_none_is_refused_in_words(guarded):
    async with logged_in(guarded, OPERATOR) as web:
        for month in ("2026-13", "2026-12", "2027-01", "11", "2026-11-01", "²026-11", "%00"):
            for path in ("/api/spend", "/api/ledger.csv"):
                answer = await web.get(f"{path}?month={month}")
                assert (answer.status_code, "A month is one like 2026-11" in answer.text) == (400, True)


async def test_who_is_not_logged_in_is_brought_to_the_login_and_back(guarded):
    async with httpx.AsyncClient(verify=False, base_url=guarded.url) as web:
        assert (await web.get("/spend")).headers["location"] == "/login?next=/spend"
        wrong = await web.post("/login", data={"token": "guessed", "next": "/spend"})
        assert 'name="next" value="/spend"' in wrong.text
        for path in ("/api/spend", "/api/ledger.csv"):
            assert (await web.get(path)).status_code == 401
