"""The cache is a convenience, also while its server hangs."""

import socket

import pytest

from guards import cache


@pytest.fixture
def hung(monkeypatch):
    """A server that takes connections and never answers."""
    monkeypatch.setattr(cache._Hung, "until", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def calls(server):
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_a_cache_that_hangs_is_waited_for_once_and_asked_again_later(hung, monkeypatch):
    port = hung.getsockname()[1]
    store = cache.ForgivingRedisCache(f"redis://127.0.0.1:{port}/0?socket_timeout=0.05", {})
    assert store.get("a", "nothing") == "nothing"
    assert calls(hung)
    assert (store.get("a", "nothing"), store.add("a", 1), store.get_many(["a"])) == ("nothing", False, {})
    with pytest.raises(ValueError, match="in the cache"):
        store.incr("a")
    assert not calls(hung)
    monkeypatch.setattr(cache._Hung, "until", 0.0)
    store.get("a")
    assert calls(hung)
