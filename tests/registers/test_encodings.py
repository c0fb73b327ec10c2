"""Encodings from before Unicode, told by the letters of short lists of names."""

import pytest

from registers.imports.encodings import legacy_encoding

LISTS = [
    ("Päivi;Hämäläinen;Jyväskylä\nÅke;Öhman;Närpiö", "cp1252 mac_roman cp850"),
    ("MÄKELÄ VÄINÖ;JYVÄSKYLÄ\nÖHMAN ÅKE;NÄRPIÖ", "cp1252 mac_roman cp850"),
    ("Päivi", "cp1252 mac_roman cp850"),
    ("Jürgen;Groß;München\nBärbel;Köhler;12 €\nO’Neill – §", "cp1252"),
    ("Bärbel;Groß;Düsseldorf", "mac_roman cp850"),
    ("Søren;København\nBjørn;Århus", "cp1252 mac_roman"),
    ("Hélène;Lévêque\nFrançois;Tête", "cp1252 mac_roman"),
    ("Aimée;Besançon;Cœur;Évry", "cp1252 iso8859_15"),
    ("Niccolò;Forlì;Cantù", "cp1252"),
    ("José;León\nAntón;La Coruña", "cp1252 cp850"),
    ("João;São Paulo\nConceição;Florianópolis", "cp1252"),
    ("Põld;Pärnu\nŠmidt;Tõrva\nÕie;Võru", "cp1252 cp1257"),
    ("Łukasz;Żak;Łódź\nWiśniewska;Gdańsk\nDąbrowski;Poznań", "cp1250 iso8859_2"),
    ("Tomáš;Novák;Plzeň\nJiří;Dvořák\nZdeněk;Černý", "cp1250 iso8859_2"),
    ("Szűcs;Győző\nErdős;Béla\nKovács;Éva;Pécs", "cp1250"),
    ("Jānis;Bērziņš;Rīga\nĢirts;Ozoliņš;Liepāja", "cp1257"),
    ("Иван;Петров;Москва\nОльга;Смирнова;Выборг", "cp1251 koi8_r cp866 mac_cyrillic"),
    ("Олексій;Їжакевич", "cp1251"),
    ("Γιώργος;Παπαδόπουλος;Αθήνα", "cp1253"),
    # Only a sign, or letters that are others in the East.
    ("Aho\xa0Ville;12\xa0€", "cp1252"),
    ("O’Neill", "cp1252"),
    ("Aho – Ek;“Aho”", "cp1252"),
    ("Maksu 12 €", "cp1252"),
    ("½;20 °C", "cp1252"),
    ("Hélène;Lévêque", "cp1252"),
    ("Þórður;Guðmundsson;Reykjavík\nSIGURÐSSON", "cp1252"),
    ("Šimkus;Žemaitė;Kėdainiai", "cp1257"),
    ("Tõnu;Õismäe;Šmidt", "cp1252"),
    ("Bö;Ål", "cp850"),
]


@pytest.mark.parametrize(("text", "encoding"), [(text, name) for text, names in LISTS for name in names.split()])
def test_names_tell_an_encoding_from_before_unicode(text, encoding):
    raw = text.encode(encoding)
    assert raw.decode(legacy_encoding(raw), "replace") == text
