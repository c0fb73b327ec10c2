import datetime as dt

from guards.seen import fingerprint


def test_the_same_facts_give_the_same_fingerprint_and_others_another():
    first = fingerprint({"name": "Aino", "born": dt.date(1950, 1, 2)}, [1, 2])
    assert first == fingerprint({"born": dt.date(1950, 1, 2), "name": "Aino"}, [1, 2])
    assert first != fingerprint({"born": dt.date(1950, 1, 3), "name": "Aino"}, [1, 2])
    assert first != fingerprint({"born": dt.date(1950, 1, 2), "name": "Aino"}, [2, 1])
