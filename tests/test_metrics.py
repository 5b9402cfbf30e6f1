"""The catalogue of metrics, and the values it gives to counts."""

import pytest

from auditors.metrics import COUNT, FLOW, SHARE, STATE, by_department, catalogue, histograms, values
from storage.measures import Total


def total(name, numerator=0, denominator=0, unknown=0, department="", site="s"):
    return Total(
        site=site, name=name, department=department, numerator=numerator, denominator=denominator, unknown=unknown
    )


@pytest.mark.parametrize("name", catalogue())
def test_every_metric_says_what_it_counts(name):
    one = catalogue()[name]
    assert one.title and one.numerator and one.day and one.definition.endswith("。")
    assert one.kind in (FLOW, STATE) and one.better in ("high", "low", None)
    assert (one.unit == SHARE) == bool(one.denominator)
    assert one.source[0] in catalogue() and 0 <= one.least_known <= 1
    if one.unit == SHARE:
        assert one.source == (name, "numerator") and one.unknown


def test_titles_differ():
    titles = [one.title for one in catalogue().values()]
    assert len(set(titles)) == len(titles)


def test_the_metrics_of_the_annex_are_there():
    """The columns of annex 1 and the metrics of the handbook's chapter 2.5."""
    wanted = """closed due uploaded upload_rate timely_rate withheld withheld_other notice_rate hearings streamed
        stream_share_public stream_share_all process_rate fresh_rate withheld_share other_share_public other_share_ledger
        missing_rate withdrawal_rate privacy_rate replay_rate link_rate"""
    assert set(wanted.split()) <= set(catalogue())


def test_a_share_is_of_what_is_known():
    one = values([total("upload_rate", 45, 50, 4)])["upload_rate"]
    assert (one.value, one.known, one.bounds) == (45 / 46, 46, (0.9, 0.98))


def test_too_little_known_gives_no_share():
    """Less than nine tenths of the denominator; the timeliness of those that are dated stands for itself."""
    assert values([total("upload_rate", 44, 50, 6)])["upload_rate"].value is None
    assert values([total("timely_rate", 10, 50, 30)])["timely_rate"].value == 0.5
    assert values([total("upload_rate", 0, 50, 50)])["upload_rate"].value is None
    assert values([total("timely_rate", 0, 50, 50)])["timely_rate"].value is None


def test_nothing_counted_is_no_value():
    found = values([])
    assert set(found) == set(catalogue())
    assert all(one.value is None and one.numerator is None and one.bounds is None for one in found.values())


def test_counts_are_parts_of_the_shares_they_belong_to():
    found = values([total("upload_rate", 45, 50, 4), total("missing_rate", 3, 60, 4), total("closed", 70)])
    assert (found["due"].value, found["uploaded"].value, found["missing"].value, found["closed"].value) == (
        50,
        45,
        3,
        70,
    )
    assert (found["due"].unknown, found["uploaded"].unknown) == (0, 4)
    assert found["due"].metric.unit == COUNT and found["due"].denominator is None


def test_departments_and_courts_add_up():
    rows = [
        total("upload_rate", 1, 2, 0, "民一庭"), total("upload_rate", 5, 6, 0, "民二庭"),
        total("upload_rate", 8, 9, 0, "民一庭", "t"), total("closed", 4, department="刑庭"),
    ]  # fmt: skip
    assert values(rows)["upload_rate"].value == 14 / 17
    parts = by_department(rows)
    assert list(parts) == ["刑庭", "民一庭", "民二庭"]
    assert parts["民一庭"]["upload_rate"].value == 9 / 11
    assert (parts["民一庭"]["closed"].value, parts["刑庭"]["due"].value) == (0, 0)  # others have some: it has none
    assert (parts["刑庭"]["upload_rate"].value, parts["刑庭"]["hearings"].value) == (None, None)


def test_the_lateness_buckets_are_counts():
    one = histograms()["lateness"]
    assert (one.buckets[0].name, one.buckets[-1].name) == ("in_time", "missing")
    assert all(bucket.unit == COUNT for bucket in one.buckets) and len(one.buckets) == 6
