"""A segment finds exactly those whom its rule, read aloud, describes; a forged rule is refused in words."""

import datetime as dt
import itertools

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registers.columns import columns_for
from registers.conditions import OPERATORS, RuleMistake
from registers.consents import record_consent
from registers.memberships import add_to_group
from registers.models import Contact, Group, Purpose
from registers.rules import describe_rule
from registers.segments import CONSENT, GROUP, MATCHES, MAX_DEPTH, compile_rule

TEXTS = st.sampled_from(["", "Kemi", "kemi", "Kemijärvi", "Åbo", "åbo", "50 %", "a_b", "яя", "Яя"])
NUMBERS = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from([0.5, 2.25]))
DATES = st.one_of(st.none(), st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 5)))
TODAY = dt.date(2020, 1, 3)
GENDERS, INTERESTS = ("nainen", "mies"), ("musiikki", "ruoka-viini", "lapset")


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    monkeypatch.setattr("registers.date_conditions.today", lambda: TODAY)


@st.composite
def people(draw):
    attributes = {
        "company": draw(TEXTS) or None,
        "turnover": draw(NUMBERS),
        "joined": (joined := draw(DATES)) and joined.isoformat(),
        "gender": draw(st.sampled_from([None, *GENDERS])),
        "interests": draw(st.lists(st.sampled_from(INTERESTS), unique=True)) or None,
        "volunteer": draw(st.sampled_from([None, True, False])),
    }
    return {
        "city": draw(TEXTS),
        "birth_date": draw(DATES),
        "deceased": draw(st.booleans()),
        "in_group": draw(st.booleans()),
        "attributes": {key: value for key, value in attributes.items() if value is not None},
    }


COLUMNS = {
    "city": "text", "attributes.company": "text", "attributes.turnover": "number", "birth_date": "date",
    "attributes.joined": "date", "attributes.gender": "choice", "attributes.interests": "multiple_choice",
    "attributes.volunteer": "yes_no", "deceased": "yes_no",
}  # fmt: skip
VALUES = {
    "text": TEXTS.filter(bool),
    "number": NUMBERS.filter(lambda number: number is not None),
    "date": DATES.filter(bool).map(lambda date: date.isoformat()),
    "yes_no": st.none(),
}
NUMBERS_OF_DAYS = st.integers(1, 3).map(str)


@st.composite
def conditions(draw):
    if draw(st.integers(0, 9)) == 0:
        return {"column": GROUP, "op": draw(st.sampled_from(["in", "not_in"])), "value": "the group"}
    key = draw(st.sampled_from(sorted(COLUMNS)))
    kind = COLUMNS[key]
    operator = draw(st.sampled_from(OPERATORS[kind][:2] if key == "deceased" else OPERATORS[kind]))
    condition = {"column": key, "op": operator.key}
    if operator.takes != "nothing":
        codes = {"attributes.gender": GENDERS, "attributes.interests": INTERESTS}.get(key)
        one = NUMBERS_OF_DAYS if operator.takes == "days" else st.sampled_from(codes) if codes else VALUES[kind]
        several = st.lists(one, min_size=1, max_size=3)
        condition["value"] = draw(several if operator.takes == "several" else one)
    return condition


def fits(person, condition):
    """The same rule in plain Python."""
    key, op, wanted = condition["column"], condition["op"], condition.get("value")
    if key == GROUP:
        return person["in_group"] is (op == "in")
    value = person["attributes"].get(key.removeprefix("attributes.")) if "." in key else person[key]
    if isinstance(value, dt.date):
        value = value.isoformat()
    if op in ("filled", "empty"):
        return (value not in (None, "")) is (op == "filled")
    if COLUMNS[key] == "yes_no":
        return value is False if op == "said_no" else (value is True) is (op == "yes")
    if COLUMNS[key] == "text":
        text, words = (
            (value or "").lower(),
            [str(each).lower() for each in ([wanted] if isinstance(wanted, str) else wanted)],
        )
        return {
            "is": text == words[0],
            "is_not": text != words[0],
            "contains": words[0] in text,
            "contains_not": words[0] not in text,
            "starts": text.startswith(words[0]),
            "any_of": text in words,
        }[op]
    if COLUMNS[key] == "choice":
        return (value in wanted) is (op == "any_of")
    if COLUMNS[key] == "multiple_choice":
        has = set(value or ())
        return {"any_of": bool(has & set(wanted)), "none_of": not has & set(wanted), "all_of": has >= set(wanted)}[op]
    if value is None:
        return False
    if op in ("past", "last_days", "next_days"):
        ahead = (dt.date.fromisoformat(value) - TODAY).days
        far = int(wanted or 0)
        return {"past": ahead < 0, "last_days": 0 <= -ahead <= far, "next_days": 0 <= ahead <= far}[op]
    return {
        "eq": value == wanted, "on": value == wanted, "lt": value < wanted, "before": value < wanted,
        "gt": value > wanted, "after": value > wanted, "lte": value <= wanted, "gte": value >= wanted,
    }[op]  # fmt: skip


@st.composite
def rules(draw, depth=1):
    parts = st.one_of(conditions(), rules(depth=depth + 1)) if depth < MAX_DEPTH else conditions()
    return {"match": draw(st.sampled_from(MATCHES)), "conditions": draw(st.lists(parts, min_size=1, max_size=3))}


def belongs(person, rule):
    """A whole rule in plain Python."""
    answers = [belongs(person, part) if "conditions" in part else fits(person, part) for part in rule["conditions"]]
    return {"all": all(answers), "any": any(answers), "none": not any(answers)}[rule["match"]]


def in_the_group(part, group):
    """The rule as it is stored, where the drawn one says “the group”."""
    if "conditions" in part:
        return {**part, "conditions": [in_the_group(each, group) for each in part["conditions"]]}
    return {**part, "value": group.pk} if part["column"] == GROUP else part


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crowd=st.lists(people(), min_size=1, max_size=12), drawn=st.lists(rules(), max_size=15))
def test_the_query_is_the_rule(register, crowd, drawn):
    Contact.objects.all().delete()
    group, _made = Group.objects.get_or_create(register=register, name="G")
    below, _made = Group.objects.get_or_create(register=register, name="Below", parent=group)
    contacts = Contact.objects.bulk_create(
        Contact(register=register, **{key: value for key, value in person.items() if key != "in_group"})
        for person in crowd
    )
    for contact, person in zip(contacts, crowd, strict=True):
        if person["in_group"]:
            add_to_group(group=below, contacts=[contact.pk])
    for spoken in drawn:
        rule = in_the_group(spoken, group)
        expected = {c.pk for c, person in zip(contacts, crowd, strict=True) if belongs(person, spoken)}
        found = set(Contact.objects.filter(compile_rule(rule, register)).values_list("pk", flat=True))
        assert found == expected, (rule, crowd)
        assert describe_rule(rule, register)


def nested(depth):
    rule = {"match": "all", "conditions": []}
    return rule if depth == 1 else {"match": "any", "conditions": [nested(depth - 1)]}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("everybody", "all of its conditions count, any, or none"),
        ({"match": "most", "conditions": []}, "all of its conditions count, any, or none"),
        ({"match": "all", "conditions": "x"}, "no list of conditions"),
        ({"match": "all", "conditions": [{"column": "organisation", "op": "is", "value": "1"}]}, "no column"),
        ({"match": "all", "conditions": [{"column": "register__name", "op": "is", "value": "1"}]}, "no column"),
        ({"match": "all", "conditions": [{"column": "city", "op": "regex", "value": "("}]}, "cannot be asked of City"),
        ({"match": "all", "conditions": [{"column": "city", "op": "is"}]}, "fill in what to compare with"),
        ({"match": "all", "conditions": [{"column": "city", "op": "is", "value": {"a": 1}}]}, "fill in what"),
        ({"match": "all", "conditions": [{"column": ["city"], "op": "is", "value": "x"}]}, "no column"),
        (
            {"match": "all", "conditions": [{"column": "attributes.turnover", "op": "lt", "value": "much"}]},
            "not a number",
        ),
        ({"match": "all", "conditions": [{"column": "birth_date", "op": "on", "value": "soon"}]}, "not a date"),
        (
            {"match": "all", "conditions": [{"column": "birth_date", "op": "before", "value": "2026-02-31"}]},
            "not a day in the calendar",
        ),
        ({"match": "all", "conditions": [{"column": "birth_date", "op": "on", "value": "0000-00-00"}]}, "not a day"),
        ({"match": "all", "conditions": [{"column": "birth_date", "op": "next_days", "value": "²"}]}, "number of days"),
        ({"match": "all", "conditions": [{"column": "attributes.gender", "op": "any_of", "value": ["x"]}]}, "choices"),
        ({"match": "all", "conditions": [{"column": "group", "op": "in", "value": "999999"}]}, "choose a group"),
        ({"match": "all", "conditions": [{"column": "group", "op": "in", "value": "x"}]}, "choose a group"),
        ({"match": "all", "conditions": [{"column": "city", "op": "is", "value": "x"}] * 51}, "at most 50"),
        ({"match": "any", "conditions": [{"match": "all", "conditions": [{"column": "x"}] * 26}] * 2}, "at most 50"),
        ({"match": "any", "conditions": [{"match": "odd", "conditions": []}]}, "any, or none"),
        (nested(4), "at most 3 deep"),
        ({"match": "all", "conditions": [{"column": "deed:fly", "op": "ever"}]}, "nothing is known"),
    ],
)
def test_a_forged_rule_is_refused_in_words(register, rule, words):
    with pytest.raises(RuleMistake, match=words):
        compile_rule(rule, register)


def test_every_column_can_be_asked(register):
    for column in columns_for(register):
        assert OPERATORS[column.type]


def test_capitals_do_not_tell_a_sharp_s_from_two(register):
    for city in ("Weißstraße", "WEISSSTRASSE", "Weisestrase"):
        Contact.objects.create(register=register, last_name=city, city=city, attributes={"company": city})
    asked = [("is", "WEISSSTRASSE"), ("is", "Weißstrasse"), ("contains", "straße"), ("starts", "WEISS")]
    for column, (op, value) in itertools.product(("city", "attributes.company"), asked):
        rule = {"match": "all", "conditions": [{"column": column, "op": op, "value": value}]}
        found = Contact.objects.filter(compile_rule(rule, register))
        assert sorted(found.values_list("city", flat=True)) == ["WEISSSTRASSE", "Weißstraße"]
    assert Contact.objects.search("STRASSE").count() == Contact.objects.search("straße").count() == 2


def found_by(register, condition):
    rule = {"match": "all", "conditions": [condition]}
    found = Contact.objects.filter(compile_rule(rule, register))
    return sorted(found.values_list("last_name", flat=True))


@pytest.mark.parametrize("name", ["O'Connor", "O’Connor"])
def test_apostrophes_are_alike(register, name):
    Contact.objects.create(register=register, last_name=name, attributes={"company": name})
    columns, ops = ["last_name", "attributes.company"], ["is", "starts"]
    for column, op, value in itertools.product(columns, ops, ["o'connor", "O’CONNOR"]):
        assert found_by(register, {"column": column, "op": op, "value": value}) == [name]
        assert found_by(register, {"column": column, "op": "is_not", "value": value}) == []


@pytest.mark.parametrize("email", ["anna@müller.example", "anna@xn--mller-kva.example"])
def test_an_address_is_asked_for_as_people_and_as_name_servers_write_it(register, email):
    Contact.objects.create(register=register, last_name="Anna", email=email)
    asked = [("is", email), ("any_of", [email, "b@example.fi"]), ("contains", "@MÜLLER.example"), ("starts", email)]
    asked += [
        ("is", "Anna@Müller.example"),
        ("any_of", ["anna@müller.example"]),
        ("contains", "@xn--mller-kva.example"),
    ]
    for op, value in asked:
        assert found_by(register, {"column": "email", "op": op, "value": value}) == ["Anna"]
    for op, value in (("is_not", "anna@müller.example"), ("contains_not", "müller.example"), ("is", "anna@möller.fi")):
        assert found_by(register, {"column": "email", "op": op, "value": value}) == []


@pytest.mark.parametrize(
    ("day", "days", "who"),
    [
        ("2021-02-25", 2, []),
        ("2021-02-25", 3, ["Leap"]),
        ("2024-02-25", 3, []),
        ("2024-02-25", 4, ["Leap"]),
        ("2021-02-28", 1, ["Leap", "March"]),
        ("2021-12-20", 12, ["New year"]),
        ("2021-12-20", 11, []),
        ("2021-12-20", 364, ["Leap", "March", "New year"]),
        ("2021-12-20", 400, ["Leap", "March", "New year"]),
    ],
)
def test_birthdays_to_come_are_those_of_the_year(register, monkeypatch, day, days, who):
    monkeypatch.setattr("registers.date_conditions.today", lambda: dt.date.fromisoformat(day))
    born = {"Leap": "1960-02-29", "March": "1971-03-01", "New year": "1985-01-01", "": None}
    for name, date in born.items():
        Contact.objects.create(register=register, last_name=name, email="a@example.fi", birth_date=date)
    rule = {"column": "birth_date", "op": "next_days", "value": str(days)}
    assert found_by(register, rule) == who
    words = describe_rule({"match": "all", "conditions": [rule]}, register)
    assert words == f"Date of birth is a birthday in the next {days} days"


def test_the_newest_act_of_consent_counts(register, editor):
    purpose, other = Purpose.objects.create(name="Newsletter"), Purpose.objects.create(name="Research")
    people = Contact.objects.bulk_create(Contact(register=register, first_name=name) for name in "ABCD")
    for contact, acts in zip(people, ([True], [True, False], [False, True], []), strict=True):
        for granted in acts:
            record_consent(contact=contact, purpose=purpose, channel="email", granted=granted, how="test")
    record_consent(contact=people[3], purpose=other, channel="email", granted=True, how="test")
    record_consent(contact=people[3], purpose=purpose, channel="sms", granted=True, how="test")

    def found(op, match="all", *others):
        condition = {"column": CONSENT, "op": op, "value": f"{purpose.pk}:email"}
        return "".join(
            Contact.objects.filter(compile_rule({"match": match, "conditions": [condition, *others]}, register))
            .order_by("pk")
            .values_list("first_name", flat=True)
        )

    assert (found("given"), found("not_given")) == ("AC", "BD")
    named_b = {"column": "first_name", "op": "is", "value": "b"}
    assert (found("given", "any", named_b), found("given", "none", named_b)) == ("ABC", "D")
    assert (found("not_given", "all", named_b), found("not_given", "none", named_b)) == ("B", "AC")
    page = editor.get(reverse("registers:add_segment", args=[register.pk])).content.decode()
    assert "Newsletter, E-mail" in page


@pytest.mark.parametrize("value", ["", "x", "1", "0:email", "999999:email", "1:post", "99999999999999999999:email"])
def test_a_consent_that_is_none_is_refused(register, value):
    rule = {"match": "all", "conditions": [{"column": CONSENT, "op": "given", "value": value}]}
    with pytest.raises(RuleMistake, match="Condition 1"):
        compile_rule(rule, register)


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "soon", "99999999", ""])
def test_days_that_are_no_number_of_days_are_refused(register, days):
    rule = {"match": "all", "conditions": [{"column": "deed:email_sent", "op": "within", "value": days}]}
    with pytest.raises(RuleMistake, match="Condition 1"):
        compile_rule(rule, register)


def test_a_group_of_another_organisation_cannot_be_asked(register, other_organisation):
    from organisations import scope
    from registers.books import create_register

    with scope.organisation(other_organisation.pk):
        foreign = Group.objects.create(register=create_register(name="Theirs"), name="Secret")
    rule = {"match": "all", "conditions": [{"column": "group", "op": "in", "value": foreign.pk}]}
    with pytest.raises(RuleMistake, match="choose a group"):
        compile_rule(rule, register)
