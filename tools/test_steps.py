"""The steps of `make test`: what each runs, what it needs, how its output is counted."""
import dataclasses
import glob
import json
import os
import re

# What runs under the thread sanitizer: the folders whose code has threads.
THREADED = ["base", "limits", "net", "adapter", "documents", "loadgen", "server"]
FUZZ_SECONDS = 4
SIM_SEED = 1
SIM_RUNS = 4000


@dataclasses.dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def whole(log_path, code):
    """The step is one test."""
    return Counts(passed=int(code == 0), failed=int(code != 0))


def nothing(log_path, code):
    """A step that only prepares: it counts when it fails."""
    return Counts(failed=int(code != 0))


def checked(counts, code):
    """A bad exit code is a failure, also when the output tells of none (a crash, a leak at exit)."""
    if code != 0 and counts.failed == 0:
        counts.failed = 1
    return counts


def gtest(log_path, code):
    counts = Counts()
    try:
        with open(log_path.replace(".log", ".json"), encoding="utf-8") as file:
            suites = json.load(file)["testsuites"]
    except (OSError, ValueError):
        suites = []  # it ended before it could write
    for test in (test for suite in suites for test in suite["testsuite"]):
        if test["status"] != "RUN" or test["result"] == "SKIPPED":
            counts.skipped += 1
        elif test.get("failures"):
            counts.failed += 1
        else:
            counts.passed += 1
    return checked(counts, code)


def node_test(log_path, code):
    text = read(log_path)
    skipped = last(r"^(?:#|ℹ) skipped (\d+)", text) + last(r"^(?:#|ℹ) todo (\d+)", text)
    failed = last(r"^(?:#|ℹ) fail (\d+)", text) + last(r"^(?:#|ℹ) cancelled (\d+)", text)
    return checked(Counts(passed=last(r"^(?:#|ℹ) pass (\d+)", text), failed=failed, skipped=skipped), code)


def vitest(log_path, code):
    text = re.sub(r"\x1b\[[0-9;]*m", "", read(log_path))
    line = (re.findall(r"^\s*Tests\s+(.*)$", text, re.M) or [""])[-1]
    return checked(Counts(passed=last(r"(\d+) passed", line), failed=last(r"(\d+) failed", line),
                          skipped=last(r"(\d+) skipped", line) + last(r"(\d+) todo", line)), code)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def last(pattern, text):
    found = re.findall(pattern, text, re.M)
    return int(found[-1]) if found else 0


@dataclasses.dataclass
class Step:
    name: str
    command: str
    needs: list = dataclasses.field(default_factory=list)
    count: object = nothing
    folder: str = "."
    compiles: bool = False
    alone: bool = False  # nothing else runs meanwhile
    timeout_s: int = 0
    environment: dict = dataclasses.field(default_factory=dict)

    @property
    def counts(self):
        return self.count is not nothing


def build(preset, targets, needs=(), options=""):
    return Step(f"build-{preset}", f"cmake --preset {preset} {options} && cmake --build --preset {preset} -j $(nproc) --target {targets}",
                needs=list(needs), compiles=True)


def folders_with_tests(root):
    paths = glob.glob(os.path.join(root, "tests", "*", "*_test.cpp"))
    return sorted({os.path.basename(os.path.dirname(path)) for path in paths})


def all_steps(root):
    folders = folders_with_tests(root)
    threaded = [folder for folder in THREADED if folder in folders]
    fuzzers = sorted(os.path.basename(path)[:-9] for path in glob.glob(os.path.join(root, "fuzz", "*", "*_fuzz.cpp")))
    werror = "-DTUTTI_WERROR=ON"
    steps = [
        Step("format", "clang-format --dry-run -Werror $(git ls-files '*.cpp' '*.hpp' '*.h')", count=whole),
        Step("npm-client", "tools/npm-ci clients/js && cd clients/js && npm run build"),
        Step("npm-web", "tools/npm-ci web && cd web && npm run build", needs=["npm-client"]),
        build("asan", "tests programs", options=werror, needs=["npm-web"]),
        build("release", "tutti tutti-conformance tutti-sim", options=werror, needs=["npm-web"]),
        build("tsan", " ".join(f"{folder}_test" for folder in threaded), options=werror, needs=["npm-web"]),
        Step("npm-interop", "tools/npm-ci tests/interop"),
        Step("client-unit", "npm test", folder="clients/js", needs=["npm-client"], count=vitest),
        Step("headers", "tools/check-headers", count=whole),
    ]
    sanitizers = {"ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
                  "UBSAN_OPTIONS": "print_stacktrace=1", "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1"}
    for preset, tested in [("asan", folders), ("tsan", threaded)]:
        for folder in tested:
            report = f"build/test-logs/{preset}-{folder}.json"
            steps.append(Step(f"{preset}-{folder}", count=gtest, needs=[f"build-{preset}"], environment=sanitizers,
                              command=f"rm -f {report}; build/{preset}/bin/{folder}_test --gtest_output=json:{report}"))
    steps.append(build("fuzz", "fuzzers"))
    for name in fuzzers:
        found = f"build/fuzz/corpus/{name}"
        corpus, words = f"fuzz/corpus/{name}", f"fuzz/corpus/{name}.dict"
        options = f"-max_total_time={FUZZ_SECONDS} -timeout=10 -rss_limit_mb=2048 -artifact_prefix=build/test-logs/{name}-"
        if os.path.exists(os.path.join(root, words)):
            options += f" -dict={words}"
        steps.append(Step(f"fuzz-{name}", needs=["build-fuzz"], count=whole,
                          command=f"mkdir -p {found} {corpus}; build/fuzz/bin/{name}_fuzz {options} {found} {corpus}"))
    for preset, runs in [("release", SIM_RUNS), ("asan", SIM_RUNS // 20)]:
        steps.append(Step(f"sim-{preset}", f"build/{preset}/bin/tutti-sim --seed {SIM_SEED} --runs {runs}",
                          needs=[f"build-{preset}"], count=whole, environment=sanitizers))
    for preset in ["release", "asan"]:
        steps.append(Step(f"interop-{preset}", "node run.mjs", folder="tests/interop", count=node_test, alone=True,
                          needs=[f"build-{preset}", "npm-interop"],
                          environment={**sanitizers, "TUTTI_BIN_DIR": os.path.join(root, "build", preset, "bin"),
                                       "TUTTI_TEST_REPORTER": "tap"}))
    return steps


def with_needs(steps, names):
    by_name = {step.name: step for step in steps}
    wanted, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name not in by_name:
            raise SystemExit(f"tools/test: no step {name}; see tools/test --list")
        if name not in wanted:
            wanted.add(name)
            queue += by_name[name].needs
    return [step for step in steps if step.name in wanted]
