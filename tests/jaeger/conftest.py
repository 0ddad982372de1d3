"""The Jaegers that judge: every `jaeger` in .tools/, and one on the PATH."""

import os
import shutil
from pathlib import Path

import pytest
from real_jaeger import Judge

TOOLS = Path(__file__).parents[2] / ".tools"


def found():
    paths = sorted(path for path in TOOLS.glob("**/jaeger") if path.is_file() and os.access(path, os.X_OK))
    on_path = shutil.which("jaeger")
    return [str(path) for path in paths] or ([on_path] if on_path else [])


@pytest.fixture(scope="session", params=found() or [None], ids=lambda path: path and Path(path).parent.name)
def jaeger(request):
    """A Jaeger's binary; none skips the test."""
    if request.param is None:
        pytest.skip("no `jaeger` in .tools/ or on the PATH")
    return request.param


@pytest.fixture(scope="session")
def judge(jaeger, tmp_path_factory):
    """A Jaeger that knows about how old it is; the release candidate of 2.0 is skipped."""
    judge = Judge.of(jaeger, tmp_path_factory.mktemp("age"))
    if not judge.versions:
        pytest.skip("this jaeger is older than 2.0")
    return judge
