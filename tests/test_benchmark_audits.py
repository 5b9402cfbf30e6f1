"""The benchmark of audits finds all that it plants and nothing else, also what becomes overdue from one night to the next."""

from benchmarks.audits import share, table
from benchmarks.judgments import EXPECTED


def test_all_that_is_planted_is_found_and_nothing_else(tmp_path):
    one = share(tmp_path / "courts.db", range(1), 1_200, check=True)
    assert one.found == one.planted
    assert {rule.split()[0] for rule in one.found["first"]} == {rule.split()[0] for rule in EXPECTED.values()} | {
        "D-13"
    }
    assert one.planted["second"]["D-04 certain"] > one.planted["first"]["D-04 certain"]
    assert one.same
    told = table([one], {"first": 1.0, "second": 1.0}, None)
    assert told.count("| none |") == 2
    assert "NOT the same" not in told
