"""The interface does what its OpenAPI description says, for inputs that nobody thought of (schemathesis)."""

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from gongkai import config
from gongkai.console.api import application as api
from gongkai.console.application import create
from gongkai.console.pages import Console
from gongkai.console.passwords import digest
from storage import accounts
from storage.accounts import Token
from tests.bulletins import two_nights
from tests.console_fixtures import CASE, copy, print_of

pytest_plugins = ("tests.console_fixtures",)
TOKEN = "t-wang"
SETTINGS = config.Settings(console=config.Console(hosts=("*",)))


class Served:
    """An application that can be exchanged: the description is read before there is a database."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


SERVED = Served(create(sa.create_engine("sqlite://"), SETTINGS))
DESCRIBED = schemathesis.openapi.from_asgi(f"{api.PATH}/openapi.json", SERVED)
OPERATIONS = {one.ok().label: one.ok() for one in DESCRIBED.get_all_operations()}


@pytest.fixture(scope="module")
def known(tmp_path_factory, built):
    """A finding of the database that is served."""
    engine = copy(built, tmp_path_factory.mktemp("schema"))
    with engine.begin() as connection:
        token = Token(digest=digest(TOKEN), user="wang", label="trial", made=two_nights.GENERATED, expires=None)
        accounts.add_token(connection, token)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "WRONG_TOKENS", "1000000/minute")
        SERVED.app = create(engine, SETTINGS, console=Console(engine, SETTINGS, lambda: two_nights.GENERATED))
    return print_of(engine, CASE)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_is_as_described(known, operation):
    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[operation].as_strategy())
    def check(case):
        if "fingerprint" in (case.path_parameters or {}):
            # Nobody guesses one: else all that is asked of a finding would end with 404.
            case.path_parameters["fingerprint"] = known
        # A description cannot say which deed wants a note or a day to come.
        excluded = [positive_data_acceptance] if case.method == "POST" else []
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=excluded)

    check()
