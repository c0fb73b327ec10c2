"""Phone numbers in plain digits, seen to be valid at one glance of a regular expression.

phonenumbers understands whatever people write, and takes some 20 µs for it. Most numbers in files and replies are
digits with nothing but spaces and hyphens between them, written with the country code or with the national prefix. For
those the rules of `phonenumbers.parse` and `is_valid_number` come down to the patterns in its metadata, which are put
together here, for each country code once. Whatever is not recognised is left to the library itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

LONGEST = 16  # a plus and 15 digits: ITU-T E.164
_DIGITS = re.compile(r"\+?[0-9]+(?:[ -][0-9]+)*\Z")
_COUNTRY_CODES = frozenset(map(str, COUNTRY_CODE_TO_REGION_CODE))
_KINDS = (
    "mobile", "fixed_line", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan",
    "voicemail",
)  # fmt: skip


def plain_number(text: str, region: str) -> str:
    """`text` in E.164 if it is digits that are a valid number for sure; "" says nothing."""
    if len(text) > 25 or not _DIGITS.match(text):
        return ""
    digits = text if text[1:].isdigit() else text.replace(" ", "").replace("-", "")
    if digits[0] == "+":
        for end in (2, 3, 4):
            if (code := digits[1:end]) in _COUNTRY_CODES:
                pattern = _with_country_code(code)
                return digits if pattern and pattern.match(digits, end) and len(digits) <= LONGEST else ""
        return ""
    national = _national(region)
    if national is None:
        return ""
    code, prefix, pattern = national
    number = f"+{code}{digits[len(prefix) :]}"
    return number if pattern.match(digits) and len(number) <= LONGEST else ""


@lru_cache(maxsize=256)
def begin_with_zero(region: str) -> bool:
    """Whether numbers without country code begin with a zero in a country, as a rule."""
    own = PhoneMetadata.metadata_for_region(region, None)
    return own is None or (own.national_prefix or "").startswith("0")


def beginnings(text: str, region: str) -> list[str]:
    """What numbers in E.164 begin with, of which people of a country write this beginning; nothing without digits.

    “040 1” may begin +358401 in Finland, “40 1” as well, or +401.
    """
    digits = re.sub(r"[^0-9]", "", text.replace("(0)", ""))
    if text.lstrip(" (").startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        return [f"+{digits}"] if digits else []
    own = PhoneMetadata.metadata_for_region(region, None)
    if not digits or own is None:
        return [f"+{digits}"] if digits else []
    prefix = own.national_prefix or ""
    at_home = f"+{own.country_code}{digits.removeprefix(prefix)}"
    return [at_home] if prefix and digits.startswith(prefix) else [at_home, f"+{digits}"]


@lru_cache(maxsize=256)
def _with_country_code(code: str) -> re.Pattern[str] | None:
    """What stands after a country code; None where that cannot be told from patterns alone."""
    regions = _regions(code)
    if not regions:
        return None  # not a country, but a service of the whole world
    # A national prefix after the country code would be taken away, and zeros at the beginning mean something in Italy.
    prefix = f"(?!{regions[0].national_prefix_for_parsing})" if regions[0].national_prefix_for_parsing else ""
    return re.compile(f"(?!0){prefix}{_valid_in(regions)}")


@lru_cache(maxsize=256)
def _national(region: str) -> tuple[str, str, re.Pattern[str]] | None:
    """Country code, national prefix, and the pattern of numbers that begin with it."""
    own = PhoneMetadata.metadata_for_region(region, None)
    if own is None or not own.national_prefix or own.national_prefix_transform_rule:
        return None
    prefix, code = own.national_prefix, str(own.country_code)
    if own.national_prefix_for_parsing != prefix or code.startswith(prefix):
        return None
    # Neither the international prefix nor the country code; and valid in the region that it is dialled in.
    other = f"(?!{own.international_prefix})(?!{code})" if own.international_prefix else f"(?!{code})"
    return code, prefix, re.compile(f"{other}{prefix}(?!0)(?={_valid(own)}){_valid_in(_regions(code))}")


def _regions(code: str) -> list[Any]:
    """What is known of the regions that share a country code, in the order in which the library asks them."""
    regions = [PhoneMetadata.metadata_for_region(name, None) for name in COUNTRY_CODE_TO_REGION_CODE[int(code)]]
    return [] if None in regions else regions


def _valid_in(regions: list[Any]) -> str:
    """Numbers that are valid in the region, of those that share a country code, that the library takes them for."""
    region, *others = regions
    if not others:
        return _valid(region)
    if region.leading_digits is None:
        return f"(?:{_valid(region)}|{_valid_in(others)})"
    return f"(?:(?={region.leading_digits}){_valid(region)}|(?!{region.leading_digits}){_valid_in(others)})"


def _valid(region: Any) -> str:
    kinds = (getattr(region, kind) for kind in _KINDS)
    patterns = "|".join(_described(kind) for kind in kinds if kind is not None and kind.national_number_pattern)
    return f"(?={_described(region.general_desc)})(?:{patterns})"


def _described(kind: Any) -> str:
    """The digits of a kind of number, to the end, of one of the lengths it can have."""
    lengths = "|".join(f"[0-9]{{{length}}}" for length in kind.possible_length)
    return f"(?=(?:{lengths})\\Z)(?:{kind.national_number_pattern})\\Z"
