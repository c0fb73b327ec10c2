"""A door that may be used so often a minute: by whom that is counted, and what happens when nobody can count."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from redis.exceptions import ConnectionError as ValkeyAway

from guards import limits


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def knock(address, *, proxy="", **options):
    request = RequestFactory().post("/", REMOTE_ADDR=address, **({"HTTP_X_FORWARDED_FOR": proxy} if proxy else {}))
    return limits.over_limit(request, group="door", rate="2/m", **options)


def test_each_address_is_counted_by_itself():
    assert [knock("192.0.2.1") for _ in range(3)] == [False, False, True]
    assert not knock("192.0.2.2")


def test_addresses_of_one_64_are_one_visitor():
    assert [knock(f"2001:db8:1:2::{n}") for n in (1, 2, 3)] == [False, False, True]
    assert knock("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert not knock("2001:db8:1:3::1")


def test_behind_a_proxy_it_is_the_address_that_the_proxy_names(settings):
    settings.BEHIND_PROXY = True
    seen = [knock("127.0.0.1", proxy=f"9.9.9.{n}, 2001:db8:1:2::{n}") for n in (1, 2, 3)]
    assert seen == [False, False, True]
    assert not knock("127.0.0.1", proxy="9.9.9.3, 2001:db8:9:9::1")


def test_an_address_is_known_with_the_port_that_a_proxy_adds_and_by_a_socket_of_ipv6(settings):
    assert [knock(address) for address in ("192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201")] == [False, False, True]
    assert not knock("::ffff:192.0.2.2")
    settings.BEHIND_PROXY = True
    assert [knock("127.0.0.1", proxy=f"192.0.2.7:{port}") for port in (4001, 4002, 4003)] == [False, False, True]
    assert [knock("127.0.0.1", proxy=f'"[2001:db8::{n}]:4000"') for n in (1, 2, 3)] == [False, False, True]
    assert [knock("192.0.2.9", proxy=words) for words in ("unknown", "a:b:c", " ,")] == [False, False, True]


def test_a_key_counts_whoever_comes_with_it():
    assert [knock(f"192.0.2.{n}", key="ip") for n in (1, 2, 3)] == [False, False, True]
    assert not knock("192.0.2.4", key="other")


def test_nobody_is_turned_back_when_nobody_can_count(monkeypatch):
    def away(*_args, **_options):
        raise ValkeyAway

    monkeypatch.setattr(limits, "is_ratelimited", away)
    assert [knock("192.0.2.1") for _ in range(4)] == [False] * 4
