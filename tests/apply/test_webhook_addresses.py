"""Where webhooks may go: nothing of the own network, however it is written or resolved, unless the owner names it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.apply.webhook_addresses import Allowed, Destination, checked_url, resolved
from huaxiang.errors import Denied, HuaxiangError, InputError

NOTHING = Allowed()
PUBLIC = "93.184.215.14"
ODD = [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0/", "http://0.0.0.0/", "http://2130706433/",
    "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://017700000001/", "http://127.0.0.1.:80/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/", "http://[fd12::1]/", "http://[2002:7f00:1::]/", "http://[64:ff9b::7f00:1]/", "http://[::127.0.0.1]/",
    "http://[2001:db8::1]/", "http://10.1.2.3/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://100.127.255.255/", "http://198.18.0.1/",
    "http://192.0.2.1/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://localhost/",
    "http://LOCALHOST/", "http://localhost./", "http://printer/", "http://printer.local/", "http://db.internal/",
    "http://user@example.com/", "http://user:pw@127.0.0.1/", "http://example.com@127.0.0.1/",
    "http://example.com#@127.0.0.1/",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "ftp://example.com/", "javascript:alert(1)", "//example.com/",
    "",
    "http://", "http:///path", "http://example.com:22/", "http://example.com:0/", "http://example.com:99999/",
    "http://example.com:abc/", "http://exa mple.com/", "http://example.com\\@127.0.0.1/", "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/", "http://example.com/\r\nX: y", "http://\x00example.com/", "http://[::1", "http://1.2.3.4.5/",
    "http://%31%32%37.0.0.1/", "http://-example.com/", "https://" + "a" * 3_000 + ".com/",
]  # fmt: skip


@pytest.mark.parametrize("url", ODD)
def test_no_odd_way_of_writing_it_leads_inside(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with pytest.raises(HuaxiangError):
        checked_url(url, NOTHING)
    with pytest.raises(HuaxiangError):
        resolved(url, NOTHING, resolve)
    assert asked == [], "what is refused is not even looked up"


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::1"], ["::ffff:10.0.0.1"], ["169.254.169.254"], ["fd00::1"]]
)
def test_a_name_that_leads_inside_is_refused(answers: list[str]) -> None:
    with pytest.raises(Denied):
        resolved("https://rebound.example.com/hook", NOTHING, lambda _host, _port: answers)


def test_the_address_that_was_checked_is_the_one_that_is_used() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    found = resolved("https://example.com/a/b?c=d", NOTHING, lambda _host, _port: next(answers))
    assert found == Destination("https", "example.com", 443, "/a/b?c=d", PUBLIC)
    assert (found.host_header, found.connect_url) == ("example.com", f"https://{PUBLIC}:443/a/b?c=d")
    assert list(answers) == [["127.0.0.1"]], "resolved once"


def test_a_host_without_an_address_is_an_input_error() -> None:
    def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such host")

    with pytest.raises(InputError):
        resolved("https://nowhere.example.com/", NOTHING, nowhere)
    with pytest.raises(InputError):
        resolved("https://nowhere.example.com/", NOTHING, lambda _host, _port: [])


def test_what_the_owner_names_is_reached_and_nothing_beside_it() -> None:
    one_port, network, name = Allowed(("127.0.0.1:9000",)), Allowed(("10.1.0.0/16",)), Allowed(("erp.local",))
    assert resolved("http://127.0.0.1:9000/x", one_port, lambda host, _: [host]).address == "127.0.0.1"
    for url in ("http://127.0.0.1:9001/", "http://127.0.0.2:9000/", "http://[::1]:9000/", "http://127.0.0.1/"):
        with pytest.raises(Denied):
            checked_url(url, one_port)
    assert resolved("https://10.1.2.3:8443/", network, lambda host, _: [host]).port == 8443
    assert resolved("https://erp.example.com/", network, lambda *_: ["10.1.9.9"]).address == "10.1.9.9"
    with pytest.raises(Denied):
        resolved("https://erp.example.com/", network, lambda *_: ["10.2.0.1"])
    assert resolved("http://erp.local:8080/", name, lambda *_: ["192.168.7.7"]).host_header == "erp.local:8080"
    with pytest.raises(Denied):
        checked_url("http://other.local/", name)


@given(st.ip_addresses())
def test_an_address_is_public_as_python_says_or_stricter(address: object) -> None:
    host = f"[{address}]" if ":" in str(address) else str(address)
    try:
        checked_url(f"https://{host}/", NOTHING)
    except HuaxiangError:
        return
    assert address.is_global  # type: ignore[attr-defined]
