"""A register of a million people for benchmarks: names as common and as rare as real ones, filled in by one INSERT.

A surname in five is one of sixty (the first of them one in fifty), the others are put together from syllables; 7 people
in 10 have an e-mail address, 8 in 10 a phone number, 1 in 10 a name in Cyrillic letters as well.
"""

import os
import sys
import time
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import connection

from organisations import scope
from organisations.access import create_organisation, set_member
from organisations.models import Role, User
from registers.books import create_register
from registers.models import Contact, Group, GroupMembership, Register

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
LAST = (
    "Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Lehtinen "
    "Saarinen Salminen Heinonen Niemi Heikkilä Salonen Kinnunen Turunen Salo Laitinen Tuominen Rantanen Karjalainen "
    "Jokinen Mattila Savolainen Lahtinen Ahonen Ojala Leppänen Hiltunen Väisänen Kallio Leinonen Miettinen Aaltonen "
    "Pitkänen Manninen Anttila Koivisto Hakala Laaksonen Hirvonen Räsänen Lehto Laakso Toivonen Rantala Aalto Peltonen "
    "Moilanen Hänninen Partanen Aro Kettunen Vainio Öberg Äijälä"
).split()
FIRST = (
    "Maria Juhani Aino Johannes Helena Olavi Johanna Antero Anneli Tapani Kaarina Kalevi Marjatta Tapio Anna Matti "
    "Liisa Mikael Annikki Ilmari Hannele Timo Sofia Kari Eeva Antti Inkeri Mika Emilia Pekka Susanna Janne Elisabet "
    "Sami Kristiina Heikki Tuulikki Marko Katariina Jari Aleksandra Bo Åke Yrjö Zaida"
).split()
CITIES = (
    "Helsinki Espoo Tampere Vantaa Oulu Turku Jyväskylä Kuopio Lahti Pori Kouvola Joensuu Lappeenranta Hämeenlinna "
    "Vaasa Seinäjoki Rovaniemi Mikkeli Kotka Salo Porvoo Kokkola Lohja Hyvinkää Nurmijärvi Rauma Kemi Kajaani Utsjoki"
).split()
FIELDS: list[dict[str, Any]] = [
    {"label": "Gender", "type": "choice", "options": ["woman", "man", "other"]},
    {"label": "Interests", "type": "multiple_choice", "options": ["music", "food", "sport", "theatre", "nature"]},
    {"label": "Turnover", "type": "number"},
    {"label": "Joined", "type": "date"},
    {"label": "Volunteer", "type": "yes_no"},
    {"label": "Company", "type": "text"},
]
_COLUMNS = (
    "organisation_id, register_id, external_id, first_name, last_name, alternative_name, email, email_key, phone, "
    "language, birth_date, street, postcode, city, country, source, deceased, attributes, sort_key, search_text, "
    "created_at, updated_at"
)
_PEOPLE = f"""
INSERT INTO registers_contact ({_COLUMNS})
SELECT %(organisation)s, %(register)s, CASE WHEN n %% 3 = 0 THEN 'M-' || n ELSE '' END, first, last,
    CASE WHEN n %% 10 = 0 THEN 'Айно Виртанен' ELSE '' END, email, email, phone,
    (array['fi','fi','fi','sv','en'])[1 + n %% 5], date '1930-01-01' + (n * 37 %% 28000)::int,
    'Katu ' || n %% 5003, lpad((n * 7 %% 3000 * 10)::text, 5, '0'),
    (%(cities)s::text[])[1 + floor(power(u3, 2) * %(city_count)s)::int], 'FI', 'bench', n %% 997 = 0,
    jsonb_strip_nulls(jsonb_build_object('gender', (array['woman','man','woman','man','other'])[1 + n %% 5],
        'interests', to_jsonb(array[(array['music','food','sport'])[1 + n %% 3],
            (array['theatre','nature'])[1 + n %% 2]]),
        'turnover', n %% 5000, 'joined', (date '2000-01-01' + (n %% 9000)::int)::text,
        'volunteer', CASE WHEN n %% 20 = 0 THEN true END,
        'company', CASE WHEN n %% 4 = 0 THEN 'Yritys ' || n %% 10007 || ' Oy' END)),
    translate(lower(last || E'\\x1f' || first), 'åäö', '{{|}}'),
    translate(lower(concat_ws(' ', first, last, first, nullif(email, ''), nullif(phone, ''),
        CASE WHEN n %% 3 = 0 THEN 'M-' || n END, CASE WHEN n %% 10 = 0 THEN 'айно виртанен' END)), 'åäöй', 'aaoи'),
    now() - n * interval '1 second', now()
FROM (SELECT n, first, last, u3,
        CASE WHEN n %% 10 < 7 THEN translate(lower(first || '.' || last), 'åäö', 'aao') || n ||
            (array['@gmail.com','@gmail.com','@example.fi','@posti.example'])[1 + n %% 4] ELSE '' END AS email,
        CASE WHEN n %% 10 > 1 THEN '+358' || (array['40','50','44','45'])[1 + n %% 4] ||
            lpad((n::bigint * 7919 %% 10000000)::text, 7, '0') ELSE '' END AS phone
    FROM (SELECT n, u3, (%(first)s::text[])[1 + floor(power(u1, 2) * %(first_count)s)::int] AS first,
            CASE WHEN n %% 5 = 0 THEN (%(last)s::text[])[1 + floor(power(u2, 2) * %(last_count)s)::int]
            ELSE initcap(syllables[1 + (h / 7) %% 24] || syllables[1 + (h / 211) %% 24]
                || syllables[1 + (h / 5801) %% 24])
                || (array['nen','la','nen','mäki','s'])[1 + (h / 100003) %% 5] END AS last
        FROM (SELECT n, hashint8(n) & 1073741823 AS h, (hashint8(n + 1) & 1073741823) / 1073741824.0 AS u1,
                (hashint8(n + 2) & 1073741823) / 1073741824.0 AS u2,
                (hashint8(n + 3) & 1073741823) / 1073741824.0 AS u3,
                string_to_array(
                    'ka ra sa ta va ha pa la ma na ki ri si ti vi hi pi li mi ni ko ro so to', ' ') AS syllables
            FROM generate_series(1, %(rows)s) AS n) AS dice
    ) AS names
) AS people
"""


def fill(name: str) -> tuple[User, Register]:
    """An organisation with one editor and a register of ROWS people, one in ten of them in the group "Board"."""
    organisation = create_organisation(name=name, slug=f"bench-{time.time_ns()}")
    user = User.objects.create_user(f"{organisation.slug}@example.fi", "password")
    set_member(organisation=organisation, user=user, role=Role.EDITOR)
    began = time.perf_counter()
    with scope.organisation(organisation.pk):
        register = create_register(name="Everybody", fields=FIELDS)
        group = Group.objects.create(register=register, name="Board")
        values = {
            "organisation": organisation.pk, "register": register.pk, "rows": ROWS,
            "first": FIRST, "first_count": len(FIRST), "last": LAST, "last_count": len(LAST),
            "cities": CITIES, "city_count": len(CITIES), "group": group.pk,
        }  # fmt: skip
        # An index that is made at once is the same as one that has grown, and there in a fraction of the time.
        grown = [index for index in Contact._meta.indexes if isinstance(index, GinIndex)]
        with connection.schema_editor() as schema:
            for index in grown:
                schema.remove_index(Contact, index)
        with connection.cursor() as cursor:
            cursor.execute(_PEOPLE, values)
            cursor.execute("SET maintenance_work_mem = '512MB'")
        with connection.schema_editor() as schema:
            for index in grown:
                schema.add_index(Contact, index)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {GroupMembership._meta.db_table} (organisation_id, group_id, contact_id, added_at) "
                "SELECT organisation_id, %(group)s, id, now() FROM registers_contact "
                "WHERE register_id = %(register)s AND id %% 10 = 3",
                values,
            )
            cursor.execute("VACUUM ANALYZE registers_contact")
            cursor.execute(f"VACUUM ANALYZE {GroupMembership._meta.db_table}")
    print(f"{ROWS} contacts made in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    return user, register


def p95(milliseconds: list[float]) -> float:
    return sorted(milliseconds)[max(0, -(-len(milliseconds) * 95 // 100) - 1)]
