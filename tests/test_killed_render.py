"""A run that is killed at any moment leaves whole files, and the next run completes it."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchwright.backends.artifact import Artifact
from watchwright.write import apply, plan_writes

KILLS = 100
FILES = 300
FOREIGN = {"rules/notes.md": "theirs\n", "rules/team-1/notes.md": "theirs\n", "dashboards/README": "theirs\n"}

# Starts once and forks for each run, for starting Python takes longer than writing does. It forks without
# threads, so that what is killed is a run like any other.
RUNNER = """
import json, os, signal, sys, time
from pathlib import Path
from watchwright.backends.artifact import Artifact
from watchwright.write import apply, plan_writes

def die_at(step):
    # Every file that is opened, made, renamed or removed is an audit event: the run dies before the step-th of them.
    def count(event, arguments):
        nonlocal step
        if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir"):
            step -= 1
            if step < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)

for line in sys.stdin:
    task = json.loads(line)
    artifacts = [Artifact(path, text) for path, text in task["files"].items()]
    begun = time.monotonic()
    child = os.fork()
    if not child:
        if "step" in task:
            die_at(task["step"])
        apply(plan_writes(Path(task["root"]), artifacts))
        os._exit(0)
    if "delay" in task:
        time.sleep(task["delay"])
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([code, time.monotonic() - begun]), flush=True)
"""


class Runner:
    """Renders in a process of its own, which is killed after a delay, or at a step."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.took = 0.0  # seconds, the last run

    def __call__(self, root: Path, files: dict[str, str], **death: float) -> bool:
        """Whether the run came to its end."""
        self.process.stdin.write(json.dumps({"root": str(root), "files": files, **death}) + "\n")
        self.process.stdin.flush()
        code, self.took = json.loads(self.process.stdout.readline())
        assert code in (0, -9)
        return code == 0


@pytest.fixture
def runner() -> Iterator[Runner]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    with process:
        yield Runner(process)
        process.stdin.close()


def rendered(chance: random.Random, number: int, count: int) -> dict[str, str]:
    """A third of all possible files is missing; of the others some stay as they were, some change."""
    paths = [f"{folder}/team-{n % 9}/file-{n}" for n in range(count) for folder in ("rules", "dashboards")]
    return {
        path: f"{path} {chance.choice(['same', number])}\n" * chance.choice([1, 1, 1, 800])
        for path in paths
        if chance.random() < 2 / 3
    }


def on_disk(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".watchwright")
    }


def listed(root: Path) -> set[str]:
    manifests = root.glob("*/.watchwright")
    return {f"{file.parent.name}/{line}" for file in manifests for line in file.read_text().splitlines()[1:]}


def prepare(root: Path) -> None:
    for path, text in FOREIGN.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def assert_whole(root: Path, old: dict[str, str], new: dict[str, str]) -> None:
    """Each file is the old one or the new one in full; what is foreign is as it was; what is ours is listed."""
    found = on_disk(root)
    assert FOREIGN == {path: found.pop(path, None) for path in FOREIGN}
    for path in found.keys() | old.keys() | new.keys():
        assert found.get(path) in (old.get(path), new.get(path)), path
    assert found.keys() <= listed(root)


def assert_complete(root: Path, files: dict[str, str]) -> None:
    assert {**FOREIGN, **files} == on_disk(root)
    assert set(files) == listed(root)
    assert [] == list(root.rglob(".watchwright-*"))


def test_a_run_killed_at_any_moment_leaves_whole_files_and_the_next_completes_it(tmp_path, runner):
    chance = random.Random(1)
    prepare(tmp_path)
    old = rendered(chance, 0, FILES // 2)
    assert runner(tmp_path, old)
    longest = runner.took
    number = killed = 0
    while killed < KILLS:
        number += 1
        new = rendered(chance, number, FILES // 2)
        if runner(tmp_path, new, delay=chance.random() * longest):
            longest = runner.took  # so that some are killed, however busy the machine is
        else:
            killed += 1
        assert_whole(tmp_path, old, new)
        old = {path: text for path, text in on_disk(tmp_path).items() if path not in FOREIGN}

    runner(tmp_path, new)
    assert_complete(tmp_path, new)


def test_a_run_killed_at_each_of_its_steps_is_completed_by_the_next(tmp_path, runner):
    old = {"rules/a": "1\n", "rules/b": "1\n", "rules/gone/c": "1\n", "jaeger/d": "1\n"}
    new = {"rules/a": "1\n", "rules/b": "2\n", "rules/made/e": "2\n", "dashboards/f": "2\n"}
    step = 0
    while True:
        root = tmp_path / str(step)
        prepare(root)
        apply(plan_writes(root, [Artifact(path, text) for path, text in old.items()]))
        ended = runner(root, new, step=step)
        assert_whole(root, old, new)
        apply(plan_writes(root, [Artifact(path, text) for path, text in new.items()]))
        assert_complete(root, new)
        if ended:
            break
        step += 1

    assert step > 20
