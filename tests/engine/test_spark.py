"""What only the Spark engine does: files beside a catalogue, missing parts, work that is stopped or killed."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from tests.engines import SMALL, new_lake, open_engine, rows

from huaxiang.engine import DuckEngine, Lake
from huaxiang.engine.lake_files import LakeFiles
from huaxiang.engine.spark import SparkEngine
from huaxiang.engine.spark_session import session
from huaxiang.errors import EngineError

PUBLISHER = """
import sys
from pathlib import Path
import pyarrow as pa
from huaxiang.engine import Lake
from huaxiang.engine.spark import SparkEngine
from huaxiang.engine.spark_session import session
folder = Path(sys.argv[1])
lake = Lake(folder / "lake", folder / "scratch")
engine = SparkEngine(lake, session({"spark.master": "local[2]", "spark.log.level": "OFF"}))
for number in range(1, 1000):
    told = engine.bring("told", pa.table({"id": [number] * 2000}))
    engine.publish({"left": told, "right": told})
    print(number, flush=True)
"""


@pytest.fixture
def spark(lake: Lake) -> Iterator[SparkEngine]:
    """Yield a Spark engine over `lake`."""
    engine = SparkEngine(lake, session(SMALL))
    yield engine
    engine.close()


def files_of(lake: Lake) -> set[Path]:
    """Return every file under the lake's data folder."""
    return {path for path in lake.data.rglob("*") if path.is_file()}


@pytest.mark.spark
def test_of_tables_without_rows_nothing_is_computed(spark: SparkEngine) -> None:
    orders, lines = (spark.table(name) for name in ("orders", "order_line"))
    found = orders.inner_join(lines, "order_no").group_by("order_no").agg(lines=lambda rows: rows.count())
    plan = spark._frame(found)._jdf.queryExecution().optimizedPlan().toString()
    assert plan.startswith("LocalRelation <empty>"), plan
    assert rows(spark, found) == []


@pytest.mark.spark
def test_rows_deleted_beside_the_files_are_refused_until_the_files_are_rewritten(
    spark: SparkEngine, lake: Lake
) -> None:
    duck = DuckEngine(lake)
    duck.publish({"t": duck.bring("given", pa.table({"id": [1, 2, 3]}))})
    duck._duck.execute("DELETE FROM lake.main.t WHERE id = 2")
    with pytest.raises(EngineError) as refused:
        spark.table("t")
    assert refused.value.code == "spark.deleted_rows"
    duck._duck.execute("CALL ducklake_rewrite_data_files('lake', 't', delete_threshold => 0)")
    duck.close()
    assert sorted(row["id"] for row in rows(spark, spark.table("t"))) == [1, 3]


@pytest.mark.spark
def test_published_files_lie_in_the_lake_and_nothing_lies_beside_them(spark: SparkEngine, lake: Lake) -> None:
    spark.publish({"t": spark.bring("given", pa.table({"id": [1, 2, 3]}))})
    assert {str(path) for path in files_of(lake)} == set(LakeFiles(lake).files("t"))
    assert {path.name for path in lake.folder.parent.iterdir()} == {"lake", "scratch"}


@pytest.mark.spark
def test_a_failed_publish_leaves_no_files(spark: SparkEngine, lake: Lake) -> None:
    words = spark.bring("words", pa.table({"word": ["1", "x"]}))
    with pytest.raises(EngineError):
        spark.publish({"a": words, "b": words.mutate(n=words.word.cast("int64"))})
    assert files_of(lake) == set()


@pytest.mark.spark
def test_files_that_the_catalogue_does_not_take_change_nothing_and_are_swept(
    spark: SparkEngine, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = spark.bring("one", pa.table({"id": [1]}))
    spark.publish({"t": one})
    kept = files_of(lake)
    take_in = LakeFiles._take_in

    def take_in_only_t(self: LakeFiles, change: object) -> None:
        take_in(self, change)  # type: ignore[arg-type]
        if getattr(change, "table", "") != "t":
            self._duck.execute("SELECT * FROM no_such_table")

    monkeypatch.setattr(LakeFiles, "_take_in", take_in_only_t)
    with pytest.raises(EngineError) as refused:
        spark.publish({"t": one.mutate(id=one.id + 1), "u": one})
    assert refused.value.code == "engine.publish_failed"
    assert rows(spark, spark.table("t")) == [{"id": 1}]
    assert "u" not in spark.tables()
    assert LakeFiles(lake).sweep() == 2
    assert files_of(lake) == kept
    assert rows(spark, spark.table("t")) == [{"id": 1}]


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("seconds_into_the_third", [0.05, 0.4])
def test_a_killed_publish_leaves_all_of_the_old_or_all_of_the_new(
    tmp_path: Path, seconds_into_the_third: float
) -> None:
    lake = new_lake(tmp_path)
    command = [sys.executable, "-c", PUBLISHER, str(lake.folder.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as publisher:
        assert publisher.stdout is not None
        told = [int(publisher.stdout.readline()) for _ in range(2)]
        time.sleep(seconds_into_the_third)
        publisher.send_signal(signal.SIGKILL)
        told += [int(line) for line in publisher.stdout.read().split()]
    files = LakeFiles(lake)
    left, right = (rows(files, files.table(name)) for name in ("left", "right"))
    assert left == right
    assert left in ([{"id": number}] * 2000 for number in (told[-1], told[-1] + 1))
    files.sweep()
    assert {str(path) for path in files_of(lake)} >= set(files.files("left")) | set(files.files("right"))
    assert rows(files, files.table("left")) == left
    files.close()


@pytest.mark.spark
def test_work_is_stopped_from_another_thread(spark: SparkEngine) -> None:
    numbers = spark.bring("numbers", pa.table({"n": list(range(2_000))}))
    pairs = numbers.cross_join(numbers.view()).filter(ibis._.n * ibis._.n_right % 7 == 3)
    stopper = threading.Timer(2, _cancel_until_done, [spark, done := threading.Event()])
    stopper.start()
    with pytest.raises(EngineError):
        spark.arrow(pairs.cross_join(numbers.select(m="n")).aggregate(total=(ibis._.n * ibis._.m).sum()))
    done.set()
    stopper.join()
    assert rows(spark, numbers.count().name("n")) == [{"n": 2_000}]


def _cancel_until_done(engine: SparkEngine, done: threading.Event) -> None:
    while not done.wait(0.2):
        engine.cancel()


@pytest.mark.spark
@pytest.mark.parametrize(
    "different",
    [
        lambda t: t.at.delta(t.at, unit="hour"),
        lambda t: t.at.date().delta(t.at.date(), unit="month"),
        lambda t: t.word.split(t.word),
        lambda t: t.word.hash(),
    ],
)
def test_what_spark_would_answer_differently_is_refused(
    spark: SparkEngine, different: Callable[[ir.Table], ir.Value]
) -> None:
    table = spark.bring("one", pa.table({"at": pa.array([0], pa.timestamp("us")), "word": ["a"]}))
    with pytest.raises(EngineError) as refused:
        spark.arrow(table.select(found=different(table)))
    assert refused.value.code == "spark.not_alike"


@pytest.mark.spark
def test_a_fraction_of_a_microsecond_is_refused_rather_than_cut(spark: SparkEngine) -> None:
    with pytest.raises(EngineError):
        spark.bring("fine", pa.table({"at": pa.array([1], pa.timestamp("ns"))}))


@pytest.mark.spark
def test_unsigned_numbers_and_shared_words_keep_their_values(spark: SparkEngine) -> None:
    given = pa.table(
        {
            "n": pa.array([2**64 - 1], pa.uint64()),
            "w": pa.array(["词"]).dictionary_encode(),
            "l": pa.array(["长"], pa.large_string()),
        }
    )
    assert [list(map(str, row.values())) for row in rows(spark, spark.bring("given", given))] == [
        [str(2**64 - 1), "词", "长"]
    ]


@pytest.mark.spark
def test_closing_one_engine_leaves_the_session_to_the_others(spark: SparkEngine, lake: Lake) -> None:
    other = open_engine("spark", lake)
    other.close()
    assert rows(spark, spark.bring("one", pa.table({"id": [1]}))) == [{"id": 1}]


@pytest.mark.spark
def test_a_workspace_may_have_any_name(tmp_path: Path) -> None:
    lake = new_lake(tmp_path / "门 店[1] {a}=b*?")
    engine = open_engine("spark", lake)
    engine.publish({"t": engine.bring("one", pa.table({"id": [1]}))})
    assert rows(engine, engine.table("t")) == [{"id": 1}]
    engine.close()


def test_without_pyspark_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huaxiang.engine.spark_session.find_spec", lambda _: None)
    with pytest.raises(EngineError, match="huaxiang\\[spark\\]") as refused:
        session()
    assert refused.value.code == "spark.pyspark_missing"


@pytest.mark.spark
def test_without_java_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match="openjdk-17-jre-headless") as refused:
        session()
    assert refused.value.code == "spark.java_missing"
