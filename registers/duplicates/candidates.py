"""Who may be in a register twice, by rules that PostgreSQL answers for a million contacts in seconds.

The rules: the same e-mail address; the same phone number; the same name (in either order of first and last) with the
same date of birth, postcode or street. Names are compared folded: case, accents, hyphens and spaces do not count, and
neither does ä for a. Two contacts with one external id cannot be, so there is no rule for that.

Each rule is one aggregation over one number per contact, a hash of what must be equal. What it finds becomes pairs, and
every pair is then looked at as a whole (`signs`). `gathering` makes sets of the pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, Func, TextField
from django.db.models.functions import Cast

from registers.duplicates.signs import Sign

MOST_COMPARED = 6  # in a larger group only people of one name are paired; the group is told of as a whole

# What is compared of a contact, as one number: when it changes, a set that holds the contact is stale.
COMPARED = ("sort_key", "email_key", "phone", "birth_date", "postcode", "street", "external_id")


class Fingerprint(Func):
    """That number, as an expression on contacts."""

    template = "hashtextextended(concat_ws(E'\\x1f', %(expressions)s), 0)"
    output_field = BigIntegerField()

    def __init__(self) -> None:
        super().__init__(*(Cast(name, TextField()) for name in COMPARED))


def _replaced(text: str, letters: Mapping[str, str]) -> str:
    """SQL that replaces each of these letters. With translate() it compares every letter of a text with each of them,
    and takes three times as long.
    """
    for old, new in letters.items():
        text = f"replace({text}, '{old}', '{new}')"
    return text


# A sort key is the last name, a sign, the first one. Who has only one of them, of several words, has both in it.
_BOTH_NAMES = """CASE WHEN f = '' AND l LIKE '%% %%' THEN substr(l, strpos(l, ' ')) || E'\\x1f' || split_part(l, ' ', 1)
            WHEN l = '' AND f LIKE '%% %%' THEN substr(f, strpos(f, ' ')) || E'\\x1f' || split_part(f, ' ', 1)
            ELSE sort_key END"""
_SEPARATORS = dict.fromkeys(("-", ".", ",", " "), "")
_IN_NAMES = {"{": "a", "|": "a", "}": "o", "''": "", "’": "", **_SEPARATORS}  # a sort key has { for å, and so on
_IN_STREETS = {"Å": "å", "Ä": "ä", "Ö": "ö", "\n": "", **_SEPARATORS}

# OFFSET '0' keeps PostgreSQL from folding the steps into one and computing the inner ones over and over. Were it the
# number 0, PostgreSQL would not see that nothing is left out, and would take no step but the first in two processes.
_FOLDED = """
    SELECT id, email_key, phone, birth_date, external_id, postcode, street,
        split_part(whole, E'\\x1f', 2) AS first, split_part(whole, E'\\x1f', 1) AS last
    FROM (
        SELECT *, NAMES AS whole
        FROM (
            SELECT c.id, c.email_key, c.phone, c.birth_date, c.external_id, c.sort_key,
                split_part(c.sort_key, E'\\x1f', 1) AS l, split_part(c.sort_key, E'\\x1f', 2) AS f,
                translate(lower(c.postcode COLLATE "C"), ' -', '') AS postcode, STREET AS street
            FROM registers_contact AS c WHERE c.organisation_id = %s AND c.register_id = %s {only} OFFSET '0'
        ) AS told OFFSET '0'
    ) AS plain OFFSET '0'
""".replace("NAMES", _replaced(_BOTH_NAMES, _IN_NAMES)).replace(
    "STREET", _replaced('lower(c.street COLLATE "C")', _IN_STREETS)
)
_NAMED = """
    SELECT *, CASE WHEN first <> '' AND last <> ''
        THEN hashtextextended(least(first, last) || '|' || greatest(first, last), 0) END AS name
    FROM (FOLDED) AS folded OFFSET '0'
""".replace("FOLDED", _FOLDED)

# All contacts, in numbers only: what is equal has one number.
_TWINS = """
CREATE TEMP TABLE twin ON COMMIT DROP AS
SELECT id, name,
    CASE WHEN email_key <> '' THEN hashtextextended(email_key, 0) END AS by_email,
    CASE WHEN phone <> '' THEN hashtextextended(phone, 0) END AS by_phone,
    hashint8extended(name, birth_date - date '2000-01-01') AS by_birth_date,
    CASE WHEN postcode <> '' THEN hashtextextended(postcode, name) END AS by_postcode,
    CASE WHEN street <> '' THEN hashtextextended(street, name) END AS by_street
FROM (NAMED) AS named
""".replace("NAMED", _NAMED.replace("{only}", ""))
# Those of a pair, in full.
_CLOSE = """
CREATE TEMP TABLE close ON COMMIT DROP AS
NAMED
""".replace("NAMED", _NAMED.replace("{only}", "AND c.id = ANY(ARRAY(SELECT a FROM pair UNION SELECT b FROM pair))"))

# Those whose name somebody else has too: the rules with a name in them are for these.
_NAMESAKES = """
CREATE TEMP TABLE namesake ON COMMIT DROP AS
SELECT id, name, by_birth_date, by_postcode, by_street FROM twin WHERE name IN (
    SELECT name FROM twin WHERE name IS NOT NULL GROUP BY name HAVING count(*) > 1
)
"""
_PAIR_TABLE = "CREATE TEMP TABLE pair (a bigint NOT NULL, b bigint NOT NULL) ON COMMIT DROP"
_CROWD_TABLE = "CREATE TEMP TABLE crowd (sign int, key bigint, low bigint) ON COMMIT DROP"

_GROUPS = """
CREATE TEMP TABLE grouped ON COMMIT DROP AS
SELECT t.id, t.name, t.{key} AS key, g.size FROM {table} AS t JOIN (
    SELECT {key}, count(*) AS size FROM {table} WHERE {key} IS NOT NULL GROUP BY {key} HAVING count(*) > 1
) AS g ON t.{key} = g.{key}
"""
_ALL_PAIRS = """
INSERT INTO pair SELECT x.id, y.id FROM grouped AS x JOIN grouped AS y ON x.key = y.key AND x.id < y.id
WHERE x.size <= %(most)s AND y.size <= %(most)s
"""
# In a large group of one name (a rule with the name in it) each is paired with the first.
_STARS = """
INSERT INTO pair SELECT low, id FROM (
    SELECT id, min(id) OVER (PARTITION BY key) AS low FROM grouped WHERE size > %(most)s
) AS large WHERE id <> low
"""
_STARS_BY_NAME = """
INSERT INTO pair SELECT low, id FROM (
    SELECT id, min(id) OVER (PARTITION BY key, name) AS low FROM grouped
    WHERE size > %(most)s AND name IS NOT NULL
) AS same WHERE id <> low
"""
_CROWDS = """
INSERT INTO crowd SELECT %(sign)s, key, min(id) FROM grouped WHERE size > %(most)s
GROUP BY key HAVING count(DISTINCT coalesce(name, id)) > 1
"""

_SIGNS = """
SELECT a, b,
    CASE WHEN x.email_key = y.email_key AND x.email_key <> '' THEN %(EMAIL)s ELSE 0 END
    | CASE WHEN x.phone = y.phone AND x.phone <> '' THEN %(PHONE)s ELSE 0 END
    | CASE WHEN x.birth_date = y.birth_date THEN %(BIRTH_DATE)s
        WHEN x.birth_date <> y.birth_date THEN %(OTHER_BIRTH_DATE)s ELSE 0 END
    | CASE WHEN x.postcode = y.postcode AND x.postcode <> '' THEN %(POSTCODE)s ELSE 0 END
    | CASE WHEN x.street = y.street AND x.street <> '' THEN %(STREET)s ELSE 0 END
    | CASE WHEN x.external_id <> y.external_id AND x.external_id <> '' AND y.external_id <> ''
        THEN %(OTHER_EXTERNAL_ID)s ELSE 0 END
    | CASE WHEN x.name IS NULL OR y.name IS NULL THEN %(NO_NAME)s
        WHEN x.first = y.first AND x.last = y.last THEN %(SAME_NAME)s
        WHEN x.name = y.name THEN %(SWAPPED_NAME)s
        WHEN x.first = y.first OR x.last = y.last
            AND (starts_with(x.first, y.first) OR starts_with(y.first, x.first))
            OR similarity(x.first, y.first) >= 0.5 AND similarity(x.last, y.last) >= 0.5 THEN %(SIMILAR_NAME)s
        ELSE %(OTHER_NAME)s END
FROM (SELECT DISTINCT a, b FROM pair) AS pair JOIN close AS x ON x.id = a JOIN close AS y ON y.id = b
WHERE NOT EXISTS (SELECT 1 FROM registers_notsame AS n WHERE n.low_id = a AND n.high_id = b)
ORDER BY a, b
"""
_PEOPLE_OF_CROWDS = """
SELECT crowd.key, twin.id FROM crowd JOIN twin ON twin.{key} = crowd.key AND crowd.sign = %s
WHERE NOT EXISTS (SELECT 1 FROM registers_notsame AS n WHERE n.low_id = crowd.low AND n.high_id = twin.id)
ORDER BY crowd.key, twin.id
"""

_RULES = ("by_email", "by_phone", "by_birth_date", "by_postcode", "by_street")
_ADDRESSES = {"by_email": Sign.EMAIL, "by_phone": Sign.PHONE}


class Pair(NamedTuple):
    """Two contacts, the lower id first, and the bits of their signs."""

    a: int
    b: int
    signs: int


class Found(NamedTuple):
    """`crowds` are groups of more than MOST_COMPARED that share an address: (sign, their ids)."""

    pairs: list[Pair]
    crowds: list[tuple[Sign, list[int]]]
    contacts: int


def find_candidates(*, organisation_id: int, register_id: int) -> Found:
    """Compare the contacts of a register; needs a transaction.

    Pairs of which somebody has said that they are two people are left out.
    """
    with connection.cursor() as cursor:
        # A hash of a million numbers fits; the setting ends with the transaction.
        cursor.execute("SET LOCAL work_mem = '256MB'")
        # Worth two processes where the machine has them: PostgreSQL thinks that handing rows over costs more.
        cursor.execute("SET LOCAL parallel_tuple_cost = 0")
        # How many there are of a number is all that is asked: a small sample tells.
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute("DROP TABLE IF EXISTS namesake, twin, pair, crowd, grouped, close")
        cursor.execute(_TWINS, [organisation_id, register_id])
        contacts = cursor.rowcount
        cursor.execute("ANALYZE twin (id, name, by_email, by_phone, by_birth_date, by_postcode, by_street)")
        cursor.execute(_NAMESAKES)
        cursor.execute("ANALYZE namesake")
        cursor.execute(_PAIR_TABLE)
        cursor.execute(_CROWD_TABLE)
        for key in _RULES:
            cursor.execute(_GROUPS.format(key=key, table="twin" if key in _ADDRESSES else "namesake"))
            cursor.execute(_ALL_PAIRS, {"most": MOST_COMPARED})
            if key in _ADDRESSES:
                cursor.execute(_STARS_BY_NAME, {"most": MOST_COMPARED})
                cursor.execute(_CROWDS, {"most": MOST_COMPARED, "sign": int(_ADDRESSES[key])})
            else:
                cursor.execute(_STARS, {"most": MOST_COMPARED})
            cursor.execute("DROP TABLE grouped")
        cursor.execute("ANALYZE pair")
        cursor.execute(_CLOSE, [organisation_id, register_id])
        cursor.execute("ANALYZE close (id)")
        cursor.execute(_SIGNS, {name: int(sign) for name, sign in Sign.__members__.items()})
        pairs = [Pair(*row) for row in cursor.fetchall()]
        crowds: list[tuple[Sign, list[int]]] = []
        for key, sign in _ADDRESSES.items():
            cursor.execute(_PEOPLE_OF_CROWDS.format(key=key), [int(sign)])
            people: dict[int, list[int]] = {}
            for number, contact_id in cursor.fetchall():
                people.setdefault(number, []).append(contact_id)
            crowds += [(sign, ids) for ids in people.values() if len(ids) > 1]
        cursor.execute("DROP TABLE twin, namesake, pair, crowd, close")
    return Found(pairs, crowds, contacts)
