"""The IPP encoding by the examples' rules of RFC 8010, and answers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import ProtocolError
from drivers.printer import ipp


def test_a_request_has_the_bytes_of_the_standard() -> None:
    message = ipp.encode(ipp.GET_JOB, [(ipp.INTEGER, "job-id", 147)], request_id=1)
    assert message == (
        b"\x01\x01\x00\x09\x00\x00\x00\x01"
        b"\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x21\x00\x06job-id\x00\x04\x00\x00\x00\x93"
        b"\x03"
    )


def test_an_answer_is_read_with_several_values_and_without_value() -> None:
    reply = ipp.decode(
        b"\x01\x01\x00\x01\x00\x00\x00\x01"
        b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x04"
        b"\x23\x00\x0dprinter-state\x00\x04\x00\x00\x00\x03"
        b"\x44\x00\x15printer-state-reasons\x00\x0bmedia-empty"
        b"\x44\x00\x00\x00\x06paused"
        b"\x22\x00\x19printer-is-accepting-jobs\x00\x01\x01"
        b"\x13\x00\x12time-at-processing\x00\x00"
        b"\x03"
    )
    assert reply.status == 1
    assert reply.attributes() == {
        "printer-state": [3],
        "printer-state-reasons": ["media-empty", "paused"],
        "printer-is-accepting-jobs": [True],
        "time-at-processing": [None],
    }


@given(st.binary(max_size=80))
def test_rubbish_is_an_answer_or_a_protocol_error_and_nothing_else(data: bytes) -> None:
    try:
        reply = ipp.decode(data)
    except ProtocolError:
        return
    assert 0 <= reply.status <= 0xFFFF


@given(st.integers(min_value=0, max_value=200))
def test_a_cut_off_answer_is_never_taken_for_a_whole_one(length: int) -> None:
    whole = ipp.encode(ipp.GET_PRINTER, [(ipp.URI, "printer-uri", ipp.queue_uri("A4 一楼"))])
    if length < len(whole):
        with pytest.raises(ProtocolError):
            ipp.decode(whole[:length])


@pytest.mark.parametrize("address", ["http://host/", "ipp://", "192.168.1.60", "ipp://host:port/ipp"])
def test_an_address_that_is_no_printers_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"ipp|[Pp]ort"):
        ipp.network_endpoint(address)


def test_the_name_of_a_queue_is_escaped() -> None:
    assert ipp.queue_uri("A4 一楼") == "ipp://localhost/printers/A4%20%E4%B8%80%E6%A5%BC"
