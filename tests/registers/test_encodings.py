"""Encodings from before Unicode, told by the letters of short lists of names."""

from io import BytesIO

import pytest
from django.urls import reverse

from registers.imports.encodings import encoding_labels, legacy_encoding
from registers.imports.mending import find_broken
from registers.models import Contact
from tests.registers.importing import check, confirm, outcome, upload

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
    ("João Conceição;Inês Araújo;Guimarães", "cp1252"),
    ("José;Muñoz\nJesús;Ibáñez", "cp1252"),
    ("Hélène;Noël;12 août\nFrançois;Lefèvre", "cp1252"),
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
    ("İbrahim;Yılmaz;İstanbul\nGülşen;Çağlar;İzmir", "cp1254"),
    ("Ayşe;Şahin\nYıldız", "cp1254"),
    ("שם פרטי;עיר\nדוד;כהן;תל אביב", "cp1255"),
    ("שרה;לוי", "cp1255"),
    ("الاسم;المدينة\nمحمد علي;القاهرة\nفاطمة حسن", "cp1256"),
    ("ชื่อ;นามสกุล\nสมชาย;ใจดี", "cp874"),
    ("氏名;フリガナ;住所\n山田 太郎;ヤマダ タロウ;東京都千代田区千代田1-1", "cp932"),
    ("佐藤 花子;大阪府", "cp932"),
    ("이름;전화번호;주소\n김철수;서울시 강남구\n이영희;부산", "cp949"),
    ("姓名;手机;城市\n李伟;北京\n王芳;上海", "gb18030"),
    ("姓名;電話;地址\n陳美玲;台北市大安區\n林志豪;高雄市", "cp950"),
]


@pytest.mark.parametrize(("text", "encoding"), [(text, name) for text, names in LISTS for name in names.split()])
def test_names_tell_an_encoding_from_before_unicode(text, encoding):
    raw = text.encode(encoding)
    assert raw.decode(legacy_encoding(raw), "replace") == text
    assert encoding in encoding_labels()


@pytest.mark.django_db
def test_a_person_chooses_the_letters_where_they_come_out_wrong(register, editor):
    batch = upload(register, BytesIO("Etunimi;E-mail\nAyşe;a@x.tr\n".encode("cp1254")))
    step = reverse("registers:import_step", args=[batch.pk])
    assert '<option value="cp1257" selected>Baltic</option>' in editor.get(step).content.decode()
    editor.post(step, {"encoding": "rot13"})
    batch.refresh_from_db()
    assert batch.encoding == "cp1257"  # what is none is found anew
    editor.post(step, {"encoding": "cp1254"})
    batch.refresh_from_db()
    confirm(check(batch))
    assert Contact.objects.get().first_name == "Ayşe"


@pytest.mark.django_db
def test_in_unicode_there_is_nothing_to_choose(register, editor):
    batch = upload(register, BytesIO("Etunimi;E-mail\nAyşe;a@x.tr\n".encode()))
    assert 'name="encoding"' not in editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Päivi Öhman", "Łukasz Żak", "Ольга Ñ", "Иван", "José – “x”", "Ágnes", "山田"])
def test_letters_that_were_saved_wrongly_are_mended_and_said(register, name):
    unknown = b"\x81\x8d\x8f\x90\x9d"
    broken = "".join(chr(at) if at in unknown else bytes([at]).decode("cp1252") for at in name.encode())
    batch = confirm(check(upload(register, BytesIO(f"Last name;E-mail\n{broken};a@x.fi\n".encode()))))
    assert Contact.objects.get().last_name == name
    assert batch.notes == [f"The file was saved wrongly by another program: “{broken}” is read as “{name}”."]


@pytest.mark.parametrize("name", ["CAFÉ® Âme", "ANDRÉ’S", "NESTLÉ®", "Ærø", "Ö–", "ÅÄÖ", "Ã"])
def test_nothing_else_is_mended(name):
    assert not find_broken([[name]])


@pytest.mark.parametrize("legacy", ["cp1252", "cp1250", "cp1251", "gb18030"])
def test_each_row_of_a_file_of_two_encodings_is_read_in_its_own(register, legacy):
    names = {
        "cp1251": ["Ольга", "Пётр", "Юрий"],
        "cp1250": ["Jiří", "Łukasz", "Tomáš"],
        "gb18030": ["张伟", "王芳", "李娜"],
    }
    names = names.get(legacy, ["Päivi", "Åke", "Jürgen"])
    lines = [f"{name};p{at}@example.fi\n" for at, name in enumerate(names * 2)]
    file = "Etunimi;Sähköposti\n".encode() + "".join(lines[:3]).encode() + "".join(lines[3:]).encode(legacy)
    batch = upload(register, BytesIO(file))
    assert [("two encodings" in note) for note in batch.notes] == [True]
    dry = outcome(check(batch))
    assert outcome(confirm(batch)) == dry
    assert sorted(Contact.objects.values_list("first_name", flat=True)) == sorted(names * 2)
