"""What the columns of spreadsheets are called, in some thirty languages and by the address books of large programs."""

from registers.imports.parts import (
    COMPANY,
    FAMILY_FIRST,
    FULL_NAME,
    HOUSE_ADDITION,
    HOUSE_NUMBER,
    NAME_PREFIX,
    POSTCODE_CITY,
    ROLE,
)

# Finnish, English, Swedish, German, Russian; Norwegian, Danish, Estonian, Dutch, French, Spanish, Italian, Portuguese
# and Polish; below, those of others. Folded (registers.texts.fold): case, punctuation and underscores do not count.
WORDS = {
    "first_name": (
        "etunimi, etunimet, kutsumanimi, first name, firstname, first names, given name, given names, forename, "
        "christian name, förnamn, tilltalsnamn, vorname, vornamen, rufname, имя, fornavn, eesnimi, voornaam, roepnaam, "
        "prénom, prénoms, nombre de pila, primer nombre, nome próprio, primeiro nome, imię, imiona, 名, etunimesi"
    ),
    "last_name": (
        "sukunimi, last name, lastname, surname, family name, familyname, efternamn, nachname, familienname, zuname, "
        "фамилия, etternavn, efternavn, slektsnavn, perekonnanimi, perenimi, achternaam, familienaam, nom de famille, "
        "nom d usage, apellido1, apellido 1, apellido, apellidos, primer apellido, cognome, apelido, "
        "sobrenome, nazwisko, 姓, 名字, sukunimesi"
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
        "お名前, ご氏名, display name, name of participant, name of the participant, nimesi, osallistujan nimi, "
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
    # Without “title”, which is “Dr.” in address books and what a talk is about in lists of speakers.
    ROLE: (
        "tehtävä, työtehtävä, tehtävänimike, nimike, ammattinimike, rooli, asema, asema yrityksessä, job title, "
        "jobtitle, position, job position, role, role in company, role in the company, organization title, "
        "organization 1 title, titel, yrkestitel, befattning, roll, rolle, funktion, stellung, "
        "berufsbezeichnung, jobtitel, должность, stilling, stillingsbetegnelse, ametikoht, ametinimetus, amet, "
        "functie, functietitel, fonction, poste, puesto, cargo, ruolo, posizione, qualifica, stanowisko"
    ),
    COMPANY: (
        "yritys, yrityksen nimi, työpaikka, työnantaja, organisaatio, company, company name, employer, organisation, "
        "organization, organisation name, organization name, account name, företag, företagsnamn, "
        "arbetsgivare, firma, unternehmen, firmenname, unternehmensname, "
        "arbeitgeber, компания, организация, место работы, bedrift, arbeidsgiver, virksomhed, arbejdsgiver, ettevõte, "
        "asutus, bedrijf, bedrijfsnaam, werkgever, organisatie, entreprise, société, employeur, empresa, compañía, "
        "azienda, società, ditta, nazwa firmy, pracodawca, firm, firm name, work place, workplace"
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
        "sms, sms number, puhelin, puhelinnumero, puh, puhelin nro, matkapuhelin, matkapuhelinnumero, gsm, "
        "kännykkä, phone, "
        "phone number, telephone, telephone number, mobile, mobile phone, mobile number, cell, cell phone, cellphone, "
        "telefon, telefonnummer, telefonnr, mobil, mobiltelefon, mobilnummer, mobilnr, handy, handynummer, tel, "
        "tel nr, телефон, мобильный, мобильный телефон, номер телефона, primary phone, whatsapp, tlf, tlf nr, "
        "mobiel, mobiele telefoon, telefoon, telefoonnummer, gsm nummer, telefoninumber, mobiiltelefon, "
        "téléphone, téléphone portable, téléphone mobile, portable, numéro de téléphone, teléfono, teléfono móvil, "
        "móvil, celular, telefono, telefono cellulare, cellulare, numero di telefono, telefone, telemóvel, "
        "numer telefonu, nr telefonu, telefon komórkowy, komórka, tél, tél portable, tél mobile, tél fixe, "
        "電話, 電話番号, お電話番号, 携帯, 携帯電話, 携帯電話番号, puhelinnumerosi"
    ),
    "external_id": (
        "id, jäsennumero, jäsennro, jäsen nro, asiakasnumero, asiakasnro, tunnus, henkilönumero, member number, "
        "member no, member id, membership number, membership no, membership id, customer number, customer no, "
        "customer id, client id, id number, id no, id nr, contact id, person id, record id, external id, "
        "external identifier, medlemsnummer, medlemsnr, kundnummer, kundnr, mitgliedsnummer, mitgliedsnr, "
        "mitglieds nr, mitgl nr, kundennummer, kundennr, kunden nr, номер члена, номер клиента, ид, kundenummer, "
        "liikmenumber, kliendinumber, "
        "lidnummer, lidnr, klantnummer, klantnr, numéro de membre, numéro d adhérent, n adhérent, "
        "numéro client, número de socio, número de cliente, numero socio, numero cliente, número de sócio, "
        "numer członka, numer klienta, relatienummer, relatienr, nº socio, nº de socio, nº sócio, nº de sócio, "
        "número sócio, nº de adhérent, nº adhérent, "
        "num socio, 会員番号, jäsen id, jäsentunnus, asiakastunnus, n licence, n de licence, numéro de licence, "
        "datensatz id, kontakt id, sport id, sport id numero, "
        "lisenssinumero, license number"
    ),
    "street": (
        "gata, katuosoite, lähiosoite, osoite, postiosoite, kotiosoite, street, street address, address, "
        "address line 1, "
        "address 1, home address, mailing address, postal address, adress, gatuadress, hemadress, strasse, straße, "
        "anschrift, postanschrift, adresse, straße und hausnummer, straße und nr, straße nr, straße hausnummer, "
        "strasse nr, адрес, улица, gateadresse, postadresse, vej, aadress, tänav, straat, adres, straat en huisnummer, "
        "rue, adresse postale, dirección, calle, domicilio, indirizzo, via, morada, endereço, rua, ulica, "
        "ulica i numer, 住所, ご住所, address1"
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
        "pin code, pincode, "
        "zip postal code, postnummer, postnr, plz, postleitzahl, индекс, почтовый индекс, postiindeks, sihtnumber, "
        "code postal, cp, cep, código postal, cód postal, c p, cap, codice postale, kod pocztowy, 郵便番号"
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
        "data de nascimento, nascimento, data nasc, dt nascimento, data urodzenia, urodziny, data ur, "
        "f nacimiento, f nac, "
        "fecha nacimiento, fecha nac, geb dat, "
        "geb datum, 生年月日"
    ),
    "source": ("lähde, source, källa, quelle, источник"),
    "deceased": (
        "kuollut, deceased, is deceased, avliden, död, verstorben, gestorben, décédé, fallecido, deceduto, overleden"
    ),
}
# Czech, Slovak, Hungarian, Romanian, Croatian and its neighbours; Latvian, Lithuanian, Icelandic, Turkish, Ukrainian,
# Bulgarian and Greek; Catalan, Vietnamese, Indonesian; Hebrew, Arabic, Thai, Chinese and Korean.
WORDS_ELSEWHERE = {
    "first_name": (
        "jméno, křestní jméno, meno, krstné meno, keresztnév, utónév, prenume, ime, име, vārds, vardas, eiginnafn, ad, "
        "adı, ім я, імʼя, όνομα, tên, nama depan, שם פרטי, الاسم الأول, ชื่อ"
    ),
    "last_name": (
        "příjmení, priezvisko, vezetéknév, családnév, nume, nume de familie, prezime, priimek, uzvārds, pavardė, "
        "kenninafn, soyad, soyadı, soyisim, прізвище, επώνυμο, επίθετο, cognoms, họ, nama belakang, שם משפחה, "
        "اسم العائلة, اللقب, นามสกุล"
    ),
    FULL_NAME: (
        "jméno a příjmení, celé jméno, meno a priezvisko, nume complet, ime i prezime, ime in priimek, "
        "vārds uzvārds, vārds un uzvārds, vardas pavardė, vardas ir pavardė, nafn, fullt nafn, isim, ad soyad, "
        "adı soyadı, ім я та прізвище, име и фамилия, ονοματεπώνυμο, nom i cognoms, nama, nama lengkap, שם, שם מלא, "
        "الاسم, الاسم الكامل, ชื่อ นามสกุล"
    ),
    FAMILY_FIRST: (
        "příjmení a jméno, priezvisko a meno, név, teljes név, nume și prenume, nume prenume, prezime i ime, "
        "uzvārds vārds, pavardė vardas, піб, прізвище та ім я, họ và tên, họ tên, 姓名, 名前, 이름, 성명"
    ),
    "alternative_name": "フリガナ, ふりがな, カナ, ヨミガナ",
    ROLE: (
        "pozice, pozícia, beosztás, funcție, amats, pareigos, starfsheiti, unvan, посада, длъжност, θέση, càrrec, "
        "职位, 役職, 직책"
    ),
    COMPANY: (
        "společnost, spoločnosť, cég, cégnév, companie, tvrtka, podjetje, uzņēmums, įmonė, fyrirtæki, şirket, "
        "公司, 회사"
    ),
    "email": (
        "e mailová adresa, e mail cím, adresă de e mail, e pošta, e pasts, epasts, e pasta adrese, "
        "el paštas, elektroninis paštas, netfang, tölvupóstur, e posta, e posta adresi, eposta, електронна пошта, "
        "імейл, имейл, ηλεκτρονικό ταχυδρομείο, correu electrònic, correu, surel, אימייל, דואר אלקטרוני, דוא ל, מייל, "
        "البريد الإلكتروني, الايميل, อีเมล, 邮箱, 电子邮件, 電子郵件, 이메일"
    ),
    "phone": (
        "mobilní telefon, mobilný telefón, telefón, telefonszám, mobiltelefon, mobilszám, număr de telefon, mobitel, "
        "mobilni telefon, broj telefona, tālrunis, mobilais tālrunis, telefonas, mobilusis telefonas, sími, farsími, "
        "gsm sími, cep telefonu, мобільний телефон, номер телефону, τηλέφωνο, κινητό, telèfon, mòbil, "
        "số điện thoại, điện thoại, telepon, no hp, nomor telepon, טלפון, טלפון נייד, נייד, הטלפון, الهاتف, "
        "رقم الهاتف, الجوال, رقم الجوال, رقم الموبايل, الموبايل, الهاتف المحمول, رقم الهاتف المحمول, رقم التليفون, "
        " โทรศัพท์, เบอร์โทร, เบอร์โทรศัพท์, มือถือ, "
        "手机, 手机号, 手机号码, 手機, 电话, 전화번호, 전화, 휴대폰, 연락처"
    ),
    "external_id": "členské číslo, číslo člena, tagsági szám, azonosító, članski broj, üye no, müşteri no",
    "street": (
        "katu, ulice, adresa, cím, lakcím, utca, stradă, strada, iela, adrese, gatvė, adresas, heimili, "
        "heimilisfang, adres, sokak, вулиця, улица и номер, διεύθυνση, οδός, adreça, carrer, địa chỉ, alamat, כתובת, "
        "רחוב, العنوان, الشارع, ที่อยู่, 地址, 주소"
    ),
    "postcode": (
        "psč, poštovní směrovací číslo, irányítószám, irsz, cod poștal, poštanski broj, poštna številka, "
        "pasta indekss, pašto kodas, póstnúmer, póstnr, posta kodu, поштовий індекс, індекс, пощенски код, "
        "ταχυδρομικός κώδικας, τκ, τ κ, "
        "codi postal, mã bưu điện, kode pos, מיקוד, الرمز البريدي, รหัสไปรษณีย์, 邮编, 邮政编码, 郵遞區號, 우편번호"
    ),
    "city": (
        "město, obec, mesto, város, település, oraș, localitate, grad, mjesto, pilsēta, miestas, staður, bær, "
        "sveitarfélag, şehir, місто, населений пункт, πόλη, població, ciutat, thành phố, kota, עיר, ישוב, المدينة, "
        "จังหวัด, 城市, 도시"
    ),
    "country": (
        "země, krajina, ország, țară, država, valsts, šalis, ülke, країна, държава, χώρα, quốc gia, negara, ארץ, "
        "الدولة, البلد, ประเทศ, 国家, 國家, 국가"
    ),
    "birth_date": (
        "datum narození, narozen, dátum narodenia, születési dátum, születési idő, születésnap, data nașterii, "
        "datum rođenja, datum rojstva, dzimšanas datums, gimimo data, fæðingardagur, fæðingardagur og ár, "
        "doğum tarihi, дата народження, дата на раждане, ημερομηνία γέννησης, data de naixement, ngày sinh, "
        "tanggal lahir, תאריך לידה, تاريخ الميلاد, วันเกิด, 出生日期, 生日, 생년월일, 생일, geb"
    ),
}  # fmt: skip
# What may be said of other columns as well.
WEAK_WORDS = {
    FULL_NAME: (
        "osallistuja, osallistujat, jäsen, jäsenet, henkilö, henkilöt, ilmoittautuja, asiakas, lapsi, "
        "lapsen nimi, pelaaja, "
        "laulaja, soittaja, participant, participants, attendee, guest, member, members, person, customer, contact, "
        "child, child name, child s name, player, volunteer, deltagare, medlem, medlemmar, kund, barn, barnets namn, "
        "spelare, teilnehmer, teilnehmerin, mitglied, mitglieder, kunde, kind, name des kindes, spieler, deltager, "
        "deltaker, osaleja, liige, deelnemer, lid, leden, membre, adhérent, adhérente, enfant, nom de l enfant, "
        "participante, socio, miembro, alumno, partecipante, iscritto, uczestnik, członek, участник, член, "
        "клиент, ребенок, donor, lahjoittaja, givare, spender, donateur, donante, student, pupil, oppilas, "
        "opiskelija, elev, schüler, schülerin, élève, asukas, resident, yhteyshenkilö, contact person, kontaktperson, "
        "ansprechpartner, ansprechpartnerin, contactpersoon, persona de contacto"
    ),
    POSTCODE_CITY: "postadress, postadr, postort och postnr, ort och postnummer",
}
# Which of its members' numbers a state gives out; laws say who may keep them.
NATIONAL_IDS = (
    "henkilötunnus, hetu, sotu, sosiaaliturvatunnus, passinumero, passin numero, personal identity code, "
    "personal identity number, personal id code, personal identification code, personal code, "
    " personal id number, national id, national id number, national identification number, "
    "national insurance number, social security number, social security no, ssn, passport, passport number, "
    "passport no, personnummer, personbeteckning, passnummer, fødselsnummer, cpr, cpr nr, cpr nummer, kennitala, "
    "isikukood, personas kods, asmens kodas, sozialversicherungsnummer, sv nummer, steuer id, "
    "steueridentifikationsnummer, reisepassnummer, burgerservicenummer, bsn, rijksregisternummer, "
    "numéro de sécurité sociale, numéro national, nir, dni, nif, nie, pasaporte, codice fiscale, cpf, pesel, "
    "rodné číslo, cnp, егн, инн, снилс, паспорт, номер паспорта, 身份证, 身份证号, 주민등록번호, マイナンバー"
)
