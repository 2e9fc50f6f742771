"""The books as a spreadsheet and as sums: exact, whatever people call themselves, a page at a time."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.books import COLUMNS, FORMULA, Spending, csv_header, csv_lines, in_pages, spending
from bot.domain.chat import Person
from bot.domain.ledger import EntryKind, LedgerEntry
from tests.anything import anything

ADA = Person("slack", "T1", "U1", "Ada")
BOB = Person("slack", "T1", "U2", "Bob")
NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
ENTRY = LedgerEntry(
    kind=EntryKind.charge, credits=Decimal("640.00"), job="J-A", person=ADA, at=NEW_YEAR, channel="C1", model="toll-1"
)


def test_a_line_has_both_times_the_sign_and_whatever_is_known():
    refund = replace(ENTRY, kind=EntryKind.refund, person=replace(ADA, name='Ada "the first", Byron\nLovelace'))
    assert [csv_header(), *csv_lines([ENTRY, refund], "Europe/Berlin")] == [
        "at,at_utc,kind,credits,job,person_id,person,channel,model,platform,workspace\r\n",
        "2027-01-01T00:30:00+01:00,2026-12-31T23:30:00Z,charge,640.00,J-A,U1,Ada,C1,toll-1,slack,T1\r\n",
        '2027-01-01T00:30:00+01:00,2026-12-31T23:30:00Z,refund,-640.00,J-A,U1,"Ada ""the first"", Byron\nLovelace",C1,toll-1,slack,T1\r\n',
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(anything(LedgerEntry), max_size=4),
    st.text(max_size=4) | st.sampled_from(["=HYPERLINK(1)", "  +1", "\t=1", "@SUM(A1)", "-1", "\uff1d1", "\r=1"]),
)
def test_every_entry_is_one_row_and_no_text_is_a_formula(entries, name):
    entries = [replace(one, person=replace(one.person, name=name), credits=abs(one.credits)) for one in entries]
    rows = list(csv.reader([csv_header(), *csv_lines(entries, "Asia/Tokyo")]))
    assert len(rows) == 1 + len(entries)
    for row, entry in zip(rows[1:], entries, strict=True):
        told = dict(zip(COLUMNS, row, strict=True))
        assert abs(Decimal(told.pop("credits"))) == entry.credits
        assert not any(cell.lstrip(" ").startswith(FORMULA) for cell in told.values())
        assert told["person"] in {name, f"'{name}"}


async def test_sums_of_pages_are_the_sums_of_all_by_person_model_and_day():
    """Seven entries, two a page: refunds come back, what is only held is not spent, a day is one of the zone."""
    day = ENTRY.at.replace(hour=9)
    books = [
        replace(ENTRY, kind=EntryKind.reserve),
        replace(ENTRY, kind=EntryKind.release),
        ENTRY,
        replace(ENTRY, person=BOB, at=day, credits=Decimal(10), channel="C2"),
        replace(ENTRY, person=BOB, at=day, credits=Decimal(5), model="toll-2"),
        replace(ENTRY, person=BOB, kind=EntryKind.refund, credits=Decimal(10), channel="C2"),
        replace(ENTRY, person=replace(BOB, name="Robert"), at=day, credits=Decimal("0.50")),
    ]
    numbered = list(enumerate(books, 1))

    async def read(after):
        return [one for one in numbered if one[0] > after][:2]

    so_far, pages = Spending(), 0
    async for page in in_pages(read):
        so_far += spending(page, "Europe/Berlin")
        pages += 1
    assert pages == 4
    assert so_far == spending(books, "Europe/Berlin")
    assert so_far == Spending(
        total=Decimal("645.50"),
        people={"U1": Decimal("640.00"), "U2": Decimal("5.50")},
        channels={"C1": Decimal("645.50"), "C2": Decimal(0)},
        models={"toll-1": Decimal("640.50"), "toll-2": Decimal(5)},
        days={date(2027, 1, 1): Decimal("630.00"), date(2026, 12, 31): Decimal("15.50")},
        names={"U1": "Ada", "U2": "Robert"},
    )
