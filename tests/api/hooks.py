"""What the made-up requests need to get anywhere: cases that are there, and who may see them."""

import json
import os
import random

import requests
import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation

CASES = json.loads(os.environ["HC_API_CASES"])
KEY = os.environ.get("HC_API_KEY", "")
UPLOADS = json.loads(os.environ.get("HC_API_UPLOADS", "[]"))


def is_negative(case, location):
    return case.meta is not None and case.meta.is_negative_at(location)


def schemes(case):
    """Who may do this, as the description of the service has it."""
    declared = case.operation.definition.raw.get("security", [])
    return [name for one in declared for name in one]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts cases and uploads that are there into most good requests."""
    if is_negative(case, ParameterLocation.PATH) or not case.path_parameters:
        return
    there = random.random() < 0.9
    if "reference" in case.path_parameters:
        # One that is unknown is another one each time: else it would be counted as being guessed.
        unknown = f"X{random.randrange(10**8):08}"
        reference = random.choice(list(CASES)) if there else unknown
        case.path_parameters["reference"] = reference
        # Who may do it was decided for the reference of before.
        if there and case._has_explicit_auth and "accessCode" in schemes(case):
            case.headers["Authorization"] = f"Bearer {CASES[reference]}"
    if "/v1/uploads/" in case.path and there and UPLOADS:
        case.path_parameters["id"] = random.choice(UPLOADS)


@schemathesis.serializer("application/offset+octet-stream")
def serialize(context, value):
    """Bytes of a file."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.deserializer("application/octet-stream")
def deserialize(context, response):
    """Bytes of a file."""
    return response.content


@schemathesis.auth()
class Auth:
    """The access code of the case, or the key of a landlord's system."""

    def get(self, case, context):
        return KEY

    def set(self, case, data, context):
        names = schemes(case)
        if not names:
            return
        reference = (case.path_parameters or {}).get("reference")
        if "accessCode" in names and ("apiKey" not in names or random.random() < 0.5):
            token = CASES.get(reference, "0000 0000 0000 0000")
        else:
            token = data
        case.headers["Authorization"] = f"Bearer {token}"


class Told(Failure):
    """A wrong code is told from an unknown reference."""


@schemathesis.check
def nobody_hears_whether_there_is_a_case(ctx, response, case):
    """In place of `ignored_auth`, which wants a 401: here a wrong code is the 404 of an unknown case."""
    if "accessCode" not in schemes(case) or not 200 <= response.status_code < 300:
        return
    reference = (case.path_parameters or {}).get("reference")
    is_other = response.request.method.lower() != case.operation.method.lower()
    if is_other or reference not in CASES or random.random() < 0.8:
        return
    url = response.request.url
    unknown = url.replace(reference, f"X{random.randrange(10**8):08}")
    headers = {k: v for k, v in response.request.headers.items() if k.lower() != "authorization"}
    answers = []
    for at, bearer in ((url, "Bearer 1111222233334444"), (unknown, "Bearer 1111222233334444")):
        sent = {**headers, "Authorization": bearer} if bearer else headers
        again = requests.request(
            response.request.method, at, data=response.request.body, headers=sent, timeout=10
        )
        if again.status_code != 429:
            answers.append((again.status_code, again.content))
    if any(status != 404 for status, _ in answers) or len({body for _, body in answers}) > 1:
        raise Told(operation=case.operation.label, title="A wrong code is told", message=str(answers))
