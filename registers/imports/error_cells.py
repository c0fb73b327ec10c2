"""What spreadsheet programs show where a formula went wrong: a cell of nothing else is empty, as it is in workbooks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from registers.values import Cell

# As Excel, LibreOffice and Google write them, each in the language of its screens.
_ERRORS = frozenset(
    "#NULL! #DIV/0! #VALUE! #REF! #NAME? #NUM! #N/A #N/A! #GETTING_DATA #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! "
    "#UNKNOWN! #BUSY! #EXTERNAL! #PYTHON! #TIMEOUT! #ERROR! #MACRO? "
    "#TYHJÄ! #JAKO/0! #ARVO! #VIITTAUS! #NIMI? #LUKU! #PUUTTUU #PUUTTUU! #LEVITTYMINEN! "
    "#SKÄRNING! #DIVISION/0! #VÄRDEFEL! #REFERENS! #NAMN? #OGILTIGT! #SAKNAS #SAKNAS! "
    "#NV #NV! #WERT! #BEZUG! #ZAHL! #ÜBERLAUF! #KALK! #DATEN_ABRUFEN #DATEN_ABRUFEN! "
    "#NUL! #VÆRDI! #VERDI! #REFERENCE! #NAVN? #I/T #I/T! #LEEG! #DEEL/0! #WAARDE! #VERW! #NAAM? #GETAL! #N/B "
    "#VALEUR! #NOM? #NOMBRE! #N/D #N/D! #NULO! #VALOR! #NOME? #NÚM! #¡NULO! #¡DIV/0! #¡VALOR! #¡REF! #¿NOMBRE? #¡NUM! "
    "#¡DESBORDAMIENTO! #¡CALC! #VALORE! #RIF! #VALOARE! #NUME? "
    "#ZERO! #DZIEL/0! #ARG! #ADR! #NAZWA? #LICZBA! #DĚLENÍ_NULOU! #HODNOTA! #ODKAZ! #NÁZEV? #ČÍSLO! #NENÍ_K_DISPOZICI "
    "#NEPLATNÝ! #DELENIENULOU! #NÁZOV? #NEDOSTUPNÝ #NULLA! #ZÉRÓOSZTÓ! #ÉRTÉK! #HIV! #NÉV? #SZÁM! #HIÁNYZIK "
    "#VREDN! #ŠTEV! #DEL/0! #IME? #N/V #SKLIC! #NIČ! #VRIJEDNOST! #BROJ! #DIJ/0! #NAZIV? "
    "#ПУСТО! #ДЕЛ/0! #ЗНАЧ! #ССЫЛКА! #ИМЯ? #ЧИСЛО! #Н/Д #ΤΙΜΗ! #ΑΡΙΘ! #ΔΙΑΙΡ./0! #ΟΝΟΜΑ? #Δ/Υ #ΑΝΑΦ! #ΚΕΝΟ! "
    "#BOŞ! #SAYI/0! #DEĞER! #BAŞV! #AD? #SAYI! #YOK".split()
)
# Those of LibreOffice that have no name: “Err:502”.
_NUMBERED = re.compile(r"(?:Err|Virhe|Fel|Fehler|Erreur|Fejl|Feil|Chyba|Błąd|Ошибка)[ \xa0]?:5\d\d\Z")
_BEGINNINGS = frozenset("# EVFCBО")


def is_error(text: str) -> bool:
    """Whether a whole cell only tells of an error; what merely holds such a word is a text."""
    text = text.strip()
    return text in _ERRORS or bool(_NUMBERED.match(text))


def without_errors(cells: Iterable[Cell]) -> list[Cell]:
    """The cells of a row, with nothing where there was an error."""
    return ["" if type(cell) is str and cell[:1] in _BEGINNINGS and is_error(cell) else cell for cell in cells]
