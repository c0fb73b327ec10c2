"""Addresses that must not be written to.

Only a keyed hash of an address is stored, per organisation and channel: erasing a person or importing an old list
never makes anybody reachable again, and the table tells nothing to whoever steals it. The key is derived from
SECRET_KEY; secrets in SECRET_KEY_FALLBACKS are still asked, so that a changed secret resubscribes nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import F
from django.utils import timezone

from registers.addresses import address_key, phone_key
from registers.fields import AnyOf
from registers.models.consent import Channel, Suppression, SuppressionKind

Kind = SuppressionKind

STOPS_BULK = frozenset(Kind.values)
STOPS_TRANSACTIONAL = frozenset({Kind.HARD_BOUNCE, Kind.DECEASED, Kind.COMPLAINT})
STOPS_DIRECT_ANSWER = frozenset({Kind.HARD_BOUNCE, Kind.DECEASED})
# What a person has asked for; that an address does not work is true of that address alone.
SAID_NO = frozenset(Kind.values) - {Kind.HARD_BOUNCE, Kind.DECEASED}
_AT_ONCE = 5_000
_PSEUDONYM = re.compile(r"erased:([0-9a-f]{64})")


def blocking(kinds: Iterable[str], *, transactional: bool, direct_answer: bool = False) -> set[str]:
    """Which of `kinds` stop a message: bulk by default, `transactional`, or the `direct_answer` to a person's POST."""
    if transactional:
        return set(kinds) & (STOPS_DIRECT_ANSWER if direct_answer else STOPS_TRANSACTIONAL)
    return set(kinds) & STOPS_BULK


def suppress(*, organisation_id: int, channel: str, address: str, kind: str, source: str = "") -> bool:
    """Stop writing to `address`; return whether that is new. What is not an address is ignored."""
    return (
        suppress_many(organisation_id=organisation_id, channel=channel, addresses=[address], kind=kind, source=source)
        > 0
    )


def suppress_many(*, organisation_id: int, channel: str, addresses: Iterable[str], kind: str, source: str = "") -> int:
    """Stop writing to all `addresses`; return how many are new."""
    kind, channel = Kind(kind), Channel(channel)
    keys = {key for address in addresses if (key := _key(channel, address))}
    known = suppressed(organisation_id=organisation_id, channel=channel, addresses=keys)
    rows = [
        Suppression(
            organisation_id=organisation_id,
            channel=channel,
            address_hash=_hash(settings.SECRET_KEY, organisation_id, channel, key),
            kind=kind,
            source=source[:200],
        )
        for key in sorted(keys)
        if kind not in known.get(key, ())
    ]
    Suppression.unscoped.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
    return len(rows)


def suppressed(*, organisation_id: int, channel: str, addresses: Iterable[str]) -> dict[str, set[str]]:
    """Which of `addresses` must not be written to, and why: {address key: kinds}. Free addresses are left out."""
    return suppressed_by_channel(organisation_id=organisation_id, addresses={channel: addresses})[channel]


def suppressed_by_channel(
    *, organisation_id: int, addresses: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, set[str]]]:
    """The same for addresses of several channels, by channel, asked at once."""
    keys = list({(channel, key) for channel in addresses for one in addresses[channel] if (key := _key(channel, one))})
    found: dict[str, dict[str, set[str]]] = {channel: defaultdict(set) for channel in addresses}
    for start in range(0, len(keys), _AT_ONCE):
        by_hash = {
            (channel, _hash(secret, organisation_id, channel, key)): key
            for secret in _secrets()
            for channel, key in keys[start : start + _AT_ONCE]
        }
        rows = Suppression.unscoped.filter(
            AnyOf(F("address_hash"), [address_hash for _channel, address_hash in by_hash]),
            organisation=organisation_id,
            channel__in=list(addresses),
            lifted_at=None,
        )
        for channel, address_hash, kind in rows.order_by().values_list("channel", "address_hash", "kind"):
            if (channel, address_hash) in by_hash:
                found[channel][by_hash[channel, address_hash]].add(kind)
    return {channel: dict(stopped) for channel, stopped in found.items()}


def said_no_elsewhere(*, organisation_id: int, channel: str, address: str, others: Iterable[str]) -> bool:
    """Whether at one of the `others` somebody asked not to be written to, while `address` may be written to."""
    asked = suppressed(organisation_id=organisation_id, channel=channel, addresses=[address, *others])
    key = _key(channel, address)
    return bool(key) and key not in asked and any(kinds & SAID_NO for kinds in asked.values())


class Stops:
    """All stops of an organisation in one channel, read at once by who asks for very many addresses."""

    def __init__(self, *, organisation_id: int, channel: str) -> None:
        self._of = organisation_id, channel
        self._kinds: dict[str, set[str]] = defaultdict(set)
        rows = Suppression.unscoped.filter(organisation=organisation_id, channel=channel, lifted_at=None)
        for address_hash, kind in rows.order_by().values_list("address_hash", "kind"):
            self._kinds[address_hash].add(kind)

    def among(self, keys: Collection[str]) -> dict[str, set[str]]:
        """The address keys that are stopped, with the kinds of their stops; as they stand in the column of contacts."""
        found: dict[str, set[str]] = defaultdict(set)
        for secret in _secrets() if self._kinds else ():
            for key in keys:
                if kinds := self._kinds.get(_hash(secret, *self._of, key)):
                    found[key] |= kinds
        return found


def suppressions_of(*, organisation_id: int, channel: str, address: str) -> list[Suppression]:
    """Every stop that an address has or had, the newest first; those that were lifted say when and why."""
    key = _key(channel, address)
    hashes = [_hash(secret, organisation_id, channel, key) for secret in _secrets()] if key else []
    rows = Suppression.unscoped.filter(organisation=organisation_id, channel=channel, address_hash__in=hashes)
    return list(rows)


def lift(
    *,
    organisation_id: int,
    channel: str,
    address: str,
    reason: str,
    user: AbstractBaseUser | None = None,
    kinds: Iterable[str] | None = None,
) -> int:
    """Allow writing to `address` again, of all `kinds` or the given; return how many suppressions ended.

    The rows stay, with who lifted them and why.
    """
    return lift_many(
        organisation_id=organisation_id, channel=channel, addresses=[address], reason=reason, user=user, kinds=kinds
    )


def lift_many(
    *,
    organisation_id: int,
    channel: str,
    addresses: Iterable[str],
    reason: str,
    user: AbstractBaseUser | None = None,
    kinds: Iterable[str] | None = None,
) -> int:
    """The same for all `addresses` at once."""
    keys = {key for address in addresses if (key := _key(channel, address))}
    hashes = [_hash(secret, organisation_id, channel, key) for secret in _secrets() for key in keys]
    rows = Suppression.unscoped.filter(
        organisation=organisation_id, channel=channel, lifted_at=None, address_hash__in=hashes
    )
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return int(rows.update(lifted_at=timezone.now(), lifted_by=user, lifted_reason=reason[:200]))


def pseudonym(*, organisation_id: int, channel: str, address: str) -> str:
    """What may be kept in place of an erased person's address: the same for the same address, and no way back.

    The functions of this module take it as an address, so that the link in an old letter still unsubscribes.
    """
    return f"erased:{_hash(settings.SECRET_KEY, organisation_id, channel, _key(channel, address))}"


def _key(channel: str, address: str) -> str:
    if _PSEUDONYM.fullmatch(address):
        return address
    return address_key(address) if channel == Channel.EMAIL else phone_key(address)


def _secrets() -> list[str | bytes]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _hash(secret: str | bytes, organisation_id: int, channel: str, key: str) -> str:
    if known := _PSEUDONYM.fullmatch(key):
        return known[1]
    return hmac.digest(_secret_key(secret), f"{organisation_id}:{channel}:{key}".encode(), hashlib.sha256).hex()


@lru_cache(maxsize=8)
def _secret_key(secret: str | bytes) -> bytes:
    raw = secret.encode() if isinstance(secret, str) else secret
    return hmac.digest(raw, b"kokoon.suppression", hashlib.sha256)
