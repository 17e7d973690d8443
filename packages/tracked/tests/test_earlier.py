"""What the stages before a job's make: in a process of their own, whose death is the job's failure alone."""


def test_a_stage_before_a_job_that_dies_fails_the_jobs_that_need_it_and_no_others(tiny):
    file, head = tiny.path / "tiny/make.py", "def run(settings, folder, report):\n"
    dies = "    if settings.seed == 2:\n        import os; os._exit(3)\n"
    file.write_text(file.read_text().replace(head, head + dies))
    sweep = ("tracked", "run", "fit_slow", "-m", "hydra/sweeper=grid", "seed=1,2", "fit_slow.epochs=1")
    done = tiny.run(*sweep, ok=False)
    assert "2 jobs: 1 done, 0 running, 0 skipped, 1 failed" in done.stdout
    assert "failed: seed=2: its process ended with exit code 3" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    shelves = [path for path in (tiny.path / ".dvc/tmp/earlier").iterdir() if path.is_dir()]
    assert [path.name.endswith(".part") for path in sorted(shelves)].count(False) == 1
