"""Slack's markup, read as people see it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.slack.plain import mentions, plain

ME = "U0BOT0001"


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        (f"<@{ME}> a red boat", "a red boat"),
        (f"<@{ME}>, a red boat", "a red boat"),
        (f"<@{ME}> --ar 9:16", "--ar 9:16"),
        (f"a red boat <@{ME}>", "a red boat"),
        (f"a red <@{ME}|clapper> boat", "a red boat"),
        (f"<@{ME}> <@{ME}> twice", "twice"),
        ("for <@U2|other> and <@U3>", "for @other and @U3"),
        ("in <#C2|harbour> and <#C3>", "in #harbour and #C3"),
        ("<!here> <!channel> <!subteam^S1|@crew> <!subteam^S2>", "@here @channel @crew @S2"),
        ("on <!date^1700000000^{date}|Tuesday>", "on Tuesday"),
        ("use <https://a.example/b.png?x=1&amp;y=2>", "use https://a.example/b.png?x=1&y=2"),
        ("use <http://a.example|a.example>", "use http://a.example"),
        ("use <https://a.example/b|my cat>", "use my cat https://a.example/b"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;", "1 < 2 && 3 > 2, &lt;"),
        ("one\n\ntwo\n  three", "one\n\ntwo\n  three"),
        ("half \ud83d and \x00", "half \ufffd and \ufffd"),
        ("< not a token", "< not a token"),
    ],
)
def test_text_is_read_as_people_see_it(said, read_as):
    assert plain(said, ME) == read_as


@given(st.text(alphabet="<>@!#|^&;ltgamp U0B1\n", max_size=60))
def test_any_text_can_be_read(text):
    said = plain(text, ME)
    assert "\x00" not in said
    assert (
        not mentions(plain(f"<@{ME}> {text}", ME), ME)
        or mentions(text, ME)
        or "&" in text
        or "<<" in text
        or ">" in text
    )
