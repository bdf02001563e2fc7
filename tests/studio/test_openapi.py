"""The description of the API, tried with what schemathesis makes up from it: nothing ends in a 5xx, all is as described."""

from typing import Any

import pytest

pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install 'impasto[dev]'")

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

EXAMPLES = 10
CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]
QUICKLY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def operations(visitor: Any) -> list[Any]:
    schema = schemathesis.openapi.from_dict(visitor.http.get("/api/openapi.json").json())
    return [operation.ok() for operation in schema.get_all_operations()]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the client's, by the way schemathesis calls it
def test_nothing_that_is_made_up_breaks_the_service(visitor: Any) -> None:
    found = operations(visitor)
    assert len(found) >= 18
    identity = visitor.paint(method="fast")["id"]
    for operation in found:
        if operation.method != "delete":
            try_out(visitor, operation, identity)
    assert visitor.http.get("/api/health").json()["status"] == "ok"


def try_out(visitor: Any, operation: Any, identity: str) -> None:
    """Made-up requests, and the same of a painting that is there."""
    numbers = iter(range(10**6))

    @QUICKLY
    @given(case=operation.as_strategy())
    def tried(case: Any) -> None:
        if "identity" in (case.path_parameters or {}) and next(numbers) % 2:
            case.path_parameters["identity"] = identity
        response = visitor.http.request(**case.as_transport_kwargs(base_url="http://127.0.0.1"))
        response.request.read()  # a form is a stream to the client, and the checks look at it again
        case.validate_response(response, checks=CHECKS)

    tried()


def test_every_operation_is_explained(visitor: Any) -> None:
    described = visitor.http.get("/api/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
            assert {"422", "429"} <= set(operation["responses"]), (method, path)
