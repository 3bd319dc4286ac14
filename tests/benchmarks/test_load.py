"""The client of all loads sends HTTP, ends at a refusal, and tells the percentiles of its waits."""

import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.cases import known
from benchmarks.load import Load, Refused, at_rate, closed, each, get, post

pytestmark = pytest.mark.slow


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.heard.append(self.path)
        self.answer()

    def do_POST(self):
        self.server.heard.append((self.headers["Idempotency-Key"], self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer()

    def answer(self):
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *said):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.heard, server.status, server.url = [], 201, f"http://127.0.0.1:{server.server_address[1]}/cases"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def requests(url):
    return (post(url, b"{%d}" % n, f"Idempotency-Key: {n}") for n in itertools.count())


def test_every_client_asks_again_when_it_has_its_answer(server):
    load = closed(server.url, requests(server.url), seconds=0.05, clients=3)
    assert sorted(server.heard) == sorted((str(n), b"{%d}" % n) for n in range(len(load.waits)))
    assert len(load.waits) >= 3 and load.rate > 0


@pytest.mark.parametrize("many", [0, 1, 3])
def test_each_request_is_asked_once_in_its_turn(server, many):
    load = each(server.url, itertools.islice(requests(server.url), many))
    assert server.heard == [(str(n), b"{%d}" % n) for n in range(many)]
    assert len(load.waits) == many


@pytest.mark.parametrize("asked", ["", "?limit=50"])
def test_a_question_is_asked_as_it_is_written(server, asked):
    server.status = 200
    load = closed(server.url, itertools.repeat(get(server.url + asked)), seconds=0.01, clients=1, expected=b"200")
    assert server.heard == [f"/cases{asked}"] * len(load.waits) != []


def test_a_rate_is_kept_however_many_clients_there_are(server):
    load = at_rate(server.url, requests(server.url), rate=200, seconds=0.05, clients=2)
    assert len(load.waits) == len(server.heard) == 10


def test_a_refusal_ends_the_load(server):
    server.status = 503
    with pytest.raises(Refused, match="503"):
        closed(server.url, requests(server.url), seconds=5, clients=1)


@pytest.mark.parametrize(("share", "wait"), [(0.5, 3000), (0.99, 4000), (0.0, 1000), (1.0, 4000)])
def test_a_percentile(share, wait):
    assert Load(1.0, [4, 1, 3, 2], 0.0).percentile(share) == wait


def test_every_case_is_another_one_under_the_id_it_will_have():
    (first, one), (second, other) = itertools.islice(known("http://127.0.0.1:1/cases"), 2)
    assert first != second and one != other
