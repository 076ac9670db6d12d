"""Bundles end without waiting for the thread of Beam's that looks at their stages."""

from apache_beam.runners.worker.statesampler import StateSampler
from apache_beam.utils.counters import CounterFactory

from pipeline.runners.state_sampling import PERIOD_MS, look_often


def test_beams_thread_sleeps_no_longer_than_a_look_is_worth() -> None:
    look_often()
    # As Beam makes it for each stage.
    assert StateSampler("stage", CounterFactory()).sampling_period_ms == PERIOD_MS
