"""Filling in the ML Test Score form."""

from collections.abc import Mapping

from governance.domain import ml_test_score, rights
from governance.domain.errors import Conflict, RuleBroken
from governance.domain.ml_test_score import Done
from governance.events import streams
from governance.events.ml_test_score import MlTestScoreFilled, TestDone
from governance.ledger.log import Log
from governance.models.initiatives import Initiative
from governance.reads import material, people


def fill_in(log: Log, key: str, tests: Mapping[str, Done]) -> None:
    """Record the whole form for the model version as it is now. The check that asks for it answers itself from this."""
    rights.check_may_work_on(people.doer(log.session, log.by, log.now), people.ties(log.session, key), "fill in its ML Test Score")
    if problems := list(ml_test_score.faults(tests)):
        raise RuleBroken("Some tests need another look.", *problems)
    version = log.session.get_one(Initiative, key).model_version
    before = material.ml_test_score(log.session, key)
    if before is not None and (dict(before.tests), before.model_version) == (dict(tests), version):
        raise Conflict("This very form is on record already.")
    said = {test: TestDone(practice=tests[test].practice, proof=tests[test].proof) for test in ml_test_score.TESTS if test in tests}
    event = MlTestScoreFilled(initiative=key, rubric=ml_test_score.RUBRIC, model_version=version, tests=said)
    log.record(event, streams.initiative(key))
