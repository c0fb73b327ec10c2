"""gunicorn as we set it up."""

import logging
import socket
import struct
from types import SimpleNamespace

import pytest

from cms.processes import starting, web


def test_who_falls_silent_in_the_midst_of_a_request_does_not_hold_a_thread_nor_fill_the_log(monkeypatch, caplog):
    monkeypatch.setattr(starting, "share", lambda: None)
    log = logging.getLogger("tests.house.web")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web.when_ready(SimpleNamespace(LISTENERS=[listener], log=SimpleNamespace(error_log=log)))
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as taken:
            patience = taken.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, 16)
    assert struct.unpack("ll", patience)[0] == web.PATIENCE
    for error in (BlockingIOError(), ValueError()):
        try:
            raise error
        except (OSError, ValueError):
            log.exception("What a %s", type(error).__name__)
    assert [record.getMessage() for record in caplog.records] == ["What a ValueError"]


@pytest.mark.parametrize(
    ("address", "behind", "said"),
    [("https://kokoon.example.org", False, 1), ("https://kokoon.example.org", True, 0), ("http://localhost", False, 0)],
)
def test_who_forgets_to_name_the_proxy_is_told(settings, monkeypatch, caplog, address, behind, said):
    monkeypatch.setattr(starting, "share", lambda: None)
    settings.BASE_URL, settings.BEHIND_PROXY = address, behind
    web.when_ready(SimpleNamespace(LISTENERS=[], log=SimpleNamespace(error_log=logging.getLogger("tests.house.web"))))
    assert caplog.text.count("set BEHIND_PROXY=yes") == said
