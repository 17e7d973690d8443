"""Makes the job of one combination of values: composed, checked, and known by a fingerprint that equal jobs share."""

from collections.abc import Mapping

from hydra.core.config_loader import ConfigLoader
from omegaconf import DictConfig

from tracked.dvc import declared
from tracked.faults import is_for_the_user
from tracked.hashes import fingerprint
from tracked.messages import one_line
from tracked.project import WHOLE, project
from tracked.settings.settings import Settings
from tracked.sweeps import earlier, job_settings
from tracked.sweeps.job import Job
from tracked.sweeps.overrides import section
from tracked.sweeps.plan import Plan
from tracked.sweeps.ticket import Ticket
from tracked.sweeps.values import beside, title, unquoted


def make(plan: Plan, given: Mapping[str, str], config: DictConfig, loader: ConfigLoader) -> Job:
    """A job with the values `given`, by swept key. One that the schema or the data refuse has failed, and says why.

    Raises Hydra's errors when a key or a choice is not there at all.
    """
    job = compose(plan, given, config, loader)
    try:
        job.fingerprint = _fingerprint(plan, job.settings)
    except Exception as error:
        if not is_for_the_user(error):
            raise
        job.fail(one_line(error))
    return job


def compose(plan: Plan, given: Mapping[str, str], config: DictConfig, loader: ConfigLoader) -> Job:
    """The same, unchecked and without its fingerprint."""
    values = beside(unquoted(given), plan.together)
    return Job(
        values=values,
        given=dict(given),
        settings=Settings(job_settings.settings(config, loader, plan.overrides, given)),
        title=title(values, plan.digits),
        command=plan.command_of(given),
        overrides=plan.lines(given),
    )


def ticket(job: Job, plan: Plan, parent: str) -> Ticket:
    """What a worker gets of a job, below the run `parent` of the sweep."""
    from tracked.secrets import provenance  # slow to import: the jobs are composed before
    from tracked.store import processes

    return Ticket(
        parent=parent,
        job=job.fingerprint,
        title=job.title,
        command=job.command,
        stages=plan.stages,
        code=plan.code,
        driver=processes.this_process(),
        source=provenance.tags(),
        pruner=plan.pruner,
        titles={stage: _title(job, plan, stage) for stage in plan.stages} if plan.name == WHOLE else {},
        metric=plan.objective.name if plan.objective else "",
    )


def _title(job: Job, plan: Plan, stage: str) -> str:
    """The name of the run of a stage: the swept values that it or a stage before it reads, and the stage."""
    others = plan.sections - declared.sections([*project().before(stage), stage])
    own = {key: value for key, value in job.given.items() if section(key.lstrip("+~")) not in others}
    shown = beside(unquoted(own), [key for key in plan.together if key in own])
    return ", ".join(filter(None, [title(shown, plan.digits), stage]))


def _fingerprint(plan: Plan, settings: Settings) -> str:
    settings.checked()
    trainings = project().trainings if plan.name == WHOLE else [plan.name]
    data = {training: _data(plan, training, settings) for training in trainings}
    return fingerprint({"settings": settings.of(plan.sections), "code": plan.code, "data": data})


def _data(plan: Plan, training: str, settings: Settings) -> dict[str, str]:
    """The hashes of what a training reads; looked at once in a sweep."""
    shelf = earlier.shelf(training, settings)
    if shelf not in plan.data:
        plan.data[shelf] = earlier.made(earlier.shared(training, settings, plan.stages, plan.code))
    return plan.data[shelf]
