"""How many letters a second leave: claimed, personalised, handed over by SMTP, every outcome committed.

Measured with as many worker processes as `make run` starts, each doing what an RQ job does, on the real database. The
baseline is the plain Django loop: EmailMultiAlternatives with the same 20 kB, the SMTP back-end, one kept
connection, no database. Both hand over to the same sink; `sink` is what it takes from two clients that send
ready-made letters, so it must be well above both.
"""

import json
import multiprocessing
import os
import smtplib
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from tests.bench.loading import load

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "6000"))
BASELINE_MESSAGES = 1_000
WORKERS = 2
ROOT = Path(__file__).resolve().parent.parent.parent
PARAGRAPH = (
    "<p>Dear {{ first_name|friend }}, the evenings are long again, and we sing through them together. Come and "
    'listen, or <a href="https://choir.example/join/%d">sing along</a>: there is soup, there is a fire, and the lake '
    "is not far. Käykää peremmälle, ystävät, ja tulkaa mukaan laulamaan yhdessä.</p>"
)


@contextmanager
def sink():
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.smtp_sink"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


def make_campaign(organisation):
    """A campaign that has just started, with a letter of about 20 kB."""
    from datetime import timedelta

    from django.utils import timezone
    from wagtail.rich_text import RichText

    from campaigns import schedule
    from mailer.models import EmailCampaign, EmailPage, Sender
    from mailer.outbox.freezing import start_campaign
    from registers.books import create_register
    from registers.models import Contact
    from tests.mailer_engine.conftest import make_page

    register = create_register(name=f"Singers {time.time_ns()}")
    Contact.objects.bulk_create(
        Contact(
            register=register,
            first_name=f"Aino{number}",
            last_name="Ääkkönen",
            email=f"p{number}@singers.example",
            email_key=f"p{number}@singers.example",
        )
        for number in range(MESSAGES)
    )
    body = [("text", RichText("".join(PARAGRAPH % (9 * block + line) for line in range(9)))) for block in range(2)]
    page = EmailPage.objects.filter(slug="bench").first() or make_page(organisation, slug="bench", body=body)
    campaign = EmailCampaign.objects.create(
        name="Bench",
        page=page,
        sender=Sender.objects.create(name=f"Choir {time.time_ns()}", email="choir@choir.example"),
        audience={"include": [f"register:{register.pk}"], "exclude": []},
    )
    schedule.plan(campaign=campaign, at=timezone.now() - timedelta(seconds=1))
    began = time.perf_counter()
    assert start_campaign(campaign.pk)
    campaign.refresh_from_db()
    return campaign, time.perf_counter() - began


def work(campaign_id, ready, go):
    """One worker: job after job, as RQ would run them, until nothing is left."""
    from django.db import connection

    from mailer.models import EmailCampaign
    from mailer.outbox.sending import send_campaign

    connection.close()
    EmailCampaign.unscoped.filter(pk=campaign_id).exists()  # connected before the clock starts
    ready.release()
    go.wait()
    while EmailCampaign.unscoped.filter(pk=campaign_id, state="sending").exists():
        send_campaign(campaign_id)


def send_with_workers(campaign, workers):
    from django.db import connections

    from mailer.models import EmailMessage

    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, go = context.Semaphore(0), context.Event()
    processes = [context.Process(target=work, args=(campaign.pk, ready, go)) for _number in range(workers)]
    for process in processes:
        process.start()
    for _process in processes:
        ready.acquire()
    began = time.perf_counter()
    go.set()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - began
    accepted = EmailMessage.unscoped.filter(campaign=campaign, state="accepted").count()
    assert accepted == MESSAGES, f"{accepted} of {MESSAGES} were accepted"
    return MESSAGES / seconds


def example(campaign):
    """One letter as it leaves, and its parts, for the baseline."""
    from mailer.models import EmailMessage
    from mailer.outbox.parcels import CampaignLetters

    row = EmailMessage.objects.filter(campaign=campaign).select_related("organisation").first()
    letters = CampaignLetters(campaign)
    letters.sort([row])
    content = letters.parcel(row).content
    rendered = letters.compiled.personalise(
        {"first_name": "NAME"},
        urls=dict.fromkeys(
            ["unsubscribe_url", "web_url", "open_pixel"], "https://choir.example/m/u/12345.abcdefghijkl/"
        ),
        link=lambda number: f"https://choir.example/m/c/12345.abcdefghijklmnopqrstuv/{number}/",
    )
    return content, rendered


def plain_loop(port, rendered, count):
    from django.core.mail import EmailMultiAlternatives, get_connection

    connection = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port)
    connection.open()
    began = time.perf_counter()
    for number in range(count):
        name = f"Aino{number}"
        mail = EmailMultiAlternatives(
            rendered.subject.replace("NAME", name),
            rendered.text.replace("NAME", name),
            "Kaamos Choir <choir@choir.example>",
            [f"p{number}@singers.example"],
            headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
            connection=connection,
        )
        mail.attach_alternative(rendered.html.replace("NAME", name), "text/html")
        assert mail.send() == 1
    seconds = time.perf_counter() - began
    connection.close()
    return count / seconds


def flood(port, content, count, barrier):
    """Ready-made letters as fast as a socket takes them."""
    letter = content.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.ehlo()
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        barrier.wait()
        for _number in range(count):
            line.sock.sendall(b"MAIL FROM:<a@b.fi>\r\nRCPT TO:<c@d.fi>\r\nDATA\r\n")
            for _answer in range(3):
                line.getreply()
            line.sock.sendall(letter)
            line.getreply()


def ceiling(port, content):
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(3)
    clients = [context.Process(target=flood, args=(port, content, 2_000, barrier)) for _number in range(2)]
    for client in clients:
        client.start()
    barrier.wait()
    began = time.perf_counter()
    for client in clients:
        client.join()
    return 4_000 / (time.perf_counter() - began)


def measure():
    import logging

    from django.conf import settings

    from organisations import scope
    from organisations.access import create_organisation

    logging.disable(logging.WARNING)
    organisation = create_organisation(name="Bench", slug=f"bench-{time.time_ns()}")
    with sink() as port, scope.organisation(organisation.pk):
        settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
        campaign, frozen = make_campaign(organisation)
        content, rendered = example(campaign)
        baselines = [plain_loop(port, rendered, BASELINE_MESSAGES)]
        value = send_with_workers(campaign, WORKERS)
        baselines.append(plain_loop(port, rendered, BASELINE_MESSAGES))
        single, _frozen = make_campaign(organisation)
        one_worker = send_with_workers(single, 1)
        most = ceiling(port, content)
    baseline = sum(baselines) / len(baselines)
    return {
        "bench": "mail", "value": round(value, 1), "unit": "messages/s", "baseline": round(baseline, 1),
        "ratio": round(value / baseline, 2), "messages": MESSAGES, "workers": WORKERS,
        "one_worker": round(one_worker, 1), "one_worker_ratio": round(one_worker / baseline, 2),
        "sink": round(most, 1), "letter_bytes": len(content), "freeze_seconds": round(frozen, 2),
    }  # fmt: skip


if __name__ == "__main__":
    load()
    print(json.dumps(measure()))
