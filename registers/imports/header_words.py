"""What the columns of spreadsheets are called: in a dozen languages, and by the address books of large programs."""

from __future__ import annotations

import re

from registers.imports.parts import (
    FAMILY_FIRST,
    FULL_NAME,
    HOUSE_ADDITION,
    HOUSE_NUMBER,
    NAME_PREFIX,
    POSTCODE_CITY,
    WHOLE_NAMES,
)
from registers.texts import fold, plain

COMPANY = "company"  # not a column of the contact: found by its name, or made

# Finnish, English, Swedish, German, Russian; Norwegian, Danish, Estonian, Dutch, French, Spanish, Italian, Portuguese
# and Polish. Folded (registers.texts.fold): case, punctuation and underscores do not count.
_WORDS = {
    "first_name": (
        "etunimi, etunimet, kutsumanimi, first name, firstname, first names, given name, given names, forename, "
        "christian name, förnamn, tilltalsnamn, vorname, vornamen, rufname, имя, fornavn, eesnimi, voornaam, roepnaam, "
        "prénom, prénoms, nombre de pila, primer nombre, nome próprio, primeiro nome, imię, imiona, 名, etunimesi"
    ),
    "last_name": (
        "sukunimi, last name, lastname, surname, family name, familyname, efternamn, nachname, familienname, zuname, "
        "фамилия, etternavn, efternavn, slektsnavn, perekonnanimi, perenimi, achternaam, familienaam, nom de famille, "
        "apellido, apellidos, primer apellido, cognome, apelido, sobrenome, nazwisko, 姓, 名字, sukunimesi"
    ),
    FULL_NAME: (
        "nimi, name, names, koko nimi, nimet, full name, fullname, complete name, namn, fullständigt namn, "
        "vor und nachname, vollständiger name, имя и фамилия, navn, fulle navn, fulde navn, fullt navn, nimi täielik, "
        "täisnimi, naam, volledige naam, nom, nom complet, prénom et nom, nombre, nombre completo, "
        "nombre y apellidos, nombre y apellido, nome, nome completo, nome e cognome, imię i nazwisko, member name, "
        "contact name, participant name, attendee name, guest name, customer name, etu ja sukunimi, etu ja sukunimet, "
        "etunimi ja sukunimi, etunimi sukunimi, etunimet ja sukunimi, för och efternamn, förnamn och efternamn, "
        "fornavn og etternavn, fornavn og efternavn, for og etternavn, for og efternavn, vorname nachname, "
        "vorname und nachname, vorname name, voor en achternaam, voornaam en achternaam, ees ja perekonnanimi, "
        "first and last name, first name last name, first name and last name, prénom nom, nombre apellidos, "
        "お名前, display name, name of participant, name of the participant, nimesi, osallistujan nimi, "
        "ilmoittautujan nimi, deltagarens namn, name des teilnehmers, nom du participant, nombre del participante"
    ),
    FAMILY_FIRST: (
        "фио, ф и о, фамилия имя, фамилия и имя, фамилия имя отчество, sukunimi ja etunimi, sukunimi ja etunimet, "
        "sukunimi etunimi, sukunimi etunimet, last name first name, surname and first name, surname first name, "
        "surname name, nachname vorname, name vorname, nach und vorname, efternamn och förnamn, efternamn förnamn, "
        "nom et prénom, nom prénom, nom prénoms, cognome e nome, cognome nome, apellidos y nombre, apellidos nombre, "
        "nazwisko i imię, nazwisko imię, achternaam voornaam, etternavn fornavn, efternavn fornavn, "
        "last first, name last first, name last name first, name surname first, suku ja etunimi, suku ja etunimet, "
        "efter och förnamn, last and first name, last name and first name, naam en voornaam, 氏名"
    ),
    NAME_PREFIX: (
        "tussenvoegsel, tussenvoegsels, tussenv, voorv, voorvoegsel, voorvoegsels, infix, surname prefix, "
        "last name prefix, namenszusatz, namensvorsatz, vorsatzwort"
    ),
    "alternative_name": (
        "alternative spelling, alternative name, name in cyrillic, cyrillic name, native name, name in native script, "
        "local name, transliteration, nimi kyrillisin kirjaimin, kyrillinen nimi, vaihtoehtoinen kirjoitusasu, "
        "rinnakkaisnimi, alternativ stavning, kyrilliskt namn, alternative schreibweise, kyrillischer name, "
        "имя кириллицей, имя латиницей, имя на русском, имя по русски, альтернативное написание"
    ),
    COMPANY: (
        "yritys, yrityksen nimi, työpaikka, työnantaja, organisaatio, company, company name, employer, organisation, "
        "organization, organisation name, organization name, företag, företagsnamn, arbetsgivare, firma, unternehmen, "
        "arbeitgeber, компания, организация, место работы, bedrift, arbeidsgiver, virksomhed, arbejdsgiver, ettevõte, "
        "asutus, bedrijf, bedrijfsnaam, werkgever, organisatie, entreprise, société, employeur, empresa, compañía, "
        "azienda, società, ditta, nazwa firmy, pracodawca, firm, firm name"
    ),
    "email": (
        "sähköposti, sähköpostiosoite, sposti, s posti, email, e mail, email address, e mail address, "
        "mail, epost, e post, e postadress, mejl, mailadresse, e mail adresse, почта, электронная почта, "
        "эл почта, емейл, адрес электронной почты, primary email, e postadresse, epostadresse, mailadres, "
        "e mailadres, emailadres, meil, e posti aadress, courriel, adresse e mail, adresse mail, adresse électronique, "
        "adresse de courriel, correo, correo electrónico, email personal, posta elettronica, indirizzo email, "
        "indirizzo e mail, correio eletrónico, correio eletrônico, adres e mail, adres email, adres mailowy, "
        "メールアドレス, メール, eメール, sähköpostisi, sähköpostiosoitteesi"
    ),
    "phone": (
        "puhelin, puhelinnumero, puh, puhelin nro, matkapuhelin, matkapuhelinnumero, gsm, kännykkä, phone, "
        "phone number, telephone, telephone number, mobile, mobile phone, mobile number, cell, cell phone, cellphone, "
        "telefon, telefonnummer, telefonnr, mobil, mobiltelefon, mobilnummer, mobilnr, handy, handynummer, tel, "
        "tel nr, телефон, мобильный, мобильный телефон, номер телефона, primary phone, whatsapp, tlf, tlf nr, "
        "mobiel, mobiele telefoon, telefoon, telefoonnummer, gsm nummer, telefoninumber, mobiiltelefon, "
        "téléphone, téléphone portable, téléphone mobile, portable, numéro de téléphone, teléfono, teléfono móvil, "
        "móvil, celular, telefono, telefono cellulare, cellulare, numero di telefono, telefone, telemóvel, "
        "numer telefonu, nr telefonu, telefon komórkowy, komórka, tél, tél portable, tél mobile, tél fixe, "
        "電話, 電話番号, 携帯, 携帯電話, puhelinnumerosi"
    ),
    "external_id": (
        "id, jäsennumero, jäsennro, jäsen nro, asiakasnumero, asiakasnro, tunnus, henkilönumero, member number, "
        "member no, member id, membership number, membership no, membership id, customer number, customer no, "
        "customer id, client id, id number, id no, id nr, contact id, person id, record id, external id, "
        "external identifier, medlemsnummer, medlemsnr, kundnummer, kundnr, mitgliedsnummer, mitgliedsnr, "
        "mitglieds nr, kundennummer, kundennr, kunden nr, номер члена, номер клиента, ид, kundenummer, liikmenumber, "
        "kliendinumber, lidnummer, lidnr, klantnummer, klantnr, numéro de membre, numéro d adhérent, n adhérent, "
        "numéro client, número de socio, número de cliente, numero socio, numero cliente, número de sócio, "
        "numer członka, numer klienta, relatienummer, relatienr, nº socio, nº de socio, nº de adhérent, nº adhérent, "
        "num socio, 会員番号"
    ),
    "street": (
        "katuosoite, lähiosoite, osoite, postiosoite, kotiosoite, street, street address, address, address line 1, "
        "address 1, home address, mailing address, postal address, adress, gatuadress, hemadress, strasse, straße, "
        "anschrift, postanschrift, adresse, straße und hausnummer, straße und nr, straße nr, straße hausnummer, "
        "strasse nr, адрес, улица, gateadresse, postadresse, vej, aadress, tänav, straat, adres, straat en huisnummer, "
        "rue, adresse postale, dirección, calle, domicilio, indirizzo, via, morada, endereço, rua, ulica, "
        "ulica i numer, 住所, address1"
    ),
    HOUSE_NUMBER: (
        "huisnummer, huisnr, huis nr, hausnummer, hausnr, haus nr, house number, house no, house nr, husnummer, husnr, "
        "talon numero, talonumero, numero civico, civico, nr domu, numer domu, maja nr, majanumber, дом"
    ),
    HOUSE_ADDITION: (
        "toevoeging, toev, huisnummertoevoeging, huisnummer toevoeging, huisnr toevoeging, huisnr toev, "
        "hausnummerzusatz, hausnummer zusatz, hausnr zusatz, house number addition"
    ),
    "postcode": (
        "postinumero, postinro, postin numero, zip, zip code, zipcode, postcode, postal code, post code, "
        "zip postal code, postnummer, postnr, plz, postleitzahl, индекс, почтовый индекс, postiindeks, sihtnumber, "
        "code postal, cp, código postal, cód postal, c p, cap, codice postale, kod pocztowy, 郵便番号"
    ),
    "city": (
        "paikkakunta, postitoimipaikka, kaupunki, kunta, kotikunta, kotipaikka, toimipaikka, city, town, place, "
        "post town, city town, ort, postort, stad, stadt, wohnort, bostadsort, hemort, город, населённый пункт, "
        "населенный пункт, poststed, by, linn, asula, woonplaats, plaats, ville, commune, localité, ciudad, "
        "localidad, población, municipio, città, comune, località, cidade, localidade, miasto, miejscowość, sted, "
        "tmpk, ptp, postitmpk"
    ),
    # Wherever else both are named: _is_place.
    POSTCODE_CITY: (
        "city state zip, city state zip code, city state postal code, postcode gemeente, postcode en gemeente, "
        "postnr gemeente, postnr en gemeente, postnummer gemeente, postnummer en gemeente"
    ),
    "country": (
        "maa, kotimaa, country, country region, country code, land, страна, riik, pays, país, nazione, paese, kraj, 国"
    ),
    "language": (
        "kieli, asiointikieli, äidinkieli, language, preferred language, mother tongue, språk, modersmål, sprache, "
        "язык, sprog, keel, taal, langue, idioma, lengua, lingua, língua, język, 言語"
    ),
    "birth_date": (
        "syntymäaika, syntymäpäivä, syntynyt, synt, synt aika, birthdate, birth date, date of birth, birthday, "
        "born, dob, d o b, född, födelsedatum, födelsedag, födelsetid, geburtsdatum, geburtstag, geboren, "
        "дата рождения, день рождения, fødselsdato, fødselsdag, født, sünniaeg, sünnikuupäev, sünnipäev, "
        "geboortedatum, date de naissance, né le, née le, fecha de nacimiento, nacimiento, data di nascita, "
        "data de nascimento, data urodzenia, urodziny, f nacimiento, fecha nacimiento, fecha nac, geb dat, "
        "geb datum, 生年月日"
    ),
    "source": ("lähde, source, källa, quelle, источник"),
    "deceased": (
        "kuollut, deceased, is deceased, avliden, död, verstorben, gestorben, décédé, fallecido, deceduto, overleden"
    ),
}
_TARGETS = {fold(word): target for target, words in _WORDS.items() for word in words.split(",")}
# As programs write them that know no accents.
_BARE = {plain(word): target for word, target in reversed(_TARGETS.items())}
# Between the words for a postcode and for a town.
_AND = frozenset(["and", "ja", "och", "und", "og", "en", "et", "y", "e", "i", "и"])
# One word for the whole name, or for what is left of it where the other half has a column of its own.
_WHOLE_OR_HALF = frozenset(map(fold, ["nimi", "name", "namn", "navn", "naam", "nom", "nombre", "nome", "names"]))
# “E-mail 1 - Type” says what kind of address stands beside it.
_KINDS = frozenset(["type", "label", "typ", "tyyppi", "тип"])
# Shorter ones mean too much at the beginning of something longer: “Via e-mail”, “By whom”.
_SHORTEST_START = 4
_MOST_WORDS = 8
_SHORT_STARTS = frozenset(["tel", "gsm", "puh", "tlf"])
_NUMBERED = re.compile(r"(.+?) \d+ (\D+)")
_WHOSE = re.compile(
    r"(?:home|private|personal|primary|main|business|work|koti|privat|hem|mailing|billing|shipping|delivery|default)"
    r"(?: address)? (.+)"
)
# As forms ask: “Your name”, “Ihre E-Mail-Adresse”.
_YOURS = re.compile(
    r"(?:what is )?(?:your|ihr|ihre|dein|deine|ditt|din|dit|je|uw|votre|su|tu|il tuo|la tua|il suo|la sua|seu|sua|"
    r"teie|sinu|ваше|ваш|twoje|twój) (.+)"
)


def target_of(header: str) -> str:
    """Where the values under a header of exactly these words go: a column key, one of NO_COLUMNS, COMPANY or ""."""
    return _target(fold(header))


def target_by_part(header: str) -> str:
    """The same by the words that it begins with, or by the part that it names: “Mobile (evenings)”,
    “E-mail 1 - Value”, “Address 1 - City”, “Home Postal Code”."""
    text = fold(header)
    if text.rpartition(" ")[2] in _KINDS:
        return ""
    if numbered := _NUMBERED.fullmatch(text):
        what, part = numbered.groups()
        return _target(what if part in ("value", "name") else part)
    if yours := _YOURS.fullmatch(text):
        return _target(yours[1])
    if (whose := _WHOSE.fullmatch(text)) and (of_whom := _target(whose[1])):
        return "" if of_whom in WHOLE_NAMES else of_whom
    words = text.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        start = " ".join(words[:count])
        if (target := _target(start)) and (len(start) >= _SHORTEST_START or start in _SHORT_STARTS):
            return target if target not in WHOLE_NAMES or count == len(words) else ""
    return ""


def _target(text: str) -> str:
    return _TARGETS.get(text) or _BARE.get(text) or (POSTCODE_CITY if _is_place(text) else "")


def _is_place(text: str) -> bool:
    """“PLZ/Ort”, “Postcode and town”, “Postinumero ja -toimipaikka”: words for both, in either order."""
    words = [word for word in text.split() if word not in _AND]
    halves = ((_TARGETS.get(" ".join(words[:at])), _TARGETS.get(" ".join(words[at:]))) for at in range(1, len(words)))
    return any(half in (("postcode", "city"), ("city", "postcode")) for half in halves)


def is_kind(header: str) -> bool:
    """Whether it says of what kind an address or a number beside it is: “E-mail 1 - Type”."""
    words = [word for word in fold(header).split() if not word.isdecimal()]
    return bool(words) and words[-1] in _KINDS and " ".join(words[:-1]) in _TARGETS


def is_whole_or_half(header: str) -> bool:
    """Whether it may mean one half of the name only, as in “Name; First name”."""
    return fold(header) in _WHOLE_OR_HALF


def known_among(headers: list[str]) -> int:
    """How many of these are words for columns."""
    return sum(bool(target_of(header) or target_by_part(header)) for header in headers)
