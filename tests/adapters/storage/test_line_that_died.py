"""A PostgreSQL that went without a word is noticed in half a minute, unless the operator's address says otherwise."""

from sqlalchemy import make_url

from adapters.storage.sql.database import open_engine


def test_a_line_that_died_is_noticed_in_half_a_minute_unless_the_address_says_otherwise():
    theirs = open_engine(make_url("postgresql+psycopg://clapper@db.example/clapper?tcp_user_timeout=5000")).url.query
    assert theirs["tcp_user_timeout"] == "5000"
    usual = open_engine(make_url("postgresql+psycopg://clapper@db.example/clapper")).url.query
    assert int(str(usual["tcp_user_timeout"])) == 30_000
    assert (
        int(str(usual["keepalives_idle"]))
        + int(str(usual["keepalives_interval"])) * int(str(usual["keepalives_count"]))
        == 30
    )
