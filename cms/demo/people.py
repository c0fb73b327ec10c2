"""Invented people: the same ones at every start."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

WOMEN = (
    "Aino Eeva Helmi Iida Jonna Kaisa Lempi Maija Noora Outi Päivi Riikka Saana Tuuli Venla Ylva Åsa Birgitta Olga"
).split()
MEN = (
    "Aarne Eino Heikki Ilmari Juhani Kalle Lasse Mikael Niilo Onni Pekka Risto Sampo Tapio Uolevi Väinö Östen Omar Igor"
).split()
FAMILIES = (
    "Aalto Eloranta Hakala Heikkilä Hirvonen Järvi Kallio Karjalainen Koskela Laakso Lindqvist Mäkelä Niemi Ojala "
    "Pitkänen Rantanen Räsänen Salo Sjöberg Suominen Tervo Tuominen Uusitalo Vainio Virtanen Wikström Äijälä O’Connor"
).split()
CITIES = (
    ("94100", "Kemi"),
    ("95400", "Tornio"),
    ("90100", "Oulu"),
    ("96100", "Rovaniemi"),
    ("33100", "Tampere"),
    ("00100", "Helsinki"),
)
STREETS = ("Satamakatu", "Koulutie", "Rantatie", "Kirkkokatu", "Puistotie", "Laulajankuja")


def people(*, count: int, seed: int, domain: str) -> Iterator[dict[str, Any]]:
    """`count` people with an address under `domain`, a phone, a birth date and a home; one in fifteen has no e-mail."""
    chance = random.Random(seed)  # noqa: S311 - invented people, not secrets
    for number in range(1, count + 1):
        woman = chance.random() < 0.55
        first, last = chance.choice(WOMEN if woman else MEN), chance.choice(FAMILIES)
        postcode, city = chance.choice(CITIES)
        yield {
            "external_id": str(1000 + number),
            "first_name": first,
            "last_name": last,
            "email": "" if number % 15 == 0 else f"person{number}@{domain}",
            "phone": f"+35840{chance.randrange(10**6, 10**7)}",
            "language": chance.choice(("fi", "fi", "fi", "sv", "en")),
            "birth_date": date(chance.randrange(1938, 2008), chance.randrange(1, 13), chance.randrange(1, 29)),
            "street": f"{chance.choice(STREETS)} {chance.randrange(1, 90)}",
            "postcode": postcode,
            "city": city,
            "country": "FI",
            "gender": "woman" if woman else "man",
        }
