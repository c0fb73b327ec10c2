"""The main job from end to end, in a browser, as somebody who has never seen it would do it: a spreadsheet of people
becomes a full room. Each test is a step, and needs those before it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journey import admin, campaigns, desk, events, letters, links, pictures, questions, registers, replies
from tests.journey.clocks import next_minute
from tests.journey.conftest import Journey
from tests.kokoon import eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.in_order, pytest.mark.takes(130)]

EDITOR, EDITORS_NAME = "editor@demo.example", "Eeva Editor"
REGISTER, GROUP, SEGMENT = "Concert guests", "Helpers", "Women of Mustasaari who like music"
LETTER, EVENT = "Winter invitation", "Winter evening"
PLANNED, PLANNED_ADDRESS = "Spring evening", "spring"
SECONDS_TO_PLAN = 25
CAMPAIGN, NEWS = "Invitation to the winter evening", "Once more to those who come"
SUBJECT = "Winter concert: will you come, "
INVITED = 8  # of the segment all but one, who helps
HELPERS, HOW_MANY = "Rauhala", 6
SEATS, LARGEST_PARTY = 6, 3
BERTA = replies.Guest("Berta", "Berg", "berta@guest.example", party=3, diets=("Vegan",))
CARL = replies.Guest("Carl", "Ceder", "carl@guest.example", answers=questions.ALL_OF_THEM)
DORA = replies.Guest("Dora", "Dahl", "dora@guest.example", party=2)
EMIL = replies.Guest("Emil", "Ek", "emil@guest.example", diets=(), answers={})


class TestJourney:
    def test_sign_in(self, journey: Journey):
        login = (journey.kokoon.data_dir / "login.txt").read_text()
        admin.sign_in(journey.desk, journey.kokoon.base_url, login)

    # 1. People

    def test_create_a_register(self, journey: Journey):
        registers.create_register(journey.desk, REGISTER)

    def test_import_a_spreadsheet(self, journey: Journey):
        registers.upload(journey.desk)
        expected = registers.try_out(journey.desk)
        assert sum(expected.values()) == 2 * registers.ROWS  # each row once, and all of them
        assert expected["New"] > 4_800
        assert 0 < expected["Left out"] < 200
        assert self.people(journey) == 0
        assert registers.run_import(journey.desk) == expected
        assert self.people(journey) == expected["New"]
        journey.made["left out"] = str(expected["Left out"])

    def test_download_what_was_left_out(self, journey: Journey):
        as_text, as_workbook = registers.rejects(journey.desk, journey.folder)
        header, *rows = as_text
        assert {"Etunimi", "Sähköposti"} < set(header)
        assert len(rows) == len(as_workbook) - 1 > int(journey.made["left out"])  # and those that are not whole
        reasons = " ".join(" ".join(row) for row in rows)
        assert "is not an e-mail address." in reasons
        assert "of several in the cell only" in reasons
        assert "“09 123” is not a phone number." in reasons

    def test_make_a_group(self, journey: Journey):
        registers.create_group(journey.desk, GROUP, of=REGISTER, whose_name_holds=HELPERS, count=HOW_MANY)

    def test_make_a_segment_and_watch_its_count(self, journey: Journey):
        counts = registers.create_segment(
            journey.desk, SEGMENT, of=REGISTER, city="Mustasaari", interest="musiikki", gender="nainen"
        )
        assert counts == sorted(counts, reverse=True)
        assert counts[0] > counts[1] > counts[2] == INVITED + 1

    # 2. The invitation

    def test_put_a_picture_into_the_image_bank(self, journey: Journey):
        photo = pictures.draw(journey.folder, "choir.jpg")
        pictures.upload(journey.desk, photo, title=letters.PICTURE, description=letters.ON_THE_PICTURE)

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
            starts_at=next_minute() + timedelta(days=20),
            seats=SEATS,
            largest_party=LARGEST_PARTY,
            place="Kemi Town Hall",
            tell=EDITORS_NAME,
        )

    def test_see_it_in_each_state(self, journey: Journey):
        events.look_at_the_states(journey.desk, EVENT)

    def test_publish_it(self, journey: Journey):
        journey.made["event"] = str(events.publish(journey.desk, EVENT))
        events.check_notices(journey.desk, EVENT)

    def test_plan_when_an_event_goes_public(self, journey: Journey):
        at = next_minute(leave=SECONDS_TO_PLAN)
        events.schedule_event(
            journey.desk,
            PLANNED,
            register=REGISTER,
            starts_at=at + timedelta(days=90),
            web_address=PLANNED_ADDRESS,
            goes_live=at,
        )
        answer = journey.visitor().goto(journey.beside(PLANNED_ADDRESS))
        assert answer is not None
        assert answer.status == 404

    # 4. Sending

    def test_choose_who_gets_it(self, journey: Journey):
        said = campaigns.create_campaign(journey.desk, CAMPAIGN, email=LETTER, event=EVENT, to=SEGMENT, but_not=GROUP)
        assert said == f"{INVITED} people will get this as soon as you confirm."

    def test_send_a_test_to_oneself(self, journey: Journey):
        campaigns.send_test(journey.desk, EDITOR)
        journey.mailbox.wait(EDITOR, SUBJECT)

    def test_send_it(self, journey: Journey):
        campaigns.send_now(journey.desk, INVITED)
        journey.made["campaign"] = CAMPAIGN
        assert HELPERS not in {guest.last_name for guest in journey.all_invited}

    # 5. Replies

    def test_reply_by_the_personal_link(self, journey: Journey):
        guest = journey.invited(0, party=2, diets=("Vegetarian", "Vegan"))
        mail = journey.mailbox.open(guest.email, SUBJECT)
        assert journey.mailbox.sender().startswith(f"{letters.SENDER} <")
        page = replies.follow(journey.desk, mail, "Reply to the invitation")
        letters.check_picture(mail)
        replies.check_that_one_is_known(page, guest)
        heading = replies.answer(page, guest, companions=("Otto",))
        assert heading == "Thank you, your seat is booked"
        page.close()

    def test_who_asked_for_it_is_told_of_the_reply(self, journey: Journey):
        journey.mailbox.wait(EDITOR, f"{journey.invited(0).name}: Confirmed, {EVENT}")

    def test_the_confirmation_brings_the_event_to_the_calendar(self, journey: Journey):
        guest = journey.invited(0)
        journey.mailbox.wait(guest.email, f"You are coming: {EVENT}")
        journey.mailbox.open(guest.email, f"You are coming: {EVENT}")
        calendar = journey.mailbox.attachment(".ics", journey.folder).read_text()
        assert "BEGIN:VEVENT" in calendar
        assert f"SUMMARY:{EVENT}" in calendar

    def test_change_the_party_by_the_personal_link(self, journey: Journey):
        guest = journey.invited(0, diets=("Vegetarian", "Vegan"))
        mail = journey.mailbox.open(guest.email, f"You are coming: {EVENT}")
        page = replies.follow(journey.desk, mail, "See or change your reply")
        for party, mails in ((3, 2), (2, 3)):
            assert replies.change_party(page, guest, party) == "Thank you, your seat is booked"
            numbers = desk.numbers(journey.desk, EVENT)
            assert (numbers["Confirmed"], numbers["Seats left"]) == (f"{party} of 6", str(6 - party))
            journey.mailbox.wait(guest.email, f"You are coming: {EVENT}", times=mails)
        page.close()

    def test_reply_on_the_public_page(self, journey: Journey):
        visitor = journey.visitor()
        assert replies.reply_in_public(visitor, journey.public_page, BERTA) == "Thank you, your seat is booked"

    def test_a_stranger_with_a_known_address_learns_nothing(self, journey: Journey):
        known = journey.invited(0)
        stranger = replies.Guest("Some", "Body", known.email)
        heading = replies.reply_in_public(journey.visitor(), journey.public_page, stranger)
        assert heading == "Thank you, your seat is booked"  # what anybody reads
        assert known.last_name not in journey.visitor().content()
        journey.mailbox.wait(known.email, f"Your reply to {EVENT}")
        assert desk.numbers(journey.desk, EVENT)["Confirmed"] == "5 of 6"
        assert desk.states(journey.desk, EVENT) == {known.name: "CONFIRMED", BERTA.name: "CONFIRMED"}

    def test_the_last_seat_and_the_waiting_list(self, journey: Journey):
        visitor = journey.visitor()
        assert replies.reply_in_public(visitor, journey.public_page, CARL) == "Thank you, your seat is booked"
        assert replies.reply_in_public(visitor, journey.public_page, DORA) == "You are on the waiting list"
        journey.mailbox.wait(DORA.email, f"You are on the waiting list: {EVENT}")
        numbers = desk.numbers(journey.desk, EVENT)
        assert (numbers["Confirmed"], numbers["Seats left"], numbers["Waiting"]) == ("6 of 6", "0", str(DORA.party))

    def test_write_to_those_who_wait(self, journey: Journey):
        said = campaigns.write_to_guests(journey.desk, EVENT, "Waiting (1)", email=LETTER)
        assert said == "1 person will get this as soon as you confirm."
        campaigns.send_now(journey.desk, 1)
        journey.mailbox.wait(DORA.email, SUBJECT)

    def test_who_cancels_makes_room_for_the_next_in_line(self, journey: Journey):
        guest = journey.invited(0)
        mail = journey.mailbox.open(guest.email, f"You are coming: {EVENT}")
        page = replies.follow(journey.desk, mail, "See or change your reply")
        assert replies.cancel(page) == "Your reply is cancelled"
        page.close()
        journey.mailbox.wait(guest.email, f"Your reply is cancelled: {EVENT}")
        journey.mailbox.wait(DORA.email, f"Good news, you have a seat: {EVENT}")
        assert desk.states(journey.desk, EVENT) == {
            guest.name: "CANCELLED",
            BERTA.name: "CONFIRMED",
            CARL.name: "CONFIRMED",
            DORA.name: "CONFIRMED",
        }

    def test_say_no_by_the_personal_link(self, journey: Journey):
        guest = journey.invited(2)
        page = replies.follow(journey.desk, journey.mailbox.open(guest.email, SUBJECT), "Reply to the invitation")
        assert replies.decline(page) == "Thank you for telling us"
        page.close()
        assert desk.states(journey.desk, EVENT)[guest.name] == "SAID NO"
        journey.mailbox.wait(EDITOR, f"{guest.name}: Said no, {EVENT}")

    def test_the_organiser_cancels_a_reply(self, journey: Journey):
        desk.cancel_reply(journey.desk, EVENT, BERTA.name, party=BERTA.party)
        journey.mailbox.wait(BERTA.email, f"Your reply is cancelled: {EVENT}")
        assert desk.numbers(journey.desk, EVENT)["Confirmed"] == "3 of 6"

    def test_the_organiser_adds_a_reply(self, journey: Journey):
        caller = journey.invited(1)
        desk.add_reply(journey.desk, EVENT, caller.name, diet="Vegan")
        journey.mailbox.wait(caller.email, f"You are coming: {EVENT}")
        assert desk.states(journey.desk, EVENT)[caller.name] == "CONFIRMED"

    def test_the_organiser_changes_a_reply(self, journey: Journey):
        caller = journey.invited(1)
        desk.bring_a_guest(journey.desk, EVENT, caller.name, guest="Uno", diet="Vegetarian")
        journey.mailbox.wait(caller.email, f"You are coming: {EVENT}", times=2)
        assert desk.numbers(journey.desk, EVENT)["Confirmed"] == "5 of 6"

    def test_who_unsubscribes_is_left_alone(self, journey: Journey):
        guest = journey.invited(-1)
        page = replies.follow(journey.desk, journey.mailbox.open(guest.email, SUBJECT), "Unsubscribe")
        admin.follow(page, page.get_by_role("button", name="Unsubscribe"))
        assert page.get_by_role("heading", level=1).inner_text() == "You have unsubscribed"
        page.close()

    # 6. What goes by itself at the next full minute, while the reports are looked at

    def test_plan_a_campaign_to_those_who_are_coming(self, journey: Journey):
        said = campaigns.create_campaign(
            journey.desk, NEWS, email=LETTER, event=EVENT, to=f"{EVENT}: confirmed", later=True
        )
        assert said.startswith("3 people will get this")
        campaigns.send_later(journey.desk, 3)

    def test_the_reminders_become_due(self, journey: Journey):
        events.make_reminders_due(journey.desk, EVENT, at=next_minute())

    def test_count_those_who_have_not_answered(self, journey: Journey):
        left = INVITED - 3
        said = campaigns.write_to_guests(journey.desk, EVENT, f"Unanswered ({left})", email=LETTER)
        assert said == f"{left - 1} people will get this as soon as you confirm."  # one has unsubscribed

    # 7. What came of it

    def test_read_the_report_of_the_campaign(self, journey: Journey):
        figures = campaigns.open_report(journey.desk, CAMPAIGN)
        left = {"accepted": INVITED, "unknown": 0, "bounced": 0}
        assert figures == {**left, "opened": 3, "clicked": 2, "unsubscribed": 1}
        assert campaigns.who(journey.desk, "unsubscribed") == [journey.invited(-1).email]

    @pytest.mark.parametrize("kind", ["Excel", "CSV"])
    def test_export_who_got_it(self, journey: Journey, kind: str):
        campaigns.open_export(journey.desk, CAMPAIGN)
        header, *rows = desk.read(desk.export(journey.desk, kind, journey.folder))
        assert "E-mail" in header
        assert {row[header.index("E-mail")] for row in rows} == {guest.email for guest in journey.all_invited}

    def test_read_the_report_of_the_event(self, journey: Journey):
        numbers = desk.numbers(journey.desk, EVENT)
        assert numbers["Confirmed"] == "5 of 6"
        assert numbers["Seats left"] == "1"
        assert numbers["Waiting"] == "0"
        assert numbers["Cancelled"] == "2"
        assert numbers["Said no"] == "1"
        assert numbers["Unanswered"] == str(INVITED - 3)
        desk.open_report(journey.desk, EVENT)
        assert desk.answers(journey.desk, questions.DIET) == {"Everything": 3, "Vegetarian": 1, "Vegan": 1}
        assert desk.answers(journey.desk, questions.SEAT) == {"At the front": 1, "In the middle": 1, "At the back": 0}

    @pytest.mark.parametrize("kind", ["Excel", "CSV"])
    def test_export_who_is_coming(self, journey: Journey, kind: str):
        events.open_desk(journey.desk, EVENT)
        journey.desk.get_by_role("link", name="Export").click()
        header, *rows = desk.read(desk.export(journey.desk, kind, journey.folder))
        assert questions.DIET in header
        assert len(rows) == 5  # Carl; Dora and her guest; the one who called and theirs
        [carl] = (dict(zip(header, row, strict=True)) for row in rows if CARL.email in row)
        assert {words: carl[words] for words in CARL.answers} == dict(CARL.answers)

    def test_everybody_who_is_coming_is_reminded_once(self, journey: Journey):
        subject = f"See you soon: {EVENT}"
        coming = [CARL.email, DORA.email, journey.invited(1).email]
        for address in coming:
            journey.mailbox.wait(address, subject, seconds=75)
        for address in (BERTA.email, *(guest.email for guest in journey.all_invited)):
            assert journey.mailbox.count(address, subject) == (address in coming), address

    def test_who_has_not_answered_is_asked_once_more(self, journey: Journey):
        subject = f"Are you coming? {EVENT}"
        for number in range(3, INVITED - 1):
            journey.mailbox.wait(journey.invited(number).email, subject, seconds=75)
        others = [CARL, DORA, journey.invited(1), journey.invited(2), journey.invited(-1)]  # the last does not want to
        for guest in others:
            assert not journey.mailbox.count(guest.email, subject), guest.name

    def test_the_planned_campaign_has_gone_out(self, journey: Journey):
        written_before = {CARL.email: 0, DORA.email: 1, journey.invited(1).email: 1}
        campaigns.wait_until_sent(journey.desk, NEWS, len(written_before), seconds=75)
        for address, times in written_before.items():
            journey.mailbox.wait(address, SUBJECT, times=times + 1)

    # An event that is public from a planned minute on, and then called off

    def test_the_planned_event_is_public(self, journey: Journey):
        address, visitor = journey.beside(PLANNED_ADDRESS), journey.visitor()
        eventually(lambda: visitor.goto(address).status == 200, 75)
        assert replies.reply_in_public(visitor, address, EMIL) == "Thank you, your seat is booked"

    def test_the_organiser_calls_it_off_and_tells_everyone(self, journey: Journey):
        desk.cancel_event(journey.desk, PLANNED, told=1)
        journey.mailbox.wait(EMIL.email, f"Cancelled: {PLANNED}")
        journey.visitor().goto(journey.beside(PLANNED_ADDRESS))
        expect(journey.visitor().get_by_role("heading", name="This event is cancelled")).to_be_visible()

    # And nothing of it happens because a program looks at a link

    def test_no_link_of_any_mail_changes_anything_when_it_is_got(self, journey: Journey):
        found = links.in_all_mails(journey.kokoon, after=journey.mails_before)
        assert len(found) > 3 * INVITED
        before, looks = links.everything(journey.kokoon), links.log_length(journey.kokoon)
        answers = links.get_all(found, times=10)
        assert set(answers) == {200, 302}, answers
        assert links.everything(journey.kokoon) == before
        assert links.log_length(journey.kokoon) > looks

    def people(self, journey: Journey) -> int:
        """How many the register holds."""
        [(count,)] = journey.kokoon.query(
            "SELECT count(*) FROM registers_contact JOIN registers_register r ON r.id = register_id WHERE r.name = %s",
            REGISTER,
        )
        return count
