"""What is claimed of all checks of Jaeger's own configuration; what they say is in examples/jaeger.yaml."""

import pytest
from sampled_fleets import findings, fleet

from examples_as_definitions import found_in, of, title
from watchwright import BasicAuth, Jaeger
from watchwright.jaeger import Elasticsearch, Memory


def on(storage=None, **kwargs):
    return fleet(jaeger=Jaeger(storage=storage or Memory(), **kwargs))


@pytest.mark.parametrize("example", of("jaeger"), ids=title)
def test_a_finding_leads_to_the_platforms_jaeger_and_says_what_to_do(example, repository):
    """It is the only one, and its hint is never empty."""
    (found,) = found_in(repository, example, example.bad)
    assert "platform / jaeger" == found.subject
    assert found.hint


def test_a_finding_is_accepted_where_jaeger_is_declared():
    """Behind a service mesh plain text is none."""
    storage = Elasticsearch(["http://es:9200"], auth=BasicAuth(username="jaeger", password_file="/run/secrets/es"))
    (found,) = findings(on(storage, accept={"jaeger/credentials": "the mesh encrypts between pods"}))
    assert found.accepted


def test_traces_that_a_restart_loses_are_no_finding():
    """Memory is what a team wants to begin with."""
    assert [] == findings(on(Memory()))
    assert [] == findings(fleet())
