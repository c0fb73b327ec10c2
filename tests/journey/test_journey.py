"""The main job from end to end, in a browser, as somebody who has never seen it would do it: a spreadsheet of people
becomes a full room. Each test is a step, and needs those before it."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from tests.journey import admin, campaigns, events, letters, registers
from tests.journey.conftest import Journey

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.in_order]

EDITOR = "editor@demo.example"
REGISTER, GROUP, SEGMENT = "Concert guests", "Helpers", "Women of Mustasaari who like music"
LETTER, EVENT, CAMPAIGN = "Winter invitation", "Winter evening", "Invitation to the winter evening"
SUBJECT = "Winter concert: will you come, "
INVITED = 9
SEATS, LARGEST_PARTY = 6, 3


class TestJourney:
    def test_sign_in(self, journey: Journey):
        login = (journey.kokoon.data_dir / "login.txt").read_text()
        admin.sign_in(journey.desk, journey.kokoon.base_url, login)

    # 1. People

    def test_create_a_register(self, journey: Journey):
        registers.create_register(journey.desk, REGISTER)

    def test_import_a_spreadsheet(self, journey: Journey):
        desk = journey.desk
        registers.upload(desk)
        expected = registers.try_out(desk)
        assert sum(expected.values()) == 2 * registers.ROWS  # each row once, and all of them
        assert expected["New"] > 4_800
        assert 0 < expected["Left out"] < 200
        assert self.people(journey) == 0
        assert registers.run_import(desk) == expected
        assert self.people(journey) == expected["New"]
        journey.made["left out"] = str(expected["Left out"])

    def test_download_what_was_left_out(self, journey: Journey):
        text, workbook = registers.rejects(journey.desk, journey.folder)
        header, *rows = csv.reader(io.StringIO(text), delimiter=registers.delimiter(text))
        assert {"Etunimi", "Sähköposti"} < set(header)
        assert str(len(rows)) == journey.made["left out"]
        reasons = " ".join(" ".join(row) for row in rows)
        assert "is not an e-mail address." in reasons
        assert "holds more than one e-mail address; keep one." in reasons
        assert "“09 123” is not a phone number." in reasons
        assert workbook.startswith(b"PK")

    def test_make_a_group(self, journey: Journey):
        registers.create_group(journey.desk, GROUP, of=REGISTER, whose_name_holds="Aalto", count=3)

    def test_make_a_segment_and_watch_its_count(self, journey: Journey):
        counts = registers.create_segment(
            journey.desk, SEGMENT, of=REGISTER, city="Mustasaari", interest="musiikki", gender="nainen"
        )
        assert counts == sorted(counts, reverse=True)
        assert counts[0] > counts[1] > counts[2] == INVITED

    # 2. The invitation

    def test_write_an_e_mail(self, journey: Journey):
        letters.write_invitation(
            journey.desk, LETTER, register=REGISTER, web_address=f"{journey.kokoon.base_url}/choir/"
        )

    def test_see_it_as_it_is_written(self, journey: Journey):
        letters.look_at_previews(journey.desk)

    def test_save_it_as_ready(self, journey: Journey):
        letters.save_as_ready(journey.desk, LETTER)

    # 3. The event

    def test_write_an_event(self, journey: Journey):
        events.write_event(
            journey.desk,
            EVENT,
            register=REGISTER,
            starts_at=datetime.now() + timedelta(days=20),  # noqa: DTZ005 - on the wall clock of the editor
            seats=SEATS,
            largest_party=LARGEST_PARTY,
            place="Kemi Town Hall",
        )

    def test_see_it_in_each_state(self, journey: Journey):
        events.look_at_the_states(journey.desk, EVENT)

    def test_publish_it(self, journey: Journey):
        journey.made["event"] = str(events.publish(journey.desk, EVENT))
        events.check_notices(journey.desk, EVENT)

    # 4. Sending

    def test_choose_who_gets_it(self, journey: Journey):
        said = campaigns.create_campaign(journey.desk, CAMPAIGN, email=LETTER, event=EVENT, segment=SEGMENT)
        assert said == f"{INVITED} people will get this as soon as you confirm."

    def test_send_a_test_to_oneself(self, journey: Journey):
        campaigns.send_test(journey.desk, EDITOR)
        journey.mailbox.wait(EDITOR, SUBJECT)

    def test_send_it(self, journey: Journey):
        campaigns.send_now(journey.desk, INVITED)

    def people(self, journey: Journey) -> int:
        """How many the register holds."""
        [(count,)] = journey.kokoon.query(
            "SELECT count(*) FROM registers_contact JOIN registers_register r ON r.id = register_id WHERE r.name = %s",
            REGISTER,
        )
        return count
