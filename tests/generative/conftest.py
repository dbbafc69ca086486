"""What tests on two engines share: one Spark for all of them, as light as it can be."""

import shutil
import warnings
from collections.abc import Iterator
from os import environ
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session on two threads; the test is skipped where there is no Spark or no Java."""
    pytest.importorskip("pyspark", reason="pyspark is not installed (make spark)")
    if not (environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("there is no Java on this machine, which Spark needs")
    from pyspark.sql import SparkSession

    # Small tables: what Spark does to be fast on large ones takes longer than they do.
    light = {
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "localhost",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        session = SparkSession.builder.master("local[2]").config(map=light).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
