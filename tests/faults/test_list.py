"""The list of faults and their tests are one."""

from __future__ import annotations

from tests.faults import test_desk_faults, test_server_faults
from tests.faults.faults import FAULTS, TESTED


def test_there_are_24_faults_each_with_its_test():
    assert len({one.name for one in FAULTS}) == len(FAULTS) == 24
    assert {one.name for one in FAULTS} == TESTED.keys()
    for name, test in TESTED.items():
        assert hasattr(test_desk_faults, test) or hasattr(test_server_faults, test), name


def test_every_fault_says_how_it_is_made_and_what_must_hold():
    assert all(one.made and one.holds for one in FAULTS)
