"""Buckets of tries: a burst, then a pace; each who asks has their own, and nobody can fill the memory."""

from __future__ import annotations

import pytest

from lifeworth.access import limits
from lifeworth.access.limits import PERSON, Limits, Pace, origin
from lifeworth.errors import TooManyError

PACE = Pace("p", burst=3, per_second=0.5)


class Time:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_burst_passes_and_then_somebody_waits(time: Time) -> None:
    tries = Limits(clock=time)
    assert [tries.take(PACE, "a") for _ in range(4)] == [0, 0, 0, 2.0]


def test_time_brings_tries_back_but_no_more_than_the_burst(time: Time) -> None:
    tries = Limits(clock=time)
    for _ in range(3):
        tries.take(PACE, "a")
    time.at += 2
    assert [tries.take(PACE, "a") for _ in range(2)] == [0, 2.0]
    time.at += 10_000
    assert [tries.take(PACE, "a") > 0 for _ in range(4)] == [False, False, False, True]


def test_each_has_their_own_tries_at_each_thing(time: Time) -> None:
    tries = Limits(clock=time)
    for _ in range(3):
        tries.take(PACE, "a")
    assert tries.take(PACE, "b") == 0
    assert tries.take(Pace("q", 3, 0.5), "a") == 0


def test_looking_takes_no_try(time: Time) -> None:
    tries = Limits(clock=time)
    assert [tries.wait(PACE, "a") for _ in range(10)] == [0] * 10


def test_a_try_can_be_given_back(time: Time) -> None:
    tries = Limits(clock=time)
    for _ in range(10):
        assert tries.take(PACE, "a") == 0
        tries.give_back(PACE, "a")
    tries.give_back(PACE, "a")
    assert [tries.take(PACE, "a") for _ in range(4)][-1] > 0


def test_who_must_wait_is_told_for_how_long(time: Time) -> None:
    tries = Limits(clock=time)
    for _ in range(3):
        tries.need(PACE, "a")
    with pytest.raises(TooManyError, match="Too many") as refused:
        tries.need(PACE, "a")
    assert refused.value.retry_after >= 2


def test_strangers_cannot_fill_the_memory(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 50)
    tries = Limits(clock=time)
    for number in range(500):
        tries.take(PACE, str(number))
    assert len(tries._held) == 50


def test_a_program_may_ask_200_times_a_second_for_an_hour(time: Time) -> None:
    tries = Limits(clock=time)
    for _ in range(200 * 30):
        assert tries.take(PERSON, "token") == 0
        time.at += 1 / 200
    assert PERSON.per_second >= 200


def test_a_clock_that_goes_back_takes_nothing_away(time: Time) -> None:
    tries = Limits(clock=time)
    tries.take(PACE, "a")
    time.at -= 50
    assert tries.take(PACE, "a") == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:9::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_of_one_household_count_as_one(address: str, counted: str) -> None:
    assert origin(address) == counted
