"""The description of the data endpoint, held to what it answers."""

import re
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from leapdash.show.dashboard.visitor import of_request
from leapdash.show.endpoint.asked import choice_asked
from leapdash.show.endpoint.routes import routes
from leapdash.show.endpoint.tables import TABLES
from leapdash.show.on_show import STORE_VARIABLE

pytestmark = pytest.mark.usefixtures("on_show")


@pytest.fixture(scope="module")
def described(asks, release):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STORE_VARIABLE, str(release.path.parents[1]))
        return asks.get("/openapi.json").json()


def shape(described, name):
    """What checks a value against a schema of the description."""
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    )


def schema_named(operation):
    (content,) = operation["responses"]["200"]["content"].values()
    return content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]


def test_the_description_is_one_and_has_every_route(described):
    OpenAPIV31SpecValidator(described).validate()
    served = {route.path for route in routes(of_request)} - {"/api/{rest:path}"}
    generic = {re.sub(r"/(answers|tables)/\w+", r"/\1/{page}", path) for path in described["paths"]}
    assert generic == served
    pages = {path.split("/")[4] for path in described["paths"] if "/answers/" in path}
    assert pages == set(TABLES)


def test_every_path_of_the_description_answers_in_the_shape_it_says(described, asks):
    called = 0
    for path, item in described["paths"].items():
        operation = item["get"]
        own = [p for p in operation.get("parameters", ()) if p["in"] == "path"]
        tables = [table for one in own for table in one["schema"]["enum"]]
        if path.endswith(".csv"):
            tables = tables[-1:]
        addresses = [path.format(table=table) for table in tables] or [path]
        for address in addresses:
            response = asks.get(address)
            assert response.status_code == 200, address
            (media_type,) = operation["responses"]["200"]["content"]
            assert response.headers["content-type"].split(";")[0] == media_type
            if name := schema_named(operation):
                shape(described, name).validate(response.json())
            called += 1
    with_tables = [names for names in TABLES.values() if names]
    assert called == 5 + len(TABLES) + sum(map(len, with_tables)) + len(with_tables)


def test_every_value_of_the_description_is_understood_and_no_other(described, asks, small):
    values = 0
    for path, item in described["paths"].items():
        page = path.rsplit("/", 1)[-1]
        if "/answers/" not in path:
            continue
        for parameter in item["get"]["parameters"]:
            schema = parameter["schema"].get("items", parameter["schema"])
            for value in schema["enum"]:
                chosen = choice_asked(page, small, {parameter["name"]: [value]})
                assert chosen.choice.release is small
                assert chosen.words[parameter["name"]][0] in schema["enum"]
                values += 1
            wrong = asks.get(path, params={parameter["name"]: "nothing of the kind"})
            assert wrong.status_code == 400
            assert set(wrong.json()["allowed"]) <= set(schema["enum"])
            shape(described, "Problem").validate(wrong.json())
    assert values > 60


def test_a_schema_of_the_description_does_not_hold_for_anything(described, get):
    told = get("/answers/trends")
    assert shape(described, "Answer").is_valid(told)
    assert not shape(described, "Answer").is_valid(told | {"sentence": None})
    assert not shape(described, "Answer").is_valid(told | {"more": 1})
    assert not shape(described, "Problem").is_valid({"status": 400})
    assert all(urlsplit(table["json"]).scheme == "" for table in told["tables"])
