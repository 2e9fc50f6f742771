"""Links of strangers: only public addresses, only so much, only so long, and nothing left behind."""

import asyncio
import gzip
import ssl
import subprocess
from collections.abc import Sequence

import pytest
from aiohttp import web

from adapters.kit.addresses import is_public, resolve
from adapters.kit.fetch import Fetcher, open_fetch
from bot.domain.errors import BadMedia

FILM = bytes(range(256)) * 1000


class Outside:
    """Names that lead where a test says, and what was looked up and let through."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.looked_up: list[str] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.looked_up.append(host)
        answers = self.answers.get(host)
        if answers is None:
            return await resolve(host, port)
        return answers.pop(0) if len(answers) > 1 else answers[0]


def let_through(address: str) -> bool:
    """127.0.0.1 plays the public internet here; everything else is judged as ever."""
    return address == "127.0.0.1" or is_public(address)


def fetcher(outside: Outside | None = None, **more) -> Fetcher:
    return Fetcher(resolve=(outside or Outside()).resolve, allow=let_through, **more)


@pytest.fixture
async def server():
    """A real server; `seen` holds the Host and path of every request that reached it."""
    seen: list[tuple[str, str]] = []
    app = web.Application()

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append((request.headers["Host"], request.path))
        return await ANSWERS[request.path](request)

    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield Server(runner.addresses[0][1], seen)
    await runner.cleanup()


class Server:
    def __init__(self, port: int, seen: list[tuple[str, str]]) -> None:
        self.port = port
        self.seen = seen

    def url(self, path: str, host: str = "films.example") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.seen]


async def film(request: web.Request) -> web.StreamResponse:
    return web.Response(
        body=FILM, content_type="video/mp4", headers={"X-Encodings": request.headers["Accept-Encoding"]}
    )


async def named(request: web.Request) -> web.StreamResponse:
    return web.Response(body=FILM, headers={"Content-Disposition": 'attachment; filename="../../a\tbeach.mp4"'})


async def onward(request: web.Request) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": request.query["to"]})


async def around(request: web.Request) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": "/round"})


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(bytes(65536))


async def drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x")
        await asyncio.sleep(0.02)


async def silent(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def short(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"x" * 10)
    assert request.transport
    request.transport.close()
    return response


async def bomb(request: web.Request) -> web.StreamResponse:
    return web.Response(body=gzip.compress(bytes(5_000_000)), headers={"Content-Encoding": "gzip"})


async def boasting(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "999999999"})
    await response.prepare(request)
    return response


async def gone(request: web.Request) -> web.StreamResponse:
    return web.Response(status=404)


ANSWERS = {
    "/film.mp4": film,
    "/named": named,
    "/onward": onward,
    "/round": around,
    "/endless": endless,
    "/drip": drip,
    "/silent": silent,
    "/short": short,
    "/bomb": bomb,
    "/boasting": boasting,
    "/gone": gone,
}
FILMS = {"films_example": [["127.0.0.1"]]}


async def refused(fetch: Fetcher, url: str, into, max_bytes: int = 1_000_000) -> str:
    """What is said; and no partial file stays."""
    with pytest.raises(BadMedia) as error:
        await fetch(url, into, max_bytes=max_bytes)
    assert not into.exists()
    return error.value.say


async def test_a_public_file_arrives_whole_and_unpacked(server, tmp_path):
    outside = Outside(**FILMS)
    got = await fetcher(outside)(server.url("/film.mp4?x=1#part"), tmp_path / "a", max_bytes=len(FILM))
    assert (got.name, got.mime, got.bytes) == ("film.mp4", "video/mp4", len(FILM))
    assert (tmp_path / "a").read_bytes() == FILM
    assert server.seen == [(f"films.example:{server.port}", "/film.mp4")]
    assert outside.looked_up == ["films.example"]


async def test_a_claimed_name_loses_its_folders_and_control_letters(server, tmp_path):
    got = await fetcher(Outside(**FILMS))(server.url("/named"), tmp_path / "a", max_bytes=10**6)
    assert got.name == "abeach.mp4"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[::]",
    ],
)
async def test_this_machine_is_not_reached_under_any_of_its_names(server, tmp_path, host):
    said = await refused(open_fetch(), server.url("/film.mp4", host), tmp_path / "a")
    assert "only public ones are fetched" in said or said == "The link is not a web address. Check it."
    assert server.seen == []


async def test_one_private_address_among_public_ones_refuses_the_host(server, tmp_path):
    outside = Outside(films_example=[["127.0.0.1", "10.0.0.1"]])
    assert "not a public address" in await refused(fetcher(outside), server.url("/film.mp4"), tmp_path / "a")
    assert server.seen == []


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]/"])
async def test_a_redirect_to_a_private_address_is_not_followed(server, tmp_path, target):
    said = await refused(fetcher(Outside(**FILMS)), server.url(f"/onward?to={target}"), tmp_path / "a")
    assert "not a public address" in said
    assert server.paths == ["/onward"]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://films.example/a", "gopher://x", "http://a:b@films.example/"]
)
async def test_a_redirect_to_anything_but_the_plain_web_is_not_followed(server, tmp_path, target):
    said = await refused(fetcher(Outside(**FILMS)), server.url(f"/onward?to={target}"), tmp_path / "a")
    assert "http://" in said or "user name" in said


async def test_a_redirect_is_followed_and_judged_anew(server, tmp_path):
    outside = Outside(**FILMS, other_example=[["127.0.0.1"]])
    to = server.url("/film.mp4", "other.example")
    got = await fetcher(outside)(server.url(f"/onward?to={to}"), tmp_path / "a", max_bytes=10**6)
    assert got.bytes == len(FILM)
    assert [host.partition(":")[0] for host, _ in server.seen] == ["films.example", "other.example"]
    relative = await fetcher(outside)(server.url("/onward?to=/film.mp4"), tmp_path / "a", max_bytes=10**6)
    assert relative.bytes == len(FILM)


async def test_redirects_in_a_circle_end(server, tmp_path):
    fetch = fetcher(Outside(**FILMS))
    assert "more than 5 times" in await refused(fetch, server.url("/round"), tmp_path / "a")
    assert len(server.seen) == 6


async def test_a_name_that_changes_after_it_was_judged_changes_nothing(server, tmp_path):
    """The answer to the second look-up would be private: there is no second look-up, and on a redirect it is judged."""
    outside = Outside(films_example=[["127.0.0.1"], ["192.168.0.1"]])
    fetch = fetcher(outside)
    got = await fetch(server.url("/film.mp4"), tmp_path / "a", max_bytes=10**6)
    assert (got.bytes, outside.looked_up) == (len(FILM), ["films.example"])
    outside = Outside(films_example=[["127.0.0.1"], ["192.168.0.1"]])
    assert "not a public" in await refused(fetcher(outside), server.url("/onward?to=/film.mp4"), tmp_path / "b")
    assert server.paths == ["/film.mp4", "/onward"]


async def test_the_next_address_is_tried_where_one_takes_no_connection(server, tmp_path):
    outside = Outside(films_example=[["127.0.0.2", "127.0.0.1"]])
    fetch = Fetcher(resolve=outside.resolve, allow=lambda address: address.startswith("127.0.0."))
    assert (await fetch(server.url("/film.mp4"), tmp_path / "a", max_bytes=10**6)).bytes == len(FILM)


async def test_more_than_allowed_is_never_taken_whatever_the_server_says(server, tmp_path):
    fetch = fetcher(Outside(**FILMS))
    for path in ("/endless", "/boasting", "/film.mp4"):
        said = await refused(fetch, server.url(path), tmp_path / "a", max_bytes=200_000)
        assert said == "The file behind the link is larger than 200 KB, the limit. Send a smaller one."


async def test_a_packed_answer_is_refused_unopened(server, tmp_path):
    said = await refused(fetcher(Outside(**FILMS)), server.url("/bomb"), tmp_path / "a")
    assert said == "films.example sends the file packed, which is not unpacked here. Upload the file instead."


async def test_a_server_that_drips_is_left(server, tmp_path):
    fetch = fetcher(Outside(**FILMS), seconds=0.3)
    said = await refused(fetch, server.url("/drip"), tmp_path / "a")
    assert said.startswith("The link takes longer than 0.3 seconds to download.")


async def test_a_server_that_says_nothing_is_left(server, tmp_path):
    fetch = fetcher(Outside(**FILMS), idle_seconds=0.2)
    assert "does not answer in time" in await refused(fetch, server.url("/silent"), tmp_path / "a")


async def test_half_a_file_is_no_file(server, tmp_path):
    assert "connection to films.example fails" in await refused(
        fetcher(Outside(**FILMS)), server.url("/short"), tmp_path / "a"
    )


async def test_a_status_other_than_ok_is_told(server, tmp_path):
    assert "status 404" in await refused(fetcher(Outside(**FILMS)), server.url("/gone"), tmp_path / "a")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://films.example/a.mp4",
        "/etc/passwd",
        "films.example/a.mp4",
        "http://",
        "http://[::1",
        "data:image/png;base64,AAAA",
        "http://films.example:99999/a",
        "http://films.example/" + "a" * 5000,
        "http://user:secret@films.example/a.mp4",
        "http://films.example\\@10.0.0.1/",
        "http://films.example/\x00",
        "",
    ],
)
async def test_what_is_no_plain_web_address_is_refused_before_anything_is_looked_up(tmp_path, url):
    outside = Outside()
    said = await refused(fetcher(outside), url, tmp_path / "a")
    assert said.endswith(".")
    assert "secret" not in said
    assert outside.looked_up in ([], ["films.example\\@10.0.0.1"])


async def test_an_unknown_host_is_told(tmp_path):
    said = await refused(open_fetch(), "http://no-such-host.invalid/a.mp4", tmp_path / "a")
    assert said == "There is no host called no-such-host.invalid. Check the link."


async def test_giving_up_leaves_nothing_behind(server, tmp_path):
    fetch = fetcher(Outside(**FILMS))
    task = asyncio.create_task(fetch(server.url("/drip"), tmp_path / "a", max_bytes=10**6))
    async with asyncio.timeout(5):
        while not (tmp_path / "a").exists():
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (tmp_path / "a").exists()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=films.example"
    )
    files = ["-addext", "subjectAltName=DNS:films.example", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    return folder


@pytest.fixture
async def safe_server(certificate):
    names: list[str | None] = []
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    tls.sni_callback = lambda _, name, __: names.append(name)
    app = web.Application()
    app.router.add_get("/film.mp4", film)
    app.router.add_get("/onward", onward)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    yield runner.addresses[0][1], names
    await runner.cleanup()


async def test_the_certificate_is_checked_against_the_name_though_the_connection_goes_to_a_number(
    safe_server, certificate, tmp_path
):
    port, names = safe_server
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    outside = Outside(films_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    fetch = fetcher(outside, tls=trusted)
    got = await fetch(f"https://films.example:{port}/film.mp4", tmp_path / "a", max_bytes=10**6)
    assert (got.bytes, names) == (len(FILM), ["films.example"])
    assert "fails" in await refused(fetch, f"https://other.example:{port}/film.mp4", tmp_path / "b")
    strangers = fetcher(outside)
    assert "fails" in await refused(strangers, f"https://films.example:{port}/film.mp4", tmp_path / "b")


async def test_protection_is_not_given_up_on_the_way(safe_server, certificate, tmp_path):
    port, _ = safe_server
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    fetch = fetcher(Outside(**FILMS), tls=trusted)
    said = await refused(fetch, f"https://films.example:{port}/onward?to=http://films.example/a", tmp_path / "a")
    assert "unprotected" in said
