"""The addresses of somebody, by the channel that they are written to on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registers.addresses import address_key
from registers.models import Channel


def addresses_of(email_key: str, phone: str) -> dict[str, str]:
    """{channel: address}, "" where there is none."""
    return {Channel.EMAIL.value: email_key, Channel.SMS.value: phone}


def addresses_in(values: Mapping[str, Any]) -> dict[str, str]:
    """Those in a row, "" where there is none; `values` are by column key, as they are stored."""
    return addresses_of(address_key(values.get("email") or ""), values.get("phone") or "")
