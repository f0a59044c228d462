"""Whoever asks whatever: the server answers as its description says, and never falls over.

schemathesis makes the requests from docs/openapi.json's own source, fitting ones and broken ones. The seed is fixed;
``make api-fuzz`` asks far more often and at random.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.python import asgi

from clerk_app.server.app import routed
from clerk_app.server.description import operations
from support.api_checks import CHECKS
from support.api_hall import ApiHall, api_hall

EXAMPLES = int(os.environ.get("API_EXAMPLES", "2"))
SEED = os.environ.get("API_SEED", "20261126")
LAST = ("/v1/hall-day/close", "/v1/logout")
"""After these little can be done, so they are asked last."""


def _order(one: tuple[str, str]) -> tuple[bool, str, str]:
    return one[1] in LAST, one[1], one[0]


OPERATIONS = sorted(((method, path) for path, method, _ in operations(routed().openapi())), key=_order)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiHall]:
    with api_hall(tmp_path_factory.mktemp("hall")) as made:
        yield made


@pytest.fixture(scope="module")
def schema(api: ApiHall) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", api.app)


@pytest.fixture(scope="module")
def client(api: ApiHall) -> Iterator[Any]:
    with asgi.get_client(api.app) as made:
        yield made


def _with_known(case: Any, known: dict[str, list[str]], data: st.DataObject) -> None:
    """Some of the made-up ids become ids that there are, so that more than 404 is heard."""
    for values in (case.path_parameters, case.query, case.body):
        if not isinstance(values, dict):
            continue
        for name in sorted(set(values) & set(known)):
            values[name] = data.draw(st.sampled_from([values[name], *known[name]]))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_description_names(
    method: str, path: str, api: ApiHall, schema: Any, client: Any
) -> None:
    operation = schema[path][method.upper()]
    broken = bool(operation.body or list(operation.iter_parameters()))
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if broken else [GenerationMode.POSITIVE]

    for mode in modes:
        made = operation.as_strategy(generation_mode=mode)

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES if mode is GenerationMode.POSITIVE else max(1, EXAMPLES // 2),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=made, data=st.data())
        def ask(case: Any, data: st.DataObject) -> None:
            _with_known(case, api.known, data)
            stranger, clerk, *others = api.askers
            for asker in (stranger, clerk, data.draw(st.sampled_from(others))):
                answer = case.call(session=client, headers=api.live(asker))
                case.validate_response(answer, checks=CHECKS)
                if asker is stranger and operation.definition.raw["security"]:
                    assert answer.status_code in (401, 422), "open to somebody who is not known"

        ask()
