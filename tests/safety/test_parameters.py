"""A parameter that a route does not know, or that is given twice, is refused by name: a typo never gets everything."""

import httpx
import pytest

from tests.safety.asking import Operation, answer, app, asked, operations, sample

pytestmark = pytest.mark.slow

STRICT = [one for one in operations() if not one.path.startswith("/s/")]


def queries(operation: Operation) -> list[dict]:
    return [one for one in operation.parameters() if one["in"] == "query"]


def with_query(operation: Operation, query: str) -> httpx.Request:
    request = asked(app(operation.service), operation)
    request.url = request.url.copy_with(query=query.encode())
    return request


async def errors(operation: Operation, query: str) -> list[dict]:
    response = await answer(app(operation.service), with_query(operation, query))
    assert response.status_code == 422, (operation.name, query, response.text)
    return response.json()["errors"]


@pytest.mark.parametrize("operation", STRICT, ids=lambda one: one.name)
async def test_an_unknown_parameter_is_refused_by_name(operation: Operation) -> None:
    for query in ("no_such=x", "no_such=", "no_such"):
        [error] = await errors(operation, query)
        assert (error["in"], error["name"], error["code"]) == ("query", "no_such", "unknown_parameter")
        assert all(one["name"] in error["detail"] for one in queries(operation)) and len(error["detail"]) > 30


NAMED = [pytest.param(one, name["name"], id=f"{one.name} {name['name']}") for one in STRICT for name in queries(one)]


@pytest.mark.parametrize(("operation", "name"), NAMED)
async def test_what_was_meant_is_named(operation: Operation, name: str) -> None:
    [error] = await errors(operation, f"{name}s=x")
    assert f"Did you mean {name}?" in error["detail"]


@pytest.mark.parametrize(("operation", "name"), NAMED)
async def test_a_parameter_given_twice_is_refused(operation: Operation, name: str) -> None:
    value = next(sample(operation.service, one["schema"]) for one in queries(operation) if one["name"] == name)
    [error] = await errors(operation, f"{name}={value}&{name}={value}")
    assert (error["name"], error["code"]) == (name, "repeated_parameter")


async def test_a_customers_page_takes_what_a_mail_program_adds_to_its_link() -> None:
    [page] = [one for one in operations() if one.name == "survey.get_form"]
    response = await answer(app("survey"), with_query(page, "utm_source=mail&utm_source=mail"))
    assert response.status_code == 404 and response.headers["Content-Type"].startswith("text/html")


async def test_a_caller_without_rights_is_not_told_which_parameters_there_are() -> None:
    [work] = [one for one in operations() if one.name == "routing.get_work"]
    request = with_query(work, "teams=x")
    request.headers["Host"] = "somebody.example.org"
    assert (await answer(app("routing"), request)).status_code == 401
